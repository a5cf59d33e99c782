#include "gatewayd/timer/digests.h"

#include "gatewayd/post/post.h"

enum { LINES_MAX = 100 }; /* of one mail; the rest is counted */

static int tell(struct desk *d, const struct store_digest *digest, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || post_digest(d, digest, e) < 0 ||
	    store_digest_told(txn, digest, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int digests_turn(struct desk *d, struct err *e)
{
	struct store_digest digest;

	for (;;) {
		if (store_digest_due(d->store, d->now, LINES_MAX, d->arena, &digest, e) < 0)
			return -1;
		if (!digest.count)
			return 0;
		if (tell(d, &digest, e) < 0)
			return -1;
	}
}

int digests_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_digest_next(d->store, ret_at, e);
}
