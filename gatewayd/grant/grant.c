#include "gatewayd/grant/grant.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/grant/grant_inside.h"

enum { REFUSED_AGAIN_MS = 5 * 60 * 1000 };

const char *grant_name(const struct grant *g)
{
	return g->conf->conf.name;
}

void grant_start(struct grant *g)
{
	grant_find_refresh(g);
	grant_ask(g);
}

/* Once in a while: a fresh one that is refused too would be followed by the next for ever. */
void grant_refused(struct grant *g, int64_t serial)
{
	int64_t now_ms = clock_monotonic_ms(&g->host->clock);

	if (serial != g->serial || now_ms < g->renewable_ms)
		return;
	g->renewable_ms = now_ms + REFUSED_AGAIN_MS;
	grant_ask(g);
}

/* --- life --- */

struct grant *grant_new(const struct setup_grant *conf, const struct grant_host *host)
{
	struct grant *g = mem_alloc(sizeof(*g));
	struct buf of BUF_AUTO;

	*g = (struct grant){ .conf = conf,
			     .host = host,
			     .refresh_until = INSTANT_NONE,
			     /* the tokens of a life before this one have lower numbers */
			     .serial = clock_now(&host->clock) * 1000 };
	grant_client_init(&g->client, conf);
	buf_init(&of, 4 * KIB);
	buf_addf(&of, "%s %s", g->client.id ? g->client.id : "", conf->conf.token_endpoint);
	g->of = mem_strdup(buf_cstr(&of));
	buf_init(&g->refresh, ANSWER_REFRESH_MAX + 1);
	buf_init(&g->access, ANSWER_ACCESS_MAX + 1);
	buf_init(&g->claims, GRANT_CLAIMS_MAX);
	grant_timers_init(g);
	grant_login_init(g);
	return g;
}

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_release(b);
}

void grant_free(struct grant **gg)
{
	struct grant *g = *gg;

	if (!g)
		return;
	loop_timer_stop(g->host->loop, &g->renew);
	loop_timer_stop(g->host->loop, &g->keep);
	grant_login_release(g);
	grant_client_release(&g->client);
	wipe(&g->refresh);
	wipe(&g->access);
	buf_release(&g->claims);
	mem_free(&g->of);
	mem_free(gg);
}
