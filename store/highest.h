/*
 * The highest UID that was ever kept of the mailbox that was asked for last: at one above it there
 * is no mail, which needs no question.  It may be too high, after a transaction that was rolled
 * back, and never too low: only a store that this process has alone is asked so, each mail that it
 * adds is told, and no row of one goes.
 *
 * Private to store/.
 */
#ifndef STORE_HIGHEST_H
#define STORE_HIGHEST_H

#include "store/store_mail.h"

enum { HIGHEST_MAILBOX_MAX = 256 }; /* bytes; of a longer name, or none, nothing is known */

struct highest {
	char mailbox[HIGHEST_MAILBOX_MAX];
	size_t mailbox_n; /* 0: nothing is known */
	uint32_t uidvalidity, uid;
};

/* 1: no mail was ever kept at that place; 0: it is to be looked for; -1. */
int highest_is_below(struct store *s, const struct store_location *at, struct err *e);
/* A mail is kept there. */
void highest_kept(struct store *s, const struct store_location *at);

#endif
