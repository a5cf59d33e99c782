#include "gatewayd/core/report.h"

#include <stdio.h>
#include <unistd.h>

#include "gatewayd/core/hook_report.h"
#include "gatewayd/core/settle.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"

enum {
	LATE_LOOKS = 3,		    /* looks that a mailbox may miss */
	LATE_S = 120,		    /* and so much more */
	FREE_S = 2 * STORE_LEASE_S, /* that a mailbox may be no node's: it is taken over in one */
	HELD_UP_S = 600,	    /* that a kept mail may wait for its decision */
};

/* Texts may be cut, or a server's: json_of_span() makes them UTF-8. */
static void wrong(json_t *all, const char *what, int64_t since_at, const char *text)
{
	json_array_append_new(all, json_pack("{s:o, s:o, s:o}", "what", json_of_span(span_of(what)),
					     "since", json_of_instant(since_at), "text",
					     json_of_span(span_of(text))));
}

/* --- core's own rooms --- */

static void add_concerns(struct bench *b, json_t *all)
{
	for (int i = 0; i < CONCERN_COUNT; i++) {
		const struct health_state *s = &b->health.v[i];

		if (s->bad)
			wrong(all, health_name((enum concern)i), s->since_at,
			      arena_printf(&b->arena, "%s: %s", health_what((enum concern)i),
					   s->text));
	}
}

/* What stands still without any room that has trouble. */
static void add_held_up(struct bench *b, json_t *all)
{
	int64_t now = clock_now(&b->clock);
	struct store_mail *v;
	struct err e;
	size_t n;

	if (store_mail_pending(b->store, 0, 1, &b->arena, &v, &n, &e) < 0)
		wrong(all, "store", now, e.text);
	else if (n && bench_waits_s(b, v->kept_at) > HELD_UP_S)
		wrong(all, "pool", v->kept_at,
		      arena_printf(&b->arena,
				   "mail %lld is kept and not decided: gatewayctl trace %lld",
				   (long long)v->id, (long long)v->id));
}

static int64_t held_s(const struct bench *b)
{
	return b->held_until_ms ? (b->held_until_ms - bench_now_ms(b) + 999) / 1000 : 0;
}

/* What waits for the clock to be believed (timer/ahead.h). */
static void add_clock(struct bench *b, json_t *all)
{
	if (b->held_until_ms)
		wrong(all, "clock", b->stepped_at,
		      arena_printf(&b->arena,
				   "it was set forward: deadlines, reminders and what closes "
				   "cases wait for %lld seconds more; where it is right: "
				   "gatewayctl clock accept",
				   (long long)held_s(b)));
}

static void add_outbox(struct bench *b, json_t *all)
{
	const char *text;

	if (settle_damaged_text(b, &text) == 0 && text)
		wrong(all, "outbox", INSTANT_NONE, text);
}

/* Found out before a mail is. */
static void add_store(struct bench *b, json_t *all)
{
	struct err e;

	if (store_stands(b->store, &e) < 0)
		wrong(all, "store", INSTANT_NONE, e.text);
}

/* --- roles --- */

static size_t running(const struct bench *b, enum role_id role)
{
	size_t n = 0;

	for (const struct peer *p = b->peers; p; p = p->next)
		n += p->role == role;
	return n;
}

/* Resident bytes of the processes of that role; 0 where the kernel does not show them. */
static int64_t memory(const struct bench *b, enum role_id role)
{
	int64_t sum = 0;

	for (const struct peer *p = b->peers; p; p = p->next) {
		long long size, resident;
		char path[64];
		FILE *f;

		if (p->role != role)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/statm", (int)p->pid);
		f = fopen(path, "re");
		if (f && fscanf(f, "%lld %lld", &size, &resident) == 2)
			sum += resident * sysconf(_SC_PAGESIZE);
		if (f)
			fclose(f);
	}
	return sum;
}

/* Parse children come and go as they should; of the others each has work that no other does. */
static json_t *add_roles(struct bench *b, json_t *all)
{
	const size_t web = b->conf->web.listen ? 1 : 0;
	const struct {
		enum role_id role;
		size_t wanted, least;
	} roles[] = {
		{ ROLE_POLLER, setup_poller_count(b->conf), setup_poller_count(b->conf) },
		{ ROLE_PARSE, (size_t)b->conf->limits.parse_children, 1 },
		{ ROLE_SENDER, setup_sender_count(b->conf), setup_sender_count(b->conf) },
		{ ROLE_WEB, web, web },
		{ ROLE_TOKENS, b->conf->oauth_count > 0, b->conf->oauth_count > 0 },
		{ ROLE_HOOKS, b->conf->hook_count > 0, b->conf->hook_count > 0 },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		size_t n = running(b, roles[i].role);
		bool good =
		    n + bench_reload_owes(b, roles[i].role, roles[i].wanted) >= roles[i].least;
		const char *name = role_name(roles[i].role);

		if (!roles[i].wanted)
			continue;
		json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:b, s:I}", "role", name,
						      "wanted", (int)roles[i].wanted, "running",
						      (int)n, "good", good, "rss_bytes",
						      (json_int_t)memory(b, roles[i].role)));
		if (!good)
			wrong(all, name, INSTANT_NONE,
			      arena_printf(&b->arena, "%zu of %zu run; the log says how they ended",
					   n, roles[i].wanted));
	}
	return list;
}

/* --- mailboxes --- */

static bool is_late(const struct bench *b, const struct conf_mailbox *conf, const struct mailbox *m)
{
	int64_t since = m->looked_at == INSTANT_NONE ? b->started_at : m->looked_at;

	return bench_waits_s(b, since) > (int64_t)conf->poll_s * LATE_LOOKS + LATE_S;
}

static const char *text_of(struct bench *b, const struct conf_mailbox *conf,
			   const struct mailbox *m)
{
	const char *late = is_late(b, conf, m) ? "; the folder was not looked at for long" : "";

	if (m->aside)
		return arena_printf(&b->arena, "%s%s; %u set aside, %s", m->text, late, m->aside,
				    m->aside_text);
	return arena_printf(&b->arena, "%s%s", m->text, late);
}

/* Of all the cores that there were. */
static struct store_seen sums_of(struct bench *b, const char *name, json_t *all)
{
	struct store_seen sums = { 0 };
	struct err e;

	if (store_seen_get(b->store, span_of(name), &sums, &e) < 0)
		wrong(all, name, clock_now(&b->clock), e.text);
	return sums;
}

/* What another node does with it stands in what that one says. */
static struct mailbox placed_view(struct bench *b, const struct placed *p)
{
	struct mailbox m = { .good = *p->node || bench_waits_s(b, p->since_at) < FREE_S,
			     .at = p->since_at,
			     .looked_at = INSTANT_NONE };

	m.text = *p->node ? arena_printf(&b->arena, "node %s has it", p->node)
			  : arena_printf(&b->arena, "%s", placed_text(p, b->conf));
	return m;
}

static json_t *mailbox_json(struct bench *b, const char *name, const struct mailbox *m, bool good,
			    const char *text, json_t *all)
{
	/* core was not told of one that the server does not describe */
	size_t waiting = m->tally.waiting > m->aside ? m->tally.waiting - m->aside : 0;
	struct store_seen sums = sums_of(b, name, all);

	if (!good)
		wrong(all, arena_printf(&b->arena, "mailbox %s", name), m->at, text);
	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:I, s:o, s:I, s:I, s:I}", "name", name, "good",
			 good, "text", json_of_span(span_of(text)), "at", json_of_instant(m->at),
			 "looked_at", json_of_instant(m->looked_at), "waiting", (json_int_t)waiting,
			 "oldest", json_of_instant(mail_tally_oldest(&m->tally)), "set_aside",
			 (json_int_t)m->aside, "seen",
			 (json_int_t)(sums.seen + (int64_t)waiting + m->aside), "kept",
			 (json_int_t)sums.kept);
}

static json_t *mailbox_view(struct bench *b, const struct conf_mailbox *conf,
			    const struct mailbox *m, json_t *all)
{
	static char nothing[] = "not heard of yet";
	static const struct mailbox unheard = { .text = nothing,
						.at = INSTANT_NONE,
						.looked_at = INSTANT_NONE };
	const struct placed *p = holding_elsewhere(&b->holding, span_of(conf->name));
	struct mailbox placed = p ? placed_view(b, p) : unheard;

	m = m && !p ? m : &placed;
	return mailbox_json(b, conf->name, m,
			    mailbox_is_good(m, b) && !m->aside && (p || !is_late(b, conf, m)),
			    p ? m->text : text_of(b, conf, m), all);
}

/* That no node has, and not of this one's configuration. */
static void add_lost(struct bench *b, json_t *list, json_t *all)
{
	for (size_t i = 0; i < b->holding.placed_count; i++) {
		const struct placed *p = &b->holding.placed[i];
		struct mailbox m = placed_view(b, p);

		if (*p->mailbox && !m.good && !conf_mailbox_find(b->conf, p->mailbox))
			json_array_append_new(list,
					      mailbox_json(b, p->mailbox, &m, false, m.text, all));
	}
}

/* All of the configuration, and those that no node has. */
static json_t *add_mailboxes(struct bench *b, const struct mailboxes *mailboxes, json_t *all)
{
	const struct conf *conf = b->conf;
	json_t *list = json_array();

	for (size_t i = 0; i < conf->mailbox_count; i++) {
		const struct conf_mailbox *m = &conf->mailboxes[i];

		json_array_append_new(list,
				      mailbox_view(b, m, mailboxes_find(mailboxes, m->name), all));
	}
	add_lost(b, list, all);
	return list;
}

/* --- access tokens --- */

static const char *grant_text(struct bench *b, const struct grant_seen *s)
{
	char until[TIME_TEXT_MAX];

	if (s->refresh_until == INSTANT_NONE ||
	    s->refresh_until - clock_now(&b->clock) > GRANT_NEAR_END_S)
		return s->text;
	return arena_printf(&b->arena, "%s; the refresh token ends at %s: gatewayctl login %s",
			    s->text, time_rfc3339(s->refresh_until, until), s->name);
}

static json_t *claims_of(const struct grant_seen *s)
{
	json_t *j = NULL;
	struct err e;

	return *s->claims && json_read(span_of(s->claims), &j, &e) == 0 ? j : json_null();
}

static json_t *grant_view(struct bench *b, const char *name, const struct grant_seen *s,
			  json_t *all)
{
	static char nothing[] = "not heard of yet", none[] = "";
	static const struct grant_seen unheard = { .text = nothing,
						   .claims = none,
						   .at = INSTANT_NONE,
						   .access_until = INSTANT_NONE,
						   .refresh_until = INSTANT_NONE };
	const char *text;
	bool good;

	s = s ? s : &unheard;
	text = grant_text(b, s);
	good = s->good && text == s->text;
	if (!good)
		wrong(all, arena_printf(&b->arena, "oauth %s", name), s->at, text);
	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:I, s:o}", "name", name, "good", good,
			 "text", json_of_span(span_of(text)), "at", json_of_instant(s->at),
			 "access_until", json_of_instant(s->access_until), "refresh_until",
			 json_of_instant(s->refresh_until), "failures", (json_int_t)s->failures,
			 "claims", claims_of(s));
}

static json_t *add_grants(struct bench *b, const struct grant_list *grants, json_t *all)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->conf->oauth_count; i++) {
		const char *name = b->conf->oauth[i].name;

		json_array_append_new(list,
				      grant_view(b, name, grant_list_find(grants, name), all));
	}
	return list;
}

static json_t *add_hooks(struct bench *b, json_t *all)
{
	json_t *list = hook_report(b), *h;
	size_t i;

	json_array_foreach(list, i, h)
	{
		int64_t since_at = INSTANT_NONE;

		if (json_is_true(json_object_get(h, "good")))
			continue;
		time_parse_rfc3339(json_span(h, "since"), &since_at);
		wrong(all,
		      arena_printf(&b->arena, "hook " SPAN_FMT, SPAN_ARG(json_span(h, "name"))),
		      since_at, arena_cstr(&b->arena, json_span(h, "text")));
	}
	return list;
}

/* What another log-in came to is none of this one's. */
json_t *report_login(const struct grant_seen *s, uint32_t number)
{
	static const char *const states[] = { "asked", "asked", "waiting", "done", "failed" };

	if (!s || s->number != number)
		return json_pack("{s:s}", "state", states[GRANT_LOGIN_ASKED]);
	return json_pack("{s:s, s:o, s:o, s:o}", "state", states[s->login], "address",
			 json_of_span_or_null(span_of(s->login_at)), "code",
			 json_of_span_or_null(span_of(s->code)), "text",
			 json_of_span_or_null(span_of(s->login_text)));
}

static json_t *clock_view(const struct bench *b)
{
	if (b->stepped_at == INSTANT_NONE && !b->held_until_ms)
		return json_null();
	return json_pack("{s:o, s:I, s:I}", "stepped_at", json_of_instant(b->stepped_at), "seconds",
			 (json_int_t)b->step_s, "held_seconds", (json_int_t)held_s(b));
}

/* --- pieces --- */

/* What it adds to r->all is its own name. */
typedef void piece_fn(struct report *r, struct bench *b);

static void core_piece(struct report *r, struct bench *b)
{
	add_concerns(b, r->wrong);
	add_held_up(b, r->wrong);
	add_clock(b, r->wrong);
	add_outbox(b, r->wrong);
	add_store(b, r->wrong);
	json_object_set_new(r->all, "committed_at", json_of_instant(b->committed_at));
	json_object_set_new(r->all, "clock", clock_view(b));
}

static void mailboxes_piece(struct report *r, struct bench *b)
{
	json_object_set_new(r->all, "mailboxes", add_mailboxes(b, r->mailboxes, r->wrong));
}

static void grants_piece(struct report *r, struct bench *b)
{
	json_object_set_new(r->all, "oauth", add_grants(b, r->grants, r->wrong));
	json_object_set_new(r->all, "hooks", add_hooks(b, r->wrong));
}

static void roles_piece(struct report *r, struct bench *b)
{
	json_object_set_new(r->all, "sender", lanes_seen_view(&b->lanes));
	json_object_set_new(r->all, "roles", add_roles(b, r->wrong));
}

/* Of what was counted since core began; null when the store does not say. */
static void meters_piece(struct report *r, struct bench *b)
{
	struct err e;
	bool good = meters_follow(b, &e) == 0;

	json_object_set_new(r->all, "meters", good ? meters_view(b) : json_null());
}

/* Meters follow some rows at a time: several times is less to catch up with. */
static piece_fn *const pieces[] = { core_piece,	  mailboxes_piece, grants_piece, roles_piece,
				    meters_piece, meters_piece,	   meters_piece };

void report_begin(struct report *r, const struct mailboxes *mailboxes,
		  const struct grant_list *grants)
{
	*r = (struct report){ .all = json_object(),
			      .wrong = json_array(),
			      .mailboxes = mailboxes,
			      .grants = grants };
	json_object_set_new(r->all, "wrong", r->wrong);
}

bool report_step(struct report *r, struct bench *b)
{
	pieces[r->at++](r, b);
	return r->at == sizeof(pieces) / sizeof(*pieces);
}

json_t *report_make(struct bench *b, const struct mailboxes *mailboxes,
		    const struct grant_list *grants)
{
	struct report r;

	report_begin(&r, mailboxes, grants);
	while (!report_step(&r, b))
		;
	return r.all;
}
