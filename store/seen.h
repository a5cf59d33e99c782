/*
 * Counts of mails (store_seen.h) that are not written yet: what a transaction counts of some
 * mailboxes, one row for all mails of each.
 */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include "store/store_seen.h"

enum {
	SEEN_MAILBOX_MAX = 256, /* bytes; of a longer name each count is written at once */
	SEEN_MAILBOXES_MAX = 16 /* all are written when one more comes */
};

struct seen_more {
	struct seen_of {
		char mailbox[SEEN_MAILBOX_MAX];
		size_t mailbox_n;
		struct store_seen count;
	} v[SEEN_MAILBOXES_MAX];
	size_t n;
};

/* Before a COMMIT, and before a mark. */
int seen_write(struct store *s, struct err *e);
/* What was not written is taken back. */
void seen_forget(struct store *s);

#endif
