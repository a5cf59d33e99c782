/* A person logs in from a terminal (RFC 8628). */
#include <stdio.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/grant/grant_inside.h"

enum { SLOWER_S = 5 };

static void begin(struct grant *g);

static void ended(struct grant *g, enum grant_login state, const char *text)
{
	struct grant_device *d = &g->device;

	loop_timer_stop(g->host->loop, &d->timer);
	d->state = state;
	snprintf(d->text, sizeof(d->text), "%s", text);
	grant_say(g);
}

/* The answer to a question; true: nobody wants it any more. */
static bool is_over(struct grant *g)
{
	struct grant_device *d = &g->device;

	d->asking = false;
	if (!d->anew)
		return false;
	d->anew = false;
	begin(g);
	return true;
}

/* --- until the person has allowed it --- */

static void wait(struct grant *g)
{
	struct grant_device *d = &g->device;

	loop_timer_start(g->host->loop, &d->timer, d->said.interval_s * 1000);
}

static void allowed(struct grant *g, const struct answer_tokens *t)
{
	if (!t->refresh.p) {
		ended(g, GRANT_LOGIN_FAILED,
		      "no refresh token came with it; the scope must ask for one (offline_access)");
		return;
	}
	g->from_conf = false;
	grant_take(g, t);
	if (g->unkept)
		ended(g, GRANT_LOGIN_FAILED, g->text);
	else
		ended(g, GRANT_LOGIN_DONE, "");
}

static void on_code(void *ctx, const struct https_answer *a)
{
	struct grant *g = ctx;
	struct grant_device *d = &g->device;
	char code[ANSWER_CODE_MAX];
	struct answer_tokens t;
	struct err e = { 0 };
	int r = answer_tokens(a, &t, code, &e);

	if (!is_over(g) && r == 0)
		allowed(g, &t);
	else if (r < 0 && d->state == GRANT_LOGIN_WAITING && e.class == ERR_TEMP) {
		d->said.interval_s += strcmp(code, "slow_down") == 0 ? SLOWER_S : 0;
		wait(g);
	} else if (r < 0 && d->state == GRANT_LOGIN_WAITING) {
		ended(g, GRANT_LOGIN_FAILED, e.text);
	}
	if (r == 0)
		answer_wipe(&t);
}

static void ask_code(void *ctx)
{
	struct grant *g = ctx;
	struct grant_device *d = &g->device;
	struct buf form BUF_AUTO;
	struct err e = { 0 };

	buf_init(&form, GRANT_FORM_MAX);
	if (clock_monotonic_ms(&g->host->clock) > d->until_ms) {
		ended(g, GRANT_LOGIN_FAILED, "nobody typed the code in time");
		return;
	}
	if (grant_form_code(&g->client, g->conf, d->said.device_code, clock_now(&g->host->clock),
			    &form, &e) < 0 ||
	    grant_post(g, g->conf->conf.token_endpoint, &form, on_code, &e) < 0)
		ended(g, GRANT_LOGIN_FAILED, e.text);
	else
		d->asking = true;
}

/* --- address and code --- */

static void on_device(void *ctx, const struct https_answer *a)
{
	struct grant *g = ctx;
	struct grant_device *d = &g->device;
	struct err e = { 0 };

	if (is_over(g))
		return;
	if (answer_device(a, &d->arena, &d->said, &e) < 0) {
		ended(g, GRANT_LOGIN_FAILED, e.text);
		return;
	}
	d->until_ms = clock_monotonic_ms(&g->host->clock) + d->said.life_s * 1000;
	d->state = GRANT_LOGIN_WAITING;
	grant_say(g);
	wait(g);
}

static const char *why_not(const struct grant *g)
{
	if (g->conf->conf.flow != CONF_FLOW_LOGIN)
		return "its flow needs no person who logs in";
	if (!g->conf->conf.device_endpoint)
		return "it has no device_endpoint; get a refresh token in another way, and name "
		       "its file with refresh_token_file";
	return g->client.wrong.class ? g->client.wrong.text : NULL;
}

static void begin(struct grant *g)
{
	struct grant_device *d = &g->device;
	const char *why = why_not(g);
	struct buf form BUF_AUTO;
	struct err e = { 0 };

	buf_init(&form, GRANT_FORM_MAX);
	loop_timer_stop(g->host->loop, &d->timer);
	arena_reset(&d->arena);
	d->state = GRANT_LOGIN_ASKED;
	d->text[0] = '\0';
	if (why) {
		ended(g, GRANT_LOGIN_FAILED, why);
		return;
	}
	grant_form_device(&g->client, g->conf, &form);
	if (grant_post(g, g->conf->conf.device_endpoint, &form, on_device, &e) < 0) {
		ended(g, GRANT_LOGIN_FAILED, e.text);
		return;
	}
	d->asking = true;
	grant_say(g);
}

void grant_login(struct grant *g, uint32_t number)
{
	struct grant_device *d = &g->device;

	d->number = number;
	d->anew = d->asking;
	if (!d->asking)
		begin(g);
}

void grant_login_init(struct grant *g)
{
	arena_init(&g->device.arena);
	g->device.timer = (struct loop_timer){ .fn = ask_code, .ctx = g };
}

void grant_login_release(struct grant *g)
{
	loop_timer_stop(g->host->loop, &g->device.timer);
	if (g->device.said.device_code)
		crypto_wipe(g->device.said.device_code, strlen(g->device.said.device_code));
	arena_release(&g->device.arena);
}
