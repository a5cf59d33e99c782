/*
 * One ranking for all that is searched: known answers for a new case, similar cases for staff,
 * "kb search", "case search" and "#search".
 *
 * The score is half how much of the title what is asked speaks of, half how much of the subject
 * that is asked (without one, of the text) the title and the beginning of the text speak of; long
 * words count for more, endings for little (search_score.h).  It does not depend on what else there
 * is.
 */
#ifndef GATEWAYD_CASE_SEARCH_H
#define GATEWAYD_CASE_SEARCH_H

#include "gatewayd/case/desk.h"

enum { SEARCH_DEFAULT = 20, SEARCH_MAX = 200 }; /* hits */

struct search_hit {
	int64_t number; /* of a case; 0: an article */
	struct span title;
	struct span path, link; /* of an article */
	double score;		/* 0 to 1 */
};

/* Known answers about what a mail says, best first; "": without a subject, or without a text. */
int search_articles(struct desk *d, struct span subject, struct span text, int limit,
		    struct search_hit **ret_v, size_t *ret_n, struct err *e);

/*
 * Cases whose subject, requester or notes have any of the words, notes of staff too: for staff
 * only. Best first, of equal ones the newest.  What changed in the last moments may not be found
 * yet.
 */
int search_cases(struct desk *d, struct span subject, struct span text,
		 const struct store_case_find *find, struct search_hit **ret_v, size_t *ret_n,
		 struct err *e);

/*
 * What a person asks: also in the newest SEARCH_STALE_MAX of those that are not indexed yet, which
 * are read here.  *ret_more: there are even more of them, in which nobody looked.
 */
enum { SEARCH_STALE_MAX = 100 };
int search_cases_now(struct desk *d, struct span words, const struct store_case_find *find,
		     struct search_hit **ret_v, size_t *ret_n, bool *ret_more, struct err *e);

/*
 * The same in pieces of about a millisecond each, between which others have their turn.  In place;
 * all is in the arena of search_begin(), which is that of the desk at each piece.
 */
struct search_asked {
	struct span all;     /* as it was written */
	struct span subject; /* folded; of a text without one, all of it */
	struct span words;   /* of all, folded */
};
struct search {
	struct search_asked asked;
	int limit;
	struct store_find find;
	bool found, taken;
	int64_t *stale; /* not indexed yet */
	size_t stale_n, stale_at;
	struct store_hit *hits;
	size_t hit_n, ranked;
	/* Once it is done. */
	struct search_hit *v;
	size_t n;
	bool more;
};
void search_begin(struct search *s, struct arena *a, struct span words,
		  const struct store_case_find *find);
int search_step(struct search *s, struct desk *d, bool *ret_done, struct err *e);

#endif
