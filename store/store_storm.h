/*
 * Part of store.h: mails that are alike, and the case that they are folded into.
 */
#ifndef STORE_STORE_STORM_H
#define STORE_STORE_STORM_H

#include "store/store_open.h"

struct store_storm {
	int64_t case_number; /* of the first; 0: there was none alike */
	int64_t count;	     /* of mails, the first included */
	int64_t last_at, told_at;
};

/* case_number is 0 when there is none of that key, which is the first bytes of a digest. */
int store_storm_get(struct store *s, int64_t key, struct store_storm *ret_storm, struct err *e);
int store_storm_put(struct store *s, int64_t key, const struct store_storm *storm, struct err *e);
/* Forgets those whose last mail came before: looks at all. */
int store_storm_sweep(struct store *s, int64_t before, struct err *e);

#endif
