#include "gatewayd/timer/late.h"

#include "gatewayd/post/post.h"

enum { A_TURN = 100 };

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
		if ((v[i].case_number && post_outbox_late(d, &v[i], e) < 0) ||
		    store_outbox_told_late(txn, v[i].id, d->now, e) < 0)
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
