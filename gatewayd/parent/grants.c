#include "gatewayd/parent/grants.h"

#include <string.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"

/* The name and the token in one buffer, as they came. */
struct grants_held {
	struct buf bytes;
	struct grant_talk_access access;
};

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_release(b);
}

void grants_release(struct grants *g)
{
	for (size_t i = 0; i < g->n; i++)
		wipe(&g->v[i].bytes);
	mem_free(&g->v);
	g->n = 0;
}

static struct grants_held *slot(struct grants *g, struct span name)
{
	for (size_t i = 0; i < g->n; i++)
		if (span_eq(g->v[i].access.name, name)) {
			wipe(&g->v[i].bytes);
			return &g->v[i];
		}
	g->v = mem_resize_n(g->v, g->n + 1, sizeof(*g->v));
	return &g->v[g->n++];
}

static bool is_row(const struct conf *conf, struct span name)
{
	for (size_t i = 0; i < conf->oauth_count; i++)
		if (span_is(name, conf->oauth[i].name))
			return true;
	return false;
}

int grants_take(struct grants *g, const struct conf *conf, struct wire_in *in,
		struct span *ret_name, struct err *e)
{
	struct grants_held held;

	buf_init(&held.bytes, KIB + GRANT_ACCESS_MAX);
	if (buf_room(&held.bytes, held.bytes.max))
		crypto_lock(held.bytes.p, held.bytes.max);
	if (grant_talk_access_get(in, &held.access, &held.bytes, e) < 0) {
		wipe(&held.bytes);
		return -1;
	}
	if (!is_row(conf, held.access.name)) { /* of a row that a reload took away */
		wipe(&held.bytes);
		*ret_name = SPAN("");
		return 0;
	}
	*ret_name = held.access.name;
	*slot(g, held.access.name) = held;
	return 0;
}

static bool uses(const struct conf *conf, const struct child *c, struct span name)
{
	const char *smtp = setup_sender_smtp(conf, c->instance)->server.oauth;

	if (c->role == ROLE_SENDER)
		return smtp && span_is(name, smtp);
	return c->role == ROLE_POLLER && setup_poller_uses(conf, c->instance, name);
}

bool grants_hand(const struct grants *g, const struct conf *conf, struct child *c, struct span name)
{
	enum message type = c->role == ROLE_SENDER ? MSG_SENDER_ACCESS : MSG_POLLER_ACCESS;
	bool sent = false;
	struct err e;

	for (size_t i = 0; c->pid && i < g->n; i++) {
		const struct grant_talk_access *a = &g->v[i].access;

		if ((name.p && !span_eq(name, a->name)) || !uses(conf, c, a->name))
			continue;
		/* One that is gone is SIGCHLD's matter. */
		sent = grant_talk_access_put(&c->wire, type, a, &e) == 0 || sent;
	}
	return sent;
}

int grants_refused(struct child *workers, size_t n, struct wire_in *in, struct child **ret_told,
		   struct err *e)
{
	struct grant_talk_refused r;
	struct err gone;

	if (grant_talk_refused_get(in, &r, e) < 0)
		return -1;
	*ret_told = NULL;
	for (size_t i = 0; i < n; i++)
		if (workers[i].role == ROLE_TOKENS && workers[i].pid &&
		    grant_talk_refused_put(&workers[i].wire, MSG_TOKENS_RENEW, &r, &gone) == 0)
			*ret_told = &workers[i];
	return 0;
}
