#include "gatewayd/timer/late.h"

#include "gatewayd/post/post.h"

enum { A_TURN = 100 };

/* One that went out meanwhile is not late: who would be told would never hear that it went. */
static int tell(struct desk *d, const struct store_outbox *row, struct err *e)
{
	bool waits;

	if (store_outbox_told_late(d->store, row->id, d->now, &waits, e) < 0)
		return -1;
	return waits && row->case_number ? post_outbox_late(d, row, e) : 0;
}

int late_turn(struct desk *d, struct err *e)
{
	struct store *txn STORE_TXN = NULL;
	struct store_outbox *v;
	size_t n;

	if (store_outbox_late(d->store, d->now - LATE_AFTER_S, A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	if (n == 0)
		return 0;
	txn = d->store;
	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tell(d, &v[i], e) < 0)
			return -1;
	return store_commit(txn, e);
}

int late_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	if (store_outbox_waits(d->store, ret_at, e) < 0)
		return -1;
	if (*ret_at != INSTANT_NONE)
		*ret_at += LATE_AFTER_S;
	return 0;
}
