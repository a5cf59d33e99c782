/*
 * Part of store.h: the answer base and similar cases: full-text search.
 */
#ifndef STORE_STORE_SEARCH_H
#define STORE_STORE_SEARCH_H

#include "store/store_open.h"

struct store_article {
	struct span path, title, link, text;
	int64_t mtime_at, size;
};
struct store_hit {
	struct span path, title, link; /* path: of an article, or the number of a case */
	double score;		       /* higher is better */
};
int store_article_put(struct store *s, const struct store_article *article, struct err *e);
int store_article_stamp(struct store *s, struct span path, int64_t *ret_mtime_at, int64_t *ret_size,
			struct err *e); /* -1, -1: not indexed */
int store_article_get(struct store *s, struct span path, struct arena *a,
		      struct store_article *ret_article, struct err *e); /* ERR_PERM: none */
/* Removes what was not put or stamped since the last sweep. */
int store_article_sweep(struct store *s, size_t *ret_removed, struct err *e);
/* words: any bytes; the rarest of the first STORE_SEARCH_WORDS different words of them are looked
 * for, any of them is a hit, more and rarer ones score higher.  Nothing in them is syntax. */
enum { STORE_SEARCH_WORDS = 48 };
int store_article_search(struct store *s, struct span words, int limit, struct arena *a,
			 struct store_hit **ret_v, size_t *ret_n, struct err *e);
/* is_public: may be shown to staff of any account's case.  Again: replaces. */
int store_case_index(struct store *s, int64_t number, struct span account, bool is_public,
		     struct span text, struct err *e);
/* Resolved and closed cases of the account, or public ones; the latest only when there is nothing
 * but common words to go by. */
int store_case_similar(struct store *s, struct span words, struct span account, int64_t but_not,
		       int limit, struct arena *a, struct store_hit **ret_v, size_t *ret_n,
		       struct err *e);

#endif
