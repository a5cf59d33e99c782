#include "gatewayd/core/trouble.h"

#include <inttypes.h>
#include <sys/statvfs.h>

#include "gatewayd/core/settle.h"
#include "gatewayd/identity/automatic.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"

struct list {
	struct bench *b;
	int64_t now;
	struct trouble *v;
	size_t n;
	struct trouble_gaps gaps;
};

static void add(struct list *l, enum notice_event event, const char *name, int64_t since_at,
		const char *text)
{
	if (l->n < TROUBLES_MAX)
		l->v[l->n++] = (struct trouble){ event, name, since_at, text };
}

static void leave_open(struct list *l, enum notice_event event)
{
	l->gaps.any = l->gaps.of[event] = true;
}

/* --- core's rooms, and the mail server --- */

static void add_concerns(struct list *l)
{
	for (int i = 0; i < CONCERN_COUNT; i++) {
		const struct health_state *s = &l->b->health.v[i];
		bool smtp = i == CONCERN_SMTP;

		if (!s->bad || bench_waits_s(l->b, s->since_at) < TROUBLE_SHORT_S)
			continue;
		add(l, smtp ? NOTICE_SMTP : NOTICE_ROOM, smtp ? "" : health_what((enum concern)i),
		    s->since_at, s->text);
	}
}

/* --- mailboxes --- */

static const char *unseen_text(struct bench *b, int64_t seconds)
{
	return arena_printf(&b->arena, "nobody looked at its folder for %" PRIi64 " minutes",
			    seconds / 60);
}

/* Each node knows it, and who leads tells. */
static void add_placed(struct list *l)
{
	const struct holding *h = &l->b->holding;

	for (size_t i = 0; i < h->placed_count && holding_leads(h); i++) {
		const struct placed *p = &h->placed[i];

		if (*p->mailbox && !*p->node && !holding_find(h, span_of(p->mailbox)) &&
		    bench_waits_s(l->b, p->since_at) >= TROUBLE_SHORT_S)
			add(l, NOTICE_MAILBOX, p->mailbox, p->since_at, placed_text(p, l->b->conf));
	}
}

static void add_mailbox(struct list *l, const struct conf_mailbox *conf, const struct mailbox *m)
{
	int64_t looked_at = m && m->looked_at != INSTANT_NONE ? m->looked_at : l->b->started_at;

	if (!holding_has(&l->b->holding, span_of(conf->name)))
		return; /* its node tells the rest */
	if (m && m->bad_at && bench_waits_s(l->b, m->bad_at) >= TROUBLE_SHORT_S)
		add(l, NOTICE_MAILBOX, conf->name, m->bad_at, m->text);
	else if (bench_waits_s(l->b, looked_at) >= TROUBLE_UNSEEN_S)
		add(l, NOTICE_MAILBOX, conf->name, looked_at,
		    unseen_text(l->b, bench_waits_s(l->b, looked_at)));
	if (m && m->aside)
		add(l, NOTICE_ASIDE, conf->name, m->at, m->aside_text);
}

static void add_mailboxes(struct list *l, const struct mailboxes *mailboxes)
{
	const struct conf *conf = l->b->conf;

	for (size_t i = 0; i < conf->mailbox_count; i++)
		add_mailbox(l, &conf->mailboxes[i],
			    mailboxes_find(mailboxes, conf->mailboxes[i].name));
	add_placed(l);
}

/* --- webhooks --- */

static void add_hooks(struct list *l)
{
	for (size_t i = 0; i < l->b->conf->hook_count; i++) {
		const struct hook_lane *lane =
		    hook_lanes_get(&l->b->hook_lanes, l->b->conf->hooks[i].name);

		if (lane->failures && bench_waits_s(l->b, lane->since_at) >= TROUBLE_SHORT_S)
			add(l, NOTICE_HOOK, lane->name, lane->since_at, lane->text);
	}
}

/* --- access tokens --- */

static void add_token(struct list *l, const struct grant_seen *s)
{
	char until[TIME_TEXT_MAX];

	if (s->bad_at && bench_waits_s(l->b, s->bad_at) >= TROUBLE_SHORT_S)
		add(l, NOTICE_TOKEN, s->name, s->bad_at, s->text);
	else if (s->refresh_until != INSTANT_NONE && s->refresh_until - l->now <= GRANT_NEAR_END_S)
		add(l, NOTICE_TOKEN, s->name, s->refresh_until - GRANT_NEAR_END_S,
		    arena_printf(&l->b->arena, "its refresh token ends at %s: gatewayctl login %s",
				 time_rfc3339(s->refresh_until, until), s->name));
}

static void add_tokens(struct list *l, const struct grant_list *grants)
{
	const struct conf *conf = l->b->conf;

	for (size_t i = 0; i < conf->oauth_count; i++) {
		const struct grant_seen *s = grant_list_find(grants, conf->oauth[i].name);

		if (s)
			add_token(l, s);
	}
}

/* --- mails --- */

static void add_mails(struct list *l)
{
	struct store_mail *v;
	int64_t aside;
	struct err e;
	size_t n;

	if (store_mail_aside(l->b->store, &aside, &e) < 0)
		leave_open(l, NOTICE_ASIDE);
	else if (aside)
		add(l, NOTICE_ASIDE, "", l->now,
		    arena_printf(&l->b->arena,
				 "%" PRIi64 " in quarantine: gatewayctl quarantine list", aside));
	if (store_mail_pending(l->b->store, 0, 1, &l->b->arena, &v, &n, &e) < 0)
		leave_open(l, NOTICE_UNDECIDED);
	else if (n && bench_waits_s(l->b, v->kept_at) >= TROUBLE_UNDECIDED_S)
		add(l, NOTICE_UNDECIDED, "", v->kept_at,
		    arena_printf(&l->b->arena, "gatewayctl trace %" PRIi64, v->id));
}

static void add_outbox(struct list *l)
{
	const char *text;

	if (settle_damaged_text(l->b, &text) < 0)
		leave_open(l, NOTICE_ASIDE);
	else if (text)
		add(l, NOTICE_ASIDE, "the outbox", l->now, text);
}

static void add_budget(struct list *l)
{
	struct store_budget all = automatic_all_budget(l->b->conf, &l->b->arena);
	int64_t used;
	struct err e;

	if (store_budget_used(l->b->store, &all, l->now, &used, &e) < 0)
		leave_open(l, NOTICE_BUDGET);
	else if (used >= all.max)
		add(l, NOTICE_BUDGET, "", l->now,
		    "limits.auto_unproven_all_hour: strangers get no automatic mails");
}

/* --- the machine --- */

static void add_store(struct list *l)
{
	struct err e;

	if (store_stands(l->b->store, &e) < 0)
		add(l, NOTICE_ROOM, "long mails are not kept", l->now,
		    arena_printf(&l->b->arena, "%s", e.text));
}

static void add_disk(struct list *l)
{
	const char *place = l->b->conf->state_dir;
	struct statvfs disk;
	int64_t bytes;

	if (statvfs(place, &disk) < 0)
		return;
	bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	if (bytes < l->b->conf->limits.disk_free_bytes)
		add(l, NOTICE_DISK, "", l->now,
		    arena_printf(&l->b->arena, "%" PRIi64 " MB are free in %s", bytes / 1000000,
				 place));
}

static void add_clock(struct list *l)
{
	const struct bench *b = l->b;
	const char *held = b->held_until_ms ? ": deadlines, reminders and what closes cases wait "
					      "for an hour, or for gatewayctl clock accept"
					    : "";

	if (b->stepped_at != INSTANT_NONE && l->now - b->stepped_at < TROUBLE_CLOCK_S)
		add(l, NOTICE_CLOCK, "", b->stepped_at,
		    arena_printf(&l->b->arena, "by %" PRIi64 " seconds%s", b->step_s, held));
}

/* --- processes --- */

void trouble_role_ended(struct trouble_roles *r, enum role_id role, int64_t now)
{
	r->ends[role][r->next_end[role]] = now;
	r->next_end[role] = (r->next_end[role] + 1) % TROUBLE_ENDS;
}

static size_t running(const struct bench *b, enum role_id role)
{
	size_t n = 0;

	for (const struct peer *p = b->peers; p; p = p->next)
		n += p->role == role;
	return n;
}

static void add_missing(struct list *l, struct trouble_roles *r, enum role_id role, size_t least)
{
	int64_t *since = &r->missing_at[role];

	if (running(l->b, role) >= least)
		*since = 0;
	else if (!*since)
		*since = l->now;
	if (*since && bench_waits_s(l->b, *since) >= TROUBLE_ROLE_S)
		add(l, NOTICE_ROLE, role_name(role), *since, "it does not run");
}

static void add_roles(struct list *l, struct trouble_roles *r)
{
	add_missing(l, r, ROLE_POLLER, setup_poller_count(l->b->conf));
	add_missing(l, r, ROLE_PARSE, 1);
	add_missing(l, r, ROLE_SENDER, setup_sender_count(l->b->conf));
	add_missing(l, r, ROLE_HOOKS, l->b->conf->hook_count > 0);
	add_missing(l, r, ROLE_TOKENS, l->b->conf->oauth_count ? 1 : 0);
	add_missing(l, r, ROLE_WEB, l->b->conf->web.listen ? 1 : 0);
	for (int role = 0; role < ROLE_COUNT; role++) {
		int64_t oldest = r->ends[role][r->next_end[role]];

		if (!r->missing_at[role] && oldest && l->now - oldest < TROUBLE_ENDS_WITHIN_S)
			add(l, NOTICE_ROLE, role_name((enum role_id)role), oldest,
			    "it ends again and again; the log says how");
	}
}

size_t trouble_look(struct bench *b, const struct trouble_view *view,
		    struct trouble ret_v[TROUBLES_MAX], struct trouble_gaps *ret_gaps)
{
	struct list l = { .b = b, .now = clock_now(&b->clock), .v = ret_v };

	add_concerns(&l);
	add_mailboxes(&l, view->mailboxes);
	add_hooks(&l);
	add_tokens(&l, view->grants);
	add_mails(&l);
	add_outbox(&l);
	add_budget(&l);
	add_store(&l);
	add_disk(&l);
	add_clock(&l);
	add_roles(&l, view->roles);
	*ret_gaps = l.gaps;
	return l.n;
}
