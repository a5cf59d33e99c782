/*
 * Part of store.h: mails at which the parser died, which are tried once more by themselves.
 */
#ifndef STORE_STORE_SECOND_TRY_H
#define STORE_STORE_SECOND_TRY_H

#include "store/store_open.h"

/* A mail that had its second try before gets none. */
int store_second_try_add(struct store *s, int64_t mail, int64_t due_at, struct err *e);
/* None of those that wait is due before that instant. */
int store_second_try_put_off(struct store *s, int64_t due_at, struct err *e);
/* All that are quarantined are due then, also those that were tried. */
int store_second_try_all(struct store *s, int64_t due_at, struct err *e);
int store_second_try_due(struct store *s, int64_t now, int limit, struct arena *a,
			 int64_t **ret_mails, size_t *ret_n, struct err *e);
int store_second_try_done(struct store *s, int64_t mail, struct err *e);
int store_second_try_next(struct store *s, int64_t *ret_at, struct err *e);

#endif
