#include "gatewayd/timer/recommend.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/post/post.h"

enum { ACCOUNTS_A_TURN = 20 };

static int mail_contact(struct desk *d, const struct store_contact *contact,
			const struct store_recommendation *v, size_t n, size_t *mailed,
			struct err *e)
{
	bool out;

	if (store_optout_has(d->store, contact->address, &out, e) < 0)
		return -1;
	if (out)
		return 0;
	++*mailed;
	return post_recommendations(d, contact, v, n, e);
}

static int64_t live_before(const struct desk *d)
{
	return d->now - d->conf->limits.recommend_delay_s;
}

/* One mail of all that is open.  Without anybody to tell it stays open. */
static int mail_account(struct desk *d, struct span account, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	struct store_recommendation *v;
	struct store_contact *contacts;
	size_t n, contact_count, mailed = 0;

	if (store_begin(txn, e) < 0 ||
	    store_recommend_list(d->store, account, live_before(d), d->arena, &v, &n, e) < 0 ||
	    store_contact_list(d->store, account, d->arena, &contacts, &contact_count, e) < 0)
		return -1;
	for (size_t i = 0; n && i < contact_count; i++)
		if (mail_contact(d, &contacts[i], v, n, &mailed, e) < 0)
			return -1;
	if (store_recommend_told(d->store, account, live_before(d), mailed, d->now, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int recommend_turn(struct desk *d, struct err *e)
{
	struct span *accounts;
	size_t n;

	if (store_recommend_due(d->store, live_before(d),
				d->now - d->conf->limits.recommend_pause_s, ACCOUNTS_A_TURN,
				d->arena, &accounts, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (mail_account(d, accounts[i], e) < 0)
			return -1;
	return 0;
}

/* --- what happens to properties --- */

static int live(struct desk *d, const struct recommend_event *event, struct store_property *p,
		struct err *e)
{
	/* The same event again, from a file imported twice, is nothing new. */
	if (p->name.p && p->live_at == event->at)
		return 0;
	p->account = event->account;
	p->name = event->property;
	p->live_at = event->at;
	p->told_at = INSTANT_NONE;
	return store_property_put(d->store, p, e);
}

/* What was sent is of no use any more either; an import may bring both back. */
static int drop(struct desk *d, const struct recommend_event *event, struct err *e)
{
	if (store_recommendation_state(d->store, event->account, event->property, SPAN("open"),
				       SPAN("dropped"), event->at, e) < 0)
		return -1;
	return store_recommendation_state(d->store, event->account, event->property, SPAN("sent"),
					  SPAN("dropped"), event->at, e);
}

int recommend_apply(struct desk *d, const struct recommend_event *event, struct err *e)
{
	struct store_account account = { 0 };
	struct store_property property = { 0 };

	if (store_account_get(d->store, event->account, d->arena, &account, e) < 0)
		return -1;
	if (!account.id.p)
		return err_set(e, ERR_PERM, "there is no account \"" SPAN_FMT "\"",
			       SPAN_ARG(utf8_prefix(event->account, 64)));
	if (store_property_get(d->store, event->account, event->property, d->arena, &property, e) <
	    0)
		return -1;
	return event->what == RECOMMEND_LIVE ? live(d, event, &property, e) : drop(d, event, e);
}

int recommend_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_recommend_next(d->store, d->conf->limits.recommend_delay_s,
				    d->conf->limits.recommend_pause_s, ret_at, e);
}
