#include "store/highest.h"

#include "store/query.h"

static bool is_of(const struct highest *h, const struct store_location *at)
{
	return h->mailbox_n && h->uidvalidity == at->uidvalidity &&
	       span_eq((struct span){ h->mailbox, h->mailbox_n }, at->mailbox);
}

static bool may_know(const struct store *s, const struct store_location *at)
{
	return store_is_alone(s) && at->uid && at->mailbox.n &&
	       at->mailbox.n <= HIGHEST_MAILBOX_MAX;
}

static int ask(struct store *s, const struct store_location *at, struct err *e)
{
	struct highest *h = &s->highest;
	struct query q QUERY_AUTO;
	int64_t uid;

	query_open(&q, s, SQL_MAIL_HIGHEST, e);
	query_text(&q, at->mailbox);
	query_int(&q, at->uidvalidity);
	if (query_one_int(&q, &uid) < 0)
		return -1;
	memcpy(h->mailbox, at->mailbox.p, at->mailbox.n);
	h->mailbox_n = at->mailbox.n;
	h->uidvalidity = at->uidvalidity;
	h->uid = (uint32_t)uid;
	return 0;
}

int highest_is_below(struct store *s, const struct store_location *at, struct err *e)
{
	if (!may_know(s, at))
		return 0;
	if (!is_of(&s->highest, at) && ask(s, at, e) < 0)
		return -1;
	return at->uid > s->highest.uid;
}

void highest_kept(struct store *s, const struct store_location *at)
{
	struct highest *h = &s->highest;

	if (is_of(h, at) && at->uid > h->uid)
		h->uid = at->uid;
}
