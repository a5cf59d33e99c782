/*
 * What stands on the pages for staff, as JSON: the rows of `gatewayctl --json` where it has them.
 *
 * A page is made in pieces of a bounded number of rows, a millisecond each, between which others
 * have their turn; what changes meanwhile may stand on it or not.
 */
#ifndef GATEWAYD_CORE_BOARD_PAGES_H
#define GATEWAYD_CORE_BOARD_PAGES_H

#include "gatewayd/case/desk.h"
#include "gatewayd/case/queue_view.h"
#include "gatewayd/case/search.h"
#include "gatewayd/wire/web_talk.h"

/*
 * WEB_BOARD: {queues: [...], risk: [...], mine: [...], wrong: [...]}
 * WEB_CASES: {cases: [...], queue, owner, state, older: the number to go on below, ...}
 * WEB_CASE: the case with its newest notes and events, and {older: the note to go on below}
 * WEB_SEARCH: {word, cases: [...], not_all}
 * WEB_DEADLINES: {deadlines: [...]}
 * each with {me, company, zone}; times are in that zone, for people
 */
struct board_page {
	/* Set by the caller, who keeps them. */
	const struct web_ask *ask;
	const struct conf_staff *staff; /* who reads it: only what they may see; set at each step */
	json_t *wrong;			/* of WEB_BOARD */
	/* Its own, zeroed. */
	int part;
	bool begun, found;
	const void *v; /* rows that were found, n of `size` bytes */
	size_t n, size, at;
	int64_t older;
	int64_t looked; /* through rows of which this person may not see all: so many, or down to */
	size_t passed;	/* of these, cases */
	struct store_case *cases;
	struct store_deadline *deadlines;
	size_t case_n, deadline_n;
	struct queue_view queues;
	struct search search;
	struct store_note *notes;
	size_t note_n;
	json_t *kept; /* what rows point into */
};
/* Appends the next piece to out.  1: it was the last; 0: there are more; -1: and the error,
 * ERR_PERM where there is no such thing.  The desk has the same arena at each. */
int board_page_step(struct board_page *p, struct desk *d, struct buf *out, struct err *e);
void board_page_release(struct board_page *p);

/* A case that this person may see; ERR_PERM: there is no such. */
int board_case_get(struct desk *d, const struct conf_staff *staff, int64_t number,
		   struct store_case *ret_case, struct err *e);

#endif
