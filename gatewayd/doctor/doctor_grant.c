/* Access tokens, asked for by the code of the role that has them. */
#include "gatewayd/doctor/doctor_inside.h"

#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/grant/grant.h"

enum { SETUP_WAIT_MS = 5000, ANSWER_MAX_MS = 60000 };

struct trial {
	struct doctor *d;
	struct setup_tokens setup;
	struct grant **grants;
	bool *ended;
	size_t left;
	struct loop *loop;
};

static size_t row_of(const struct conf *c, struct span name)
{
	size_t i = 0;

	while (i < c->oauth_count && !span_is(name, c->oauth[i].name))
		i++;
	return i;
}

/* --- the set-up, as the parent sends it --- */

static int receive(struct wire *from, struct doctor *d, struct setup_tokens *ret, struct err *e)
{
	struct wire_in in;

	if (wire_wait(from, SETUP_WAIT_MS, &in, e) < 0)
		return -1;
	return setup_tokens_get(&in, &d->arena, ret, e);
}

static int send_setup(struct doctor *d, struct wire *to, int folder, struct err *e)
{
	struct setup_keys keys;
	int r;

	doctor_as_parent(d);
	r = setup_keys_open(d->conf, &keys, e);
	if (r == 0) {
		r = setup_tokens_put(to, d->conf, &keys, folder, e);
		setup_keys_release(&keys);
	}
	doctor_as_role(d);
	return r;
}

static int make_setup(struct doctor *d, struct setup_tokens *ret, struct err *e)
{
	int folder = keep_folder(d->conf->state_dir, NULL, e), fds[2], r;
	struct wire to, from;

	if (folder < 0)
		return -1;
	if (wire_pair(fds, e) < 0) {
		close(folder);
		return -1;
	}
	message_wire(&to, fds[0], ROLE_PARENT, ROLE_TOKENS);
	message_wire(&from, fds[1], ROLE_TOKENS, ROLE_PARENT);
	r = send_setup(d, &to, folder, e);
	if (r == 0)
		r = receive(&from, d, ret, e);
	wire_release(&to);
	wire_release(&from);
	close(folder);
	return r;
}

/* --- what the grants say --- */

static void on_access(void *ctx, const struct grant_talk_access *a)
{
	struct trial *t = ctx;

	access_put(&t->d->access[row_of(t->d->conf, a->name)], a->token, a->serial);
}

/* A grant that waits for its answer says nothing. */
static void on_state(void *ctx, const struct grant_talk_state *s)
{
	struct trial *t = ctx;
	struct doctor *d = t->d;
	size_t i = row_of(d->conf, s->name);
	const char *what = TEXT(d, "oauth " SPAN_FMT, SPAN_ARG(s->name));
	char until[TIME_TEXT_MAX];

	if (t->ended[i])
		return;
	t->ended[i] = true;
	if (--t->left == 0)
		loop_stop(t->loop);
	if (!s->good && span_starts(s->text, SPAN("nobody has logged in yet")))
		SAY_NOTE(d, what, arena_cstr(&d->arena, s->text), "start the daemon first");
	else if (s->good)
		SAY_GOOD(
		    d, what,
		    TEXT(d, "it has an access token until %s", time_local(s->access_until, until)));
	else
		SAY_WRONG(d, what, arena_cstr(&d->arena, s->text),
			  "gatewayd-howto(7) has the steps, and what the words mean");
}

static void on_late(void *ctx)
{
	loop_stop(ctx);
}

static void say_late(struct trial *t)
{
	for (size_t i = 0; i < t->setup.n; i++)
		if (t->grants[i] &&
		    !t->ended[row_of(t->d->conf, span_of(grant_name(t->grants[i])))])
			SAY_WRONG(t->d, TEXT(t->d, "oauth %s", grant_name(t->grants[i])),
				  "its endpoint does not answer",
				  "look at token_endpoint and at the way to it");
}

/* --- those that only the daemon may ask for --- */

static void say_daemons(struct doctor *d, const char *name)
{
	const json_t *rows = json_object_get(d->o->status, "oauth"), *row;
	const char *what = TEXT(d, "oauth %s", name);
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (!span_is(json_span(row, "name"), name))
			continue;
		if (json_is_true(json_object_get(row, "good")))
			SAY_GOOD(d, what, "the daemon has a token");
		else
			SAY_WRONG(
			    d, what,
			    TEXT(d, "the daemon says: " SPAN_FMT, SPAN_ARG(json_span(row, "text"))),
			    "gatewayd-howto(7) has the steps, and what the words mean");
		return;
	}
	SAY_NOTE(d, what, "not tried: its refresh token is the running daemon's", NULL);
}

/* A refresh token may be good for one use. */
static bool is_daemons(const struct doctor *d, const struct conf_oauth *o)
{
	return d->o->daemon_runs && o->flow == CONF_FLOW_LOGIN;
}

/* --- all of them --- */

static void run(struct trial *t)
{
	struct doctor *d = t->d;
	struct loop_timer late = { .fn = on_late, .ctx = t->loop };
	struct grant_host host = { .loop = t->loop,
				   .clock = d->clock,
				   .https = https_new(t->loop),
				   .keep = { t->setup.folder, t->setup.keys, t->setup.key_count },
				   .access = on_access,
				   .state = on_state,
				   .ctx = t };
	struct err e;

	for (size_t i = 0; i < t->setup.n; i++)
		if (!is_daemons(d, &d->conf->oauth[i])) {
			t->grants[i] = grant_new(&t->setup.grants[i], &host);
			t->left++;
		}
	for (size_t i = 0; i < t->setup.n; i++)
		if (t->grants[i])
			grant_start(t->grants[i]);
	loop_timer_start(t->loop, &late, ANSWER_MAX_MS);
	if (t->left)
		loop_run(t->loop, &e);
	say_late(t);
	loop_timer_stop(t->loop, &late);
	https_free(&host.https);
	for (size_t i = 0; i < t->setup.n; i++)
		grant_free(&t->grants[i]);
}

static void try_all(struct doctor *d)
{
	struct trial t = { .d = d, .setup.folder = -1 };
	struct err e = { 0 };

	if (make_setup(d, &t.setup, &e) < 0) {
		SAY_WRONG(d, "oauth", e.text, NULL);
		return;
	}
	t.loop = loop_new(d->clock);
	t.grants = arena_alloc_n(&d->arena, t.setup.n, sizeof(struct grant *));
	t.ended = arena_alloc_n(&d->arena, d->conf->oauth_count + 1, sizeof(*t.ended));
	run(&t);
	loop_free(&t.loop);
	crypto_wipe(t.setup.keys, sizeof(t.setup.keys));
	close(t.setup.folder);
}

void doctor_grants(struct doctor *d)
{
	size_t mine = 0;

	for (size_t i = 0; i < d->conf->oauth_count; i++) {
		if (is_daemons(d, &d->conf->oauth[i]))
			say_daemons(d, d->conf->oauth[i].name);
		else
			mine++;
	}
	if (mine && !d->secrets_wrong)
		try_all(d);
}
