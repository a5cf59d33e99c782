#include "gatewayd/timer/answers.h"

#include "gatewayd/post/post.h"
#include "gatewayd/timer/due.h"

static int tell(struct desk *d, void *row, struct err *e)
{
	const struct store_held *held = row;

	return post_answer_waits(d, held, e) < 0 ? -1 : store_held_told(d->store, held->id, e);
}

int answers_turn(struct desk *d, struct err *e)
{
	struct store_held *v;
	size_t n;

	if (store_held_due(d->store, d->now, DUE_A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	return due_each(d, v, n, sizeof(*v), tell, e);
}

int answers_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_held_next(d->store, ret_at, e);
}
