/*
 * Part of store.h: how sure we are of an address that a case's automatic mail would go to
 * (gatewayd/identity/automatic.h).
 */
#ifndef STORE_STORE_REACH_H
#define STORE_STORE_REACH_H

#include "store/store_open.h"

enum reach {
	REACH_UNKNOWN,	/* nobody looked; counts as unproven */
	REACH_NOBODY,	/* it must not be written to by itself */
	REACH_UNPROVEN, /* its envelope sender was the same */
	REACH_PROVEN,	/* by its own mail, or named by proven staff or the operator */
};

/* Never takes anything back. */
int store_reach_raise(struct store *s, int64_t number, struct span address, enum reach level,
		      struct err *e);
int store_reach_get(struct store *s, int64_t number, struct span address, enum reach *ret_level,
		    struct err *e);

#endif
