/*
 * Tables that have no row at all, in a store that this process has alone: nothing is looked for
 * there.  Each mail asks for the contact and the domain of who sent it, for domains that look like
 * his, and for addresses that are dead, and many a store has none of them.  It is asked once, and
 * again behind a statement that may have changed it, or was taken back.
 *
 * Private to store/.
 */
#ifndef STORE_BARE_H
#define STORE_BARE_H

#include "store/store_open.h"

enum bare_table { BARE_ACCOUNTS /* so no contact and no domain */, BARE_DEAD };

/* 1: it has none; 0: it may have some; -1. */
int bare_is(struct store *s, enum bare_table table, struct err *e);

#endif
