/*
 * The role that has the access tokens: it holds client secrets and refresh tokens, talks to the
 * token endpoints and to nobody else, and sees no mail and no store.
 *
 * What it gets goes to the parent, for those who log in with it; how each grant stands to core.
 */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/grant/grant.h"
#include "gatewayd/wire/role.h"

struct seen { /* of a grant, in the log */
	bool said, good;
	char text[ERR_TEXT_MAX];
	int64_t warned_at;
};

struct tokens {
	struct role *role;
	struct arena settings;
	struct setup_tokens setup;
	struct grant_host host;
	struct grant **grants;
	struct seen *seen;
};

static size_t find(const struct tokens *t, struct span name)
{
	size_t i = 0;

	while (i < t->setup.n && !span_is(name, t->setup.grants[i].conf.name))
		i++;
	return i;
}

/* --- what the grants say --- */

static void on_access(void *ctx, const struct grant_talk_access *a)
{
	struct tokens *t = ctx;
	struct err e;

	/* Without a parent this process is ending, too. */
	if (grant_talk_access_put(&t->role->parent, MSG_TOKENS_ACCESS, a, &e) == 0)
		role_parent_update(t->role);
}

static void log_near_end(struct seen *seen, const struct grant_talk_state *s, int64_t now)
{
	char until[TIME_TEXT_MAX];

	if (s->refresh_until == INSTANT_NONE || s->refresh_until - now > GRANT_NEAR_END_S ||
	    now - seen->warned_at < DAY_S)
		return;
	seen->warned_at = now;
	log_event(LOG_WARNING, "token.near-end", log_span("oauth", s->name),
		  log_text("until", time_rfc3339(s->refresh_until, until)),
		  log_text("reason", "its refresh token ends then: gatewayctl login"));
}

/* Once per change. */
static void log_state(struct seen *seen, const struct grant_talk_state *s, int64_t now)
{
	log_near_end(seen, s, now);
	if (seen->said && seen->good == s->good && span_is(s->text, seen->text))
		return;
	if (s->good)
		log_event(LOG_NOTICE, "token.good", log_span("oauth", s->name));
	else
		log_event(LOG_WARNING, "token.trouble", log_span("oauth", s->name),
			  log_span("reason", s->text));
	seen->said = true;
	seen->good = s->good;
	snprintf(seen->text, sizeof(seen->text), SPAN_FMT, SPAN_ARG(s->text));
}

static void on_state(void *ctx, const struct grant_talk_state *s)
{
	struct tokens *t = ctx;
	size_t i = find(t, s->name);
	struct err e = { 0 };

	log_state(&t->seen[i], s, clock_now(&t->role->clock));
	if (grant_talk_state_put(&t->role->core, s, &e) < 0)
		role_fail(t->role, &e);
	else
		role_core_update(t->role);
}

/* --- what it is told --- */

static int on_parent(void *ctx, struct wire_in *in, struct err *e)
{
	struct tokens *t = ctx;
	struct grant_talk_refused r;
	size_t i;

	if (in->type != MSG_TOKENS_RENEW)
		return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	if (grant_talk_refused_get(in, &r, e) < 0)
		return -1;
	i = find(t, r.name);
	if (i < t->setup.n)
		grant_refused(t->grants[i], r.serial);
	return 0;
}

static int on_core(void *ctx, struct wire_in *in, struct err *e)
{
	struct tokens *t = ctx;
	struct grant_talk_login l;
	size_t i;

	if (grant_talk_login_get(in, &l, e) < 0)
		return -1;
	i = find(t, l.name);
	if (i < t->setup.n)
		grant_login(t->grants[i], l.number);
	return 0;
}

/* --- life --- */

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct tokens *t = ctx;

	return setup_tokens_get(in, &t->settings, &t->setup, e);
}

static int open_net(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	(void)ctx, (void)limits;
	return connect_global_init(e);
}

static int seal(void *ctx, struct err *e)
{
	struct tokens *t = ctx;
	const char **files = arena_alloc_n(&t->settings, t->setup.n, sizeof(*files));
	size_t n = 0;

	for (size_t i = 0; i < t->setup.n; i++) {
		const char *file = t->setup.grants[i].conf.ca_file;

		if (file && (n == 0 || strcmp(file, files[n - 1]) != 0))
			files[n++] = file;
	}
	return sandbox_net_keep(files, n, t->setup.folder, e);
}

static int start(void *ctx, struct err *e)
{
	struct tokens *t = ctx;

	(void)e;
	t->host = (struct grant_host){
		.loop = t->role->loop,
		.clock = t->role->clock,
		.https = https_new(t->role->loop),
		.keep = { t->setup.folder, t->setup.keys, t->setup.key_count },
		.access = on_access,
		.state = on_state,
		.ctx = t,
	};
	t->grants = mem_alloc_n(t->setup.n, sizeof(struct grant *));
	t->seen = mem_alloc_n(t->setup.n, sizeof(*t->seen));
	for (size_t i = 0; i < t->setup.n; i++)
		t->grants[i] = grant_new(&t->setup.grants[i], &t->host);
	for (size_t i = 0; i < t->setup.n; i++)
		grant_start(t->grants[i]);
	return 0;
}

static void end(void *ctx, enum role_why why)
{
	struct tokens *t = ctx;

	(void)why;
	role_stop(t->role, EX_OK);
}

static void tokens_release(struct tokens *t)
{
	https_free(&t->host.https);
	for (size_t i = 0; t->grants && i < t->setup.n; i++)
		grant_free(&t->grants[i]);
	mem_free(&t->grants);
	mem_free(&t->seen);
	crypto_wipe(t->setup.keys, sizeof(t->setup.keys));
	if (t->setup.folder >= 0)
		close(t->setup.folder);
	arena_release(&t->settings);
	role_release(t->role);
	connect_global_cleanup();
}

int tokens_main(struct role *r)
{
	struct tokens t = { .role = r, .setup.folder = -1 };
	struct role_part part = { .setup = take_setup,
				  .open = open_net,
				  .seal = seal,
				  .start = start,
				  .from_parent = on_parent,
				  .from_core = on_core,
				  .end = end,
				  .ctx = &t };
	int status;

	arena_init(&t.settings);
	status = role_run(r, &part);
	tokens_release(&t);
	return status;
}
