/*
 * The words of cases, kept in the index behind what changes, which is looked for each second:
 * deciding a mail does not wait for it.
 */
#ifndef GATEWAYD_CASE_CASE_INDEX_H
#define GATEWAYD_CASE_CASE_INDEX_H

#include "gatewayd/case/desk.h"

enum {
	CASE_INDEX_A_TURN = 128,    /* cases, some 5 ms; then a turn for the others comes first */
	CASE_INDEX_EVERY_S = 1,	    /* so that the notes of a busy case are read once in it */
	CASE_INDEX_NOTE_MAX = 8000, /* characters of a note */
};

/* What is indexed of a case besides its subject as the title: subject, requester, notes; in the
 * place of what was in the buffer, whose limit is set. */
int case_index_text(struct desk *d, const struct store_case_heading *h, struct buf *ret_text,
		    struct err *e);

/* One case as it is now, inside a transaction. */
int case_index_now(struct desk *d, int64_t number, struct err *e);
/* Some of the cases that changed, the newest first, in a transaction of its own; *ret_next: when
 * to look again, INSTANT_NONE: when something changed. */
int case_index_turn(struct desk *d, int64_t *ret_next, struct err *e);

#endif
