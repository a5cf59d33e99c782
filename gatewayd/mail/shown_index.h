/*
 * What staff were shown of a case (gatewayd/post/shown.h), made ready for looking up: pieces of it
 * by the hashes of their words, so that quoting, wrapping and encoding do not matter.
 */
#ifndef GATEWAYD_MAIL_SHOWN_INDEX_H
#define GATEWAYD_MAIL_SHOWN_INDEX_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/fold.h"

enum {
	SHOWN_PIECE = 5,	/* words of a piece */
	SHOWN_LENGTHS_MAX = 32, /* lengths of internal pieces */
};

struct shown_set; /* of hashes */

struct shown_index {
	struct shown_set *pieces;    /* SHOWN_PIECE words in a row */
	struct shown_set *crossings; /* those that go over the end of a line */
	struct shown_set *lines;     /* whole ones */
	struct shown_set *pairs;     /* two lines in a row */
	struct shown_set *internal;  /* whole internal lines */
	struct shown_set *whole;     /* lines that are internal as they are, of other cases, too */
	struct shown_set *commands;  /* whole lines of transcripts */
	struct shown_set *noted;     /* pieces and whole lines of internal notes of the case */
	struct shown_set *known;     /* and of what the customer wrote, or has */
	struct shown_set *inside;    /* the better part of an internal line; of these lengths: */
	size_t lengths[SHOWN_LENGTHS_MAX];
	size_t length_count;
	struct span *labels; /* short internal lines, "Account: Acme", as written */
	size_t label_count;
};

void shown_index_make(const struct span *shown, size_t n, struct arena *a,
		      struct shown_index *ret_index);

struct shown_set *shown_set_new(struct arena *a);
void shown_add(struct shown_set *set, uint64_t hash);
bool shown_has(const struct shown_set *set, uint64_t hash);

#endif
