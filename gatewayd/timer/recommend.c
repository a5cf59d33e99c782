#include "gatewayd/timer/recommend.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/post/post.h"

enum { PROPERTIES_A_TURN = 20 };

static int mail_contact(struct desk *d, const struct store_property *p,
			const struct store_contact *contact, const struct store_recommendation *v,
			size_t n, size_t *told, struct err *e)
{
	bool out;

	if (store_optout_has(d->store, contact->address, &out, e) < 0)
		return -1;
	if (out)
		return 0;
	++*told;
	return post_recommendations(d, p, contact, v, n, e);
}

/* Only those still open: a property that was changed elsewhere has lost them. */
static struct store_recommendation *open_ones(struct desk *d, const struct store_recommendation *v,
					      size_t n, size_t *ret_n)
{
	struct store_recommendation *open = arena_alloc_n(d->arena, n, sizeof(*open));

	*ret_n = 0;
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].state, "open"))
			open[(*ret_n)++] = v[i];
	return open;
}

static int mail_property(struct desk *d, struct store_property *p, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	struct store_recommendation *v;
	struct store_contact *contacts;
	size_t n, contact_count, told = 0;

	if (store_begin(txn, e) < 0 ||
	    store_recommendation_list(d->store, p->account, p->name, d->arena, &v, &n, e) < 0 ||
	    store_contact_list(d->store, p->account, d->arena, &contacts, &contact_count, e) < 0)
		return -1;
	v = open_ones(d, v, n, &n);
	for (size_t i = 0; n && i < contact_count; i++)
		if (mail_contact(d, p, &contacts[i], v, n, &told, e) < 0)
			return -1;
	p->told_at = d->now;
	/* Without anybody to tell they stay open. */
	if ((told && store_recommendation_state(d->store, p->account, p->name, SPAN("open"),
						SPAN("sent"), d->now, e) < 0) ||
	    store_property_put(d->store, p, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int recommend_turn(struct desk *d, struct err *e)
{
	struct store_property *v;
	size_t n;

	if (store_property_due(d->store, d->now - d->conf->limits.recommend_delay_s,
			       PROPERTIES_A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (mail_property(d, &v[i], e) < 0)
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
	if (store_property_next(d->store, ret_at, e) < 0)
		return -1;
	if (*ret_at != INSTANT_NONE)
		*ret_at += d->conf->limits.recommend_delay_s;
	return 0;
}
