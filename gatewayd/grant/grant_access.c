/* What a grant asks for, and what it does with the answers. */
#include "gatewayd/grant/grant_inside.h"

#include <stdio.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/backoff.h"

enum {
	RENEW_BEFORE_S = 300, /* an access token that lives longer than four times this */
	KEEP_AGAIN_MS = 10000,
};

/* What may pass; what needs a person, who would log in or mend the configuration. */
static const struct backoff soon = { .min = 1000, .max = 5 * 60 * 1000 };
static const struct backoff seldom = { .min = 60 * 1000, .max = HOUR_S * 1000 };

void grant_say(struct grant *g)
{
	const struct grant_device *d = &g->device;
	bool waits = d->state == GRANT_LOGIN_WAITING;
	struct grant_talk_state s = {
		.name = span_of(g->conf->conf.name),
		.good = g->good,
		.text = span_of(g->text),
		.access_until = g->access.n ? g->access_until : INSTANT_NONE,
		.refresh_until = g->refresh.n ? g->refresh_until : INSTANT_NONE,
		.failures = g->all_failures,
		.claims = g->claims.n ? buf_span(&g->claims) : SPAN(""),
		.login = d->state,
		.number = d->number,
		.login_at = waits ? span_of(d->said.address) : SPAN(""),
		.code = waits ? span_of(d->said.user_code) : SPAN(""),
		.login_text = span_of(d->text),
	};

	g->host->state(g->host->ctx, &s);
}

static void stands(struct grant *g, bool good, const char *text)
{
	g->good = good;
	snprintf(g->text, sizeof(g->text), "%s", text);
	grant_say(g);
}

/* --- refresh tokens --- */

static void put_secret(struct buf *b, struct span s)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_clear(b);
	if (buf_room(b, s.n + 1))
		crypto_lock(b->p, s.n + 1);
	buf_add(b, s);
}

static void keep_refresh(struct grant *g)
{
	struct err e = { 0 };

	g->unkept = keep_write(&g->host->keep, g->conf->conf.name, g->of, buf_span(&g->refresh),
			       g->refresh_until, &e) < 0;
	if (!g->unkept)
		return;
	stands(g, false, e.text);
	loop_timer_start(g->host->loop, &g->keep, KEEP_AGAIN_MS);
}

static void keep_again(void *ctx)
{
	struct grant *g = ctx;

	keep_refresh(g);
	if (!g->unkept)
		stands(g, g->access.n, "good");
}

/* The server's word, else the configuration's: that many days after it was last of use. */
static void take_refresh(struct grant *g, const struct answer_tokens *t)
{
	int64_t now = clock_now(&g->host->clock), days = g->conf->conf.refresh_days;

	if (t->refresh_life_s)
		g->refresh_until = now + t->refresh_life_s;
	else if (days)
		g->refresh_until = now + days * DAY_S;
	if (t->refresh.p)
		put_secret(&g->refresh, t->refresh);
	if (t->refresh.p || t->refresh_life_s || days)
		keep_refresh(g);
}

/* The one on the disk came later than the configuration's. */
void grant_find_refresh(struct grant *g)
{
	struct kept kept = { .until = INSTANT_NONE };
	struct err e = { 0 };
	int r;

	if (g->conf->conf.flow != CONF_FLOW_LOGIN)
		return;
	r = keep_read(&g->host->keep, g->conf->conf.name, g->of, &kept, &e);
	if (r < 0)
		snprintf(g->text, sizeof(g->text), "%s", e.text);
	if (r > 0) {
		put_secret(&g->refresh, buf_span(&kept.token));
		g->refresh_until = kept.until;
		if (kept.old_key)
			keep_refresh(g);
		crypto_wipe(kept.token.p, kept.token.cap);
		buf_release(&kept.token);
	} else if (g->conf->refresh_token) {
		put_secret(&g->refresh, span_of(g->conf->refresh_token));
		g->from_conf = true;
	}
}

/* --- access tokens --- */

static void on_renew(void *ctx)
{
	grant_ask(ctx);
}

static void ask_in(struct grant *g, int64_t ms)
{
	loop_timer_start(g->host->loop, &g->renew, ms);
}

void grant_take(struct grant *g, const struct answer_tokens *t)
{
	int64_t life = t->access_life_s;
	struct grant_talk_access a;

	if (g->conf->conf.flow == CONF_FLOW_LOGIN)
		take_refresh(g, t);
	put_secret(&g->access, t->access);
	g->serial++;
	g->access_until = clock_now(&g->host->clock) + life;
	g->failures = 0;
	buf_clear(&g->claims);
	jwt_claims(t->access, &g->claims);
	if (g->claims.full)
		buf_clear(&g->claims);
	a = (struct grant_talk_access){ span_of(g->conf->conf.name), g->serial,
					buf_span(&g->access) };
	g->host->access(g->host->ctx, &a);
	ask_in(g, life > 4 * RENEW_BEFORE_S ? (life - RENEW_BEFORE_S) * 1000 : life * 750);
	if (!g->unkept)
		stands(g, true, "good");
}

static void fail(struct grant *g, const struct err *e)
{
	const struct backoff *b = e->class == ERR_TEMP ? &soon : &seldom;
	uint32_t random;

	g->all_failures++;
	crypto_random(&random, sizeof(random));
	ask_in(g, backoff_delay(b, ++g->failures, random));
	stands(g, false, e->text);
}

/* The one on the disk was refused: perhaps the operator has put another one in its place. */
static bool try_other(struct grant *g, const struct err *e)
{
	const char *other = g->conf->refresh_token;

	if (e->class != ERR_PERM || g->conf->conf.flow != CONF_FLOW_LOGIN || !other ||
	    g->from_conf || span_is(buf_span(&g->refresh), other))
		return false;
	put_secret(&g->refresh, span_of(other));
	g->refresh_until = INSTANT_NONE;
	g->from_conf = true;
	grant_ask(g);
	return true;
}

static void on_answer(void *ctx, const struct https_answer *a)
{
	struct grant *g = ctx;
	struct answer_tokens t;
	char code[ANSWER_CODE_MAX];
	struct err e = { 0 };

	g->asking = false;
	if (answer_tokens(a, &t, code, &e) < 0) {
		if (!try_other(g, &e))
			fail(g, &e);
		return;
	}
	grant_take(g, &t);
	answer_wipe(&t);
}

int grant_post(struct grant *g, const char *url, struct buf *form,
	       void (*fn)(void *ctx, const struct https_answer *a), struct err *e)
{
	struct https_request r = { .url = url,
				   .body = buf_span(form),
				   .ca_file = g->conf->conf.ca_file,
				   .timeout_s = g->conf->conf.timeout_s,
				   .fn = fn,
				   .ctx = g };
	int result = form->full ? err_set(e, ERR_BUG, "a form over its maximum")
				: https_post(g->host->https, &r, e);

	crypto_wipe(form->p, form->cap);
	return result;
}

void grant_ask(struct grant *g)
{
	struct buf form BUF_AUTO;
	struct err e = { 0 };

	buf_init(&form, GRANT_FORM_MAX);
	if (g->asking)
		return;
	if (g->conf->conf.flow == CONF_FLOW_LOGIN && !g->refresh.n) {
		if (!g->text[0])
			snprintf(g->text, sizeof(g->text),
				 "nobody has logged in yet: gatewayctl login %s",
				 g->conf->conf.name);
		grant_say(g);
		return;
	}
	if (grant_form(&g->client, g->conf, buf_span(&g->refresh), clock_now(&g->host->clock),
		       &form, &e) < 0 ||
	    grant_post(g, g->conf->conf.token_endpoint, &form, on_answer, &e) < 0)
		fail(g, &e);
	else
		g->asking = true;
}

void grant_timers_init(struct grant *g)
{
	g->renew = (struct loop_timer){ .fn = on_renew, .ctx = g };
	g->keep = (struct loop_timer){ .fn = keep_again, .ctx = g };
}
