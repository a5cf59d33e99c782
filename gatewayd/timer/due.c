#include "gatewayd/timer/due.h"

int due_each(struct desk *d, void *v, size_t n, size_t size, due_fn *fn, struct err *e)
{
	struct store *txn STORE_TXN = NULL;

	if (n == 0)
		return 0;
	txn = d->store;
	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (fn(d, (char *)v + i * size, e) < 0)
			return -1;
	return store_commit(txn, e);
}
