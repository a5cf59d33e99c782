#include "gatewayd/timer/reminders.h"

#include "gatewayd/post/post.h"
#include "gatewayd/timer/due.h"

static int tell(struct desk *d, void *row, struct err *e)
{
	const struct store_reminder *r = row;

	return post_reminder(d, r, e) < 0 ? -1 : store_reminder_done(d->store, r->id, e);
}

int reminders_turn(struct desk *d, struct err *e)
{
	struct store_reminder *v;
	size_t n;

	if (store_reminder_due(d->store, d->now, DUE_A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	return due_each(d, v, n, sizeof(*v), tell, e);
}

int reminders_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_reminder_next(d->store, ret_at, e);
}
