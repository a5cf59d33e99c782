/*
 * Where the row of each storm is, in a store that this process has alone.  Each mail that opens a
 * case leaves one, and their keys are in no order: kept by them, nearly each row was a page of the
 * log.  So they are kept as they come, and found by what is known here: some 32 bytes for each mail
 * of the last hour or two, read when one is first asked for, and again behind what was rolled back.
 *
 * Private to store/.
 */
#ifndef STORE_STORMS_H
#define STORE_STORMS_H

#include "store/store_storm.h"

struct storm_place {
	int64_t key, row; /* 0: it is free */
};

struct storms {
	struct storm_place *v; /* by their keys, a free one behind each run of them */
	size_t n, cap;	       /* cap: a power of two, or 0 */
	bool known;
};

void storms_release(struct storms *t);
/* They are read again before the next is found. */
void storms_forget(struct storms *t);
/* The row of that key; 0: there is none. */
int storms_find(struct store *s, int64_t key, int64_t *ret_row, struct err *e);
/* Of a key that was looked for, and had none. */
void storms_add(struct storms *t, int64_t key, int64_t row);

#endif
