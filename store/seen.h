/*
 * Counts of mails (store_seen.h) that are not written yet: what a transaction counts of a mailbox,
 * one row for all of its mails.
 */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include "store/store_seen.h"

enum { SEEN_MAILBOX_MAX = 256 }; /* bytes; of a longer name each count is written at once */

struct seen_more {
	char mailbox[SEEN_MAILBOX_MAX];
	size_t mailbox_n;
	struct store_seen count; /* zeroes: there is nothing to write */
};

/* Before a COMMIT, and before a mark. */
int seen_write(struct store *s, struct err *e);
/* What was not written is taken back. */
void seen_forget(struct store *s);

#endif
