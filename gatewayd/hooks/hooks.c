/*
 * The role that posts to webhooks: rows of the outbox, signed, one POST each (hook_talk.h).
 *
 * It has the secrets that sign, talks to the hooks of the configuration and to nobody else, and
 * sees no mail and no store.  It connects to public addresses and to those that the configuration
 * names; the address that is looked at is the one that is connected to, whatever a name said
 * before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/version.h"
#include "gatewayd/hooks/signature.h"
#include "gatewayd/net/https.h"
#include "gatewayd/wire/hook_talk.h"
#include "gatewayd/wire/role.h"
#include "gatewayd/wire/setup_hooks.h"

enum {
	BODY_MAX = MIB,
	HEADER_MAX = 512,
	DRAIN_MS = 8000, /* for what is under way at the end */
	STATUS_GONE = 410,
};

struct post { /* under way */
	struct hooks *hooks;
	const struct setup_hook *hook;
	int64_t row;
	struct post *next;
};

struct hooks {
	struct role *role;
	struct arena settings;
	struct setup_hooks setup;
	struct https *https;
	struct post *posts;
	bool draining;
	struct loop_timer drain;
};

static void post_free(struct post *p)
{
	struct post **at = &p->hooks->posts;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	mem_free(&p);
}

/* --- the end of a POST --- */

static void tell(struct hooks *h, const struct hook_posted *p)
{
	struct err e = { 0 };

	if (hook_posted_put(&h->role->core, p, &e) < 0)
		role_fail(h->role, &e);
	else
		role_core_update(h->role);
}

/* The body's trouble, as far as a status tells: the others may still be taken. */
static bool is_of_body(int status)
{
	return status == 400 || status == 409 || status == 413 || status == 415 || status == 422;
}

static struct hook_posted judge(const struct https_answer *a, char text[ERR_TEXT_MAX])
{
	struct hook_posted p = { .sent = { .outcome = TALK_RETRY, .code = a->status },
				 .wait_s = a->wait_s };

	snprintf(text, ERR_TEXT_MAX, "%s", a->why.text);
	if (a->status)
		snprintf(text, ERR_TEXT_MAX, "status %d%s", a->status,
			 a->status / 100 == 3 ? ", a redirect, which is not followed" : "");
	if (a->status / 100 == 2)
		p.sent.outcome = TALK_SENT;
	else if (a->status == STATUS_GONE)
		p.sent.outcome = TALK_FAILED;
	p.sent.server = p.sent.outcome == TALK_RETRY && !is_of_body(a->status);
	return p;
}

static void on_answer(void *ctx, const struct https_answer *a)
{
	struct post *post = ctx;
	struct hooks *h = post->hooks;
	char text[ERR_TEXT_MAX];
	struct hook_posted p = judge(a, text);

	p.sent.row = post->row;
	p.sent.text = span_of(text);
	post_free(post);
	tell(h, &p);
	if (h->draining && !h->posts)
		role_stop(h->role, EX_OK);
}

/* --- a POST --- */

static bool may_connect(void *ctx, const struct sockaddr *address)
{
	const struct setup_hook *hook = ((const struct post *)ctx)->hook;

	for (size_t i = 0; i < hook->network_count; i++)
		if (network_has(&hook->networks[i], address))
			return true;
	return network_is_public(address);
}

static int post(struct hooks *h, const struct setup_hook *hook, const struct hook_post *p,
		struct span body, struct err *e)
{
	struct signature_of of = { p->id, clock_now(&h->role->clock), body };
	char id[HEADER_MAX], at[HEADER_MAX], signature[HEADER_MAX];
	struct buf value BUF_AUTO;
	struct post *ctx = mem_alloc(sizeof(*ctx));
	struct https_request r = {
		.url = hook->url,
		.name = hook->name,
		.body = body,
		.headers = { "Content-Type: application/json",
			     "User-Agent: gatewayd/" GATEWAYD_VERSION, "Expect:", id, at,
			     signature },
		.header_count = 6,
		.ca_file = hook->ca_file,
		.timeout_s = hook->timeout_s,
		.plain = hook->plain,
		.status_only = true,
		.may_connect = may_connect,
		.fn = on_answer,
		.ctx = ctx,
	};

	buf_init(&value, SIGNATURE_MAX);
	signature_add(&of, hook->keys, hook->key_count, &value);
	snprintf(id, sizeof(id), "webhook-id: " SPAN_FMT, SPAN_ARG(p->id));
	snprintf(at, sizeof(at), "webhook-timestamp: %" PRIi64, of.at);
	snprintf(signature, sizeof(signature), "webhook-signature: %s", buf_cstr(&value));
	*ctx = (struct post){ h, hook, p->row, h->posts };
	h->posts = ctx;
	if (https_post(h->https, &r, e) == 0)
		return 0;
	post_free(ctx);
	return -1;
}

static const struct setup_hook *find(const struct hooks *h, struct span name)
{
	for (size_t i = 0; i < h->setup.n; i++)
		if (span_is(name, h->setup.v[i].name))
			return &h->setup.v[i];
	return NULL;
}

/* What cannot even be tried is tried again later, by this process or the next. */
static int begin(struct hooks *h, const struct hook_post *p, struct err *e)
{
	const struct setup_hook *hook = find(h, p->hook);
	struct span body;
	int r;

	if (!hook)
		return err_set(e, ERR_TEMP, "it is not in this configuration");
	if (h->draining)
		return err_set(e, ERR_TEMP, "this process is ending");
	if (memfd_map(p->fd, BODY_MAX, &body, e) < 0)
		return -1;
	r = post(h, hook, p, body, e);
	memfd_unmap(body);
	return r;
}

static int on_core(void *ctx, struct wire_in *in, struct err *e)
{
	struct hooks *h = ctx;
	struct err why = { 0 };
	struct hook_post p;

	if (in->type != MSG_POST)
		return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	if (hook_post_get(in, &p, e) < 0)
		return -1;
	if (begin(h, &p, &why) < 0) {
		struct hook_posted refused = {
			.sent = { .row = p.row, .outcome = TALK_RETRY, .text = span_of(why.text) }
		};

		tell(h, &refused);
	}
	close(p.fd);
	return 0;
}

/* --- life --- */

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct hooks *h = ctx;

	return setup_hooks_get(in, &h->settings, &h->setup, e);
}

static int open_net(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	(void)ctx, (void)limits;
	return connect_global_init(e);
}

static int seal(void *ctx, struct err *e)
{
	struct hooks *h = ctx;
	const char **files = arena_alloc_n(&h->settings, h->setup.n, sizeof(*files));
	size_t n = 0;

	for (size_t i = 0; i < h->setup.n; i++) {
		const char *file = h->setup.v[i].ca_file;

		if (file && (n == 0 || strcmp(file, files[n - 1]) != 0))
			files[n++] = file;
	}
	return sandbox_net(files, n, e);
}

static int start(void *ctx, struct err *e)
{
	struct hooks *h = ctx;

	(void)e;
	h->https = https_new(h->role->loop);
	return 0;
}

static void on_drained(void *ctx)
{
	struct hooks *h = ctx;

	role_stop(h->role, EX_OK);
}

/* What is under way may still come to its end; what does not goes out once more. */
static void end(void *ctx, enum role_why why)
{
	struct hooks *h = ctx;

	(void)why;
	if (h->draining)
		return;
	h->draining = true;
	h->drain = (struct loop_timer){ .fn = on_drained, .ctx = h };
	loop_timer_start(h->role->loop, &h->drain, h->posts ? DRAIN_MS : 0);
}

static void hooks_release(struct hooks *h)
{
	https_free(&h->https);
	while (h->posts)
		post_free(h->posts);
	arena_release(&h->settings);
	role_release(h->role);
	connect_global_cleanup();
}

int hooks_main(struct role *r)
{
	struct hooks h = { .role = r };
	struct role_part part = { .setup = take_setup,
				  .open = open_net,
				  .seal = seal,
				  .start = start,
				  .from_core = on_core,
				  .end = end,
				  .ctx = &h };
	int status;

	arena_init(&h.settings);
	status = role_run(r, &part);
	hooks_release(&h);
	return status;
}
