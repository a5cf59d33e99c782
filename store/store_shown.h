/*
 * Part of store.h: what staff were shown of a case, for as long as they can answer it.
 *
 * The lines are those of gatewayd/post/shown.h; the store only keeps them.
 */
#ifndef STORE_STORE_SHOWN_H
#define STORE_STORE_SHOWN_H

#include "store/store_open.h"

/* The same lines again live as long as the later of both. */
int store_shown_add(struct store *s, int64_t number, int64_t until_at, struct span lines,
		    struct err *e);
/* Newest first; those whose time is over at `now` are left out, and "" is one that is damaged. */
int store_shown_list(struct store *s, int64_t number, int64_t now, int limit, struct arena *a,
		     struct span **ret_v, size_t *ret_n, struct err *e);
/* Forgets those that ended before. */
int store_shown_sweep(struct store *s, int64_t before, struct err *e);

#endif
