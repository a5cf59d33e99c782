/*
 * Part of store.h: how many mails of a mailbox came, and how many of them were kept, since the
 * store was made.
 *
 * store_mail_keep() counts the rows it makes; who brings mails counts, in the same transaction,
 * those whose sender will hear that they were kept.  Unless the two are equal, a mail was lost
 * between them.
 */
#ifndef STORE_STORE_SEEN_H
#define STORE_STORE_SEEN_H

#include "store/store_open.h"

struct store_seen {
	int64_t seen, kept;
};
/* Zeroes when there never was a mail. */
int store_seen_get(struct store *s, struct span mailbox, struct store_seen *ret_seen,
		   struct err *e);
/* So many more. */
int store_seen_add(struct store *s, struct span mailbox, const struct store_seen *more,
		   struct err *e);

#endif
