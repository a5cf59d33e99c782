/*
 * Part of store.h: addresses that take no mail.
 */
#ifndef STORE_STORE_DEAD_H
#define STORE_STORE_DEAD_H

#include "store/store_open.h"

/*
 * An address that takes no mail.  A later word on it counts; forget gives 1 when it was there.
 */
struct store_dead {
	struct span address;
	int64_t at, until_at;
	struct span reason;
};
int store_dead_put(struct store *s, const struct store_dead *dead, struct err *e);
/* address "": it is not dead at that instant. */
int store_dead_get(struct store *s, struct span address, int64_t now, struct arena *a,
		   struct store_dead *ret_dead, struct err *e);
int store_dead_forget(struct store *s, struct span address, bool *ret_there, struct err *e);
int store_dead_list(struct store *s, int64_t now, struct arena *a, struct store_dead **ret_v,
		    size_t *ret_n, struct err *e);
int store_dead_sweep(struct store *s, int64_t before, struct err *e);

#endif
