#include "gatewayd/timer/late.h"

#include "gatewayd/base/log.h"
#include "gatewayd/post/post.h"

enum { A_TURN = 100 };

/* One that went out meanwhile is not late: who would be told would never hear that it went. */
static int tell(struct desk *d, const struct store_outbox *row, bool words, struct err *e)
{
	bool waits;

	if (store_outbox_told_late(d->store, row->id, d->now, &waits, e) < 0)
		return -1;
	return words && waits && row->case_number ? post_outbox_late(d, row, e) : 0;
}

static int tell_all(struct desk *d, const struct store_outbox *v, size_t n, bool words,
		    struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tell(d, &v[i], words, e) < 0)
			return -1;
	return store_commit(txn, e);
}

/* One that cannot be told of, as it is damaged, holds up no other. */
static int tell_each(struct desk *d, const struct store_outbox *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (tell_all(d, &v[i], 1, true, e) == 0)
			continue;
		if (e->class != ERR_PERM)
			return -1;
		log_event(LOG_ERROR, "outbox.late-not-told", log_int("row", v[i].id),
			  log_reason(e));
		if (tell_all(d, &v[i], 1, false, e) < 0)
			return -1;
	}
	return 0;
}

int late_turn(struct desk *d, struct err *e)
{
	struct store_outbox *v;
	size_t n;

	if (store_outbox_late(d->store, d->now - LATE_AFTER_S, A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	if (n == 0 || tell_all(d, v, n, true, e) == 0)
		return 0;
	return e->class == ERR_PERM ? tell_each(d, v, n, e) : -1;
}

int late_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	if (store_outbox_waits(d->store, ret_at, e) < 0)
		return -1;
	if (*ret_at != INSTANT_NONE)
		*ret_at += LATE_AFTER_S;
	return 0;
}
