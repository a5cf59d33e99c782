#include "gatewayd/timer/answers.h"

#include "gatewayd/post/post.h"

enum { A_TURN = 100 };

int answers_turn(struct desk *d, struct err *e)
{
	struct store *txn STORE_TXN = NULL;
	struct store_held *v;
	size_t n;

	if (store_held_due(d->store, d->now, A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	if (n == 0)
		return 0;
	txn = d->store;
	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (post_answer_waits(d, &v[i], e) < 0 || store_held_told(txn, v[i].id, e) < 0)
			return -1;
	return store_commit(txn, e);
}

int answers_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_held_next(d->store, ret_at, e);
}
