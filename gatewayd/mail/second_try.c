#include "gatewayd/mail/second_try.h"

enum { A_TURN = 64 };

#define VERSION_KEY "parser-version"

int second_try_died(struct desk *d, int64_t mail, struct err *e)
{
	int64_t well_at = d->now + SECOND_TRY_WELL_S;

	if (store_second_try_put_off(d->store, well_at, e) < 0)
		return -1;
	return store_second_try_add(d->store, mail, well_at, e);
}

int second_try_begin(struct desk *d, const char *version, struct err *e)
{
	struct store *txn STORE_TXN = NULL;
	struct span before;

	if (store_meta_get(d->store, VERSION_KEY, d->arena, &before, e) < 0)
		return -1;
	if (span_is(before, version))
		return 0;
	txn = d->store;
	if (store_begin(txn, e) < 0 || (before.p && store_second_try_all(txn, d->now, e) < 0) ||
	    store_meta_set(txn, VERSION_KEY, span_of(version), e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* A person may have released or dropped it meanwhile. */
static int again(struct desk *d, int64_t mail, struct err *e)
{
	struct store_mail m;

	if (store_mail_get(d->store, mail, d->arena, &m, e) < 0 ||
	    store_second_try_done(d->store, mail, e) < 0)
		return -1;
	return m.state == MAIL_QUARANTINED ? store_mail_reset(d->store, mail, e) : 0;
}

int second_try_turn(struct desk *d, bool *ret_any, int64_t *ret_at, struct err *e)
{
	struct store *txn STORE_TXN = NULL;
	int64_t *mails;
	size_t n;

	if (store_second_try_due(d->store, d->now, A_TURN, d->arena, &mails, &n, e) < 0)
		return -1;
	*ret_any = n > 0;
	if (n) {
		txn = d->store;
		if (store_begin(txn, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (again(d, mails[i], e) < 0)
				return -1;
		if (store_commit(txn, e) < 0)
			return -1;
	}
	return store_second_try_next(d->store, ret_at, e);
}
