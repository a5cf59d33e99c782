#include "gatewayd/timer/reminders.h"

#include "gatewayd/post/post.h"

enum { A_TURN = 100 };

int reminders_turn(struct desk *d, struct err *e)
{
	struct store *txn STORE_TXN = NULL;
	struct store_reminder *v;
	size_t n;

	if (store_reminder_due(d->store, d->now, A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	if (n == 0)
		return 0;
	txn = d->store;
	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (post_reminder(d, &v[i], e) < 0 || store_reminder_done(txn, v[i].id, e) < 0)
			return -1;
	return store_commit(txn, e);
}

int reminders_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_reminder_next(d->store, ret_at, e);
}
