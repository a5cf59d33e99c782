/*
 * Part of store.h: full-text search in the answer base and in cases.
 *
 * Words are any bytes; the rarest of the first STORE_SEARCH_WORDS different words of them are
 * looked for, any of them is a hit, more and rarer ones score higher.  Nothing in them is syntax.
 * Case, accents, soft hyphens and endings do not count; parts of compounds and of runs without
 * blanks are found (search_match.h).
 */
#ifndef STORE_STORE_SEARCH_H
#define STORE_STORE_SEARCH_H

#include "store/store_open.h"

enum { STORE_SEARCH_WORDS = 48 };

struct store_hit {
	int64_t number;		/* of a case; 0: an article */
	struct span path, link; /* of an article */
	struct span title;
	struct span title_words, text_words; /* as indexed; of the text the beginning */
	double score;			     /* of the index; higher is better */
};

/* --- articles --- */

struct store_article {
	struct span path, title, link, text;
	int64_t mtime_at, size;
};
int store_article_put(struct store *s, const struct store_article *article, struct err *e);
int store_article_stamp(struct store *s, struct span path, int64_t *ret_mtime_at, int64_t *ret_size,
			struct err *e); /* -1, -1: not indexed */
int store_article_get(struct store *s, struct span path, struct arena *a,
		      struct store_article *ret_article, struct err *e); /* ERR_PERM: none */
/* The number by which people name it, for as long as its file is there. */
int store_article_id(struct store *s, struct span path, int64_t *ret_id, struct err *e);
int store_article_by_id(struct store *s, int64_t id, struct arena *a,
			struct store_article *ret_article, struct err *e); /* ERR_PERM: none */
/* Removes what was not put or stamped since the last sweep. */
int store_article_sweep(struct store *s, size_t *ret_removed, struct err *e);
int store_article_search(struct store *s, struct span words, int limit, struct arena *a,
			 struct store_hit **ret_v, size_t *ret_n, struct err *e);

/* --- cases --- */

/* The cases whose subject, requester or notes changed since they were indexed, newest first. */
int store_case_stale(struct store *s, int limit, struct arena *a, int64_t **ret_v, size_t *ret_n,
		     struct err *e);
/* What a case is called, and by whom. */
struct store_case_heading {
	int64_t number;
	struct span subject, requester_name, requester_address;
};
/* Those of n cases, all of which are there (else ERR_PERM), the newest first. */
int store_case_headings(struct store *s, const int64_t *numbers, size_t n, struct arena *a,
			struct store_case_heading **ret_v, struct err *e);
/* What is kept of a case's words, in the arena. */
struct store_case_words {
	int64_t number;
	struct span title, text;
};
struct store_case_words store_case_words(struct arena *a, int64_t number, struct span title,
					 struct span text);
/* In the place of what was indexed of them; no longer stale.  Each number once; of many at once,
 * each costs a third, and less where the newest is the first. */
int store_case_index_all(struct store *s, const struct store_case_words *kept, size_t n,
			 struct err *e);
int store_case_index(struct store *s, int64_t number, struct span title, struct span text,
		     struct err *e);
/* What a case would be as a hit if it was indexed now. */
void store_case_as_hit(struct arena *a, int64_t number, struct span title, struct span text,
		       struct store_hit *ret_hit);

struct store_case_find {
	struct span account; /* its cases; p NULL: of any */
	bool is_over;	     /* resolved and closed ones only */
	int64_t but_not;     /* 0: none */
	int64_t before;	     /* numbers below; 0: any */
	int limit;
};
/* The latest only when there is nothing but common words to go by. */
int store_case_find(struct store *s, struct span words, const struct store_case_find *f,
		    struct arena *a, struct store_hit **ret_v, size_t *ret_n, struct err *e);

/*
 * The same in pieces of about a millisecond each, between which others have their turn: a word is
 * looked up, STORE_FIND_ROWS hits are ranked, newest first, or a hit is read.  What changes
 * meanwhile may be found or not.  In place; all is in the arena of store_find_begin(), which is
 * that of each piece.
 */
enum { STORE_FIND_ROWS = 250 };
struct store_search_word {
	struct span text;
	int64_t found; /* how many have it, up to where it is common */
};
struct store_found {
	int64_t number;
	double score;
};
struct store_find {
	struct store_case_find f;
	struct store_search_word words[STORE_SEARCH_WORDS];
	size_t word_count, counted;
	struct span match;
	bool joined, is_common, ranked;
	int64_t below, least;	  /* numbers that are still to be ranked */
	struct store_found *best; /* f.limit at most, best first */
	size_t best_n;
	struct store_hit *hits; /* of the first of these */
	size_t hit_n;
};
void store_find_begin(struct store_find *f, struct span words, const struct store_case_find *find,
		      struct arena *a);
/* *ret_done: hits are all there are. */
int store_find_step(struct store *s, struct store_find *f, struct arena *a, bool *ret_done,
		    struct err *e);

#endif
