/*
 * Part of store.h: what staff want to be reminded of.
 */
#ifndef STORE_STORE_REMINDER_H
#define STORE_STORE_REMINDER_H

#include "store/store_open.h"

struct store_reminder {
	int64_t id, case_number;
	struct span staff; /* the id of who asked for it */
	int64_t due_at;
	struct span text; /* "": none */
};
int store_reminder_add(struct store *s, const struct store_reminder *r, struct err *e);
/* All of the case that this member of staff asked for; how many. */
int store_reminder_drop(struct store *s, int64_t number, struct span staff, int64_t *ret_count,
			struct err *e);
int store_reminder_due(struct store *s, int64_t now, int limit, struct arena *a,
		       struct store_reminder **ret_v, size_t *ret_n, struct err *e);
int store_reminder_done(struct store *s, int64_t id, struct err *e); /* ERR_PERM: no such one */
int store_reminder_next(struct store *s, int64_t *ret_at, struct err *e);

#endif
