/*
 * Cases that a transaction opened, which the table tally has not counted yet: its row is written
 * once for all of them.
 */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include "store/store.h"

struct tally_more {
	int64_t cases, cases_open;
};

/* Outside of a transaction it is counted at once. */
int tally_opened(struct store *s, bool is_open, struct err *e);
/* Before a COMMIT, before a mark, and before they are asked for. */
int tally_write(struct store *s, struct err *e);
/* What was not written is taken back. */
void tally_forget(struct store *s);

#endif
