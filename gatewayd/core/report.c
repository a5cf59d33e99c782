#include "gatewayd/core/report.h"

#include <stdio.h>
#include <unistd.h>

#include "gatewayd/wire/setup_poller.h"

enum {
	LATE_LOOKS = 3,	 /* looks that a mailbox may miss */
	LATE_S = 120,	 /* and so much more */
	HELD_UP_S = 600, /* that a kept mail may wait for its decision */
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
	else if (n && now - v->kept_at > HELD_UP_S)
		wrong(all, "pool", v->kept_at,
		      arena_printf(&b->arena,
				   "mail %lld is kept and not decided: gatewayctl trace %lld",
				   (long long)v->id, (long long)v->id));
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
		{ ROLE_POLLER, setup_poller_servers(b->conf), setup_poller_servers(b->conf) },
		{ ROLE_PARSE, (size_t)b->conf->limits.parse_children, 1 },
		{ ROLE_SENDER, 1, 1 },
		{ ROLE_WEB, web, web },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		size_t n = running(b, roles[i].role);
		const char *name = role_name(roles[i].role);

		json_array_append_new(list,
				      json_pack("{s:s, s:i, s:i, s:b, s:I}", "role", name, "wanted",
						(int)roles[i].wanted, "running", (int)n, "good",
						n >= roles[i].least, "rss_bytes",
						(json_int_t)memory(b, roles[i].role)));
		if (n < roles[i].least)
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

	return clock_now(&b->clock) - since > (int64_t)conf->poll_s * LATE_LOOKS + LATE_S;
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

static json_t *mailbox_view(struct bench *b, const struct conf_mailbox *conf,
			    const struct mailbox *m, json_t *all)
{
	static char nothing[] = "not heard of yet";
	static const struct mailbox unheard = { .text = nothing,
						.at = INSTANT_NONE,
						.looked_at = INSTANT_NONE };
	size_t aside;
	bool good;

	m = m ? m : &unheard;
	aside = m->aside < m->tally.waiting ? m->aside : m->tally.waiting;
	good = m->good && !m->aside && !is_late(b, conf, m);
	if (!good)
		wrong(all, arena_printf(&b->arena, "mailbox %s", conf->name), m->at,
		      text_of(b, conf, m));
	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:I, s:o, s:I, s:I, s:I}", "name", conf->name,
			 "good", good, "text", json_of_span(span_of(text_of(b, conf, m))), "at",
			 json_of_instant(m->at), "looked_at", json_of_instant(m->looked_at),
			 "waiting", (json_int_t)(m->tally.waiting - aside), "oldest",
			 json_of_instant(mail_tally_oldest(&m->tally)), "set_aside",
			 (json_int_t)aside, "seen", (json_int_t)m->tally.seen, "kept",
			 (json_int_t)m->tally.kept);
}

/* All of the configuration. */
static json_t *add_mailboxes(struct bench *b, const struct mailboxes *mailboxes, json_t *all)
{
	const struct conf *conf = b->conf;
	json_t *list = json_array();

	for (size_t i = 0; i < conf->mailbox_count; i++) {
		const struct conf_mailbox *m = &conf->mailboxes[i];

		json_array_append_new(list,
				      mailbox_view(b, m, mailboxes_find(mailboxes, m->name), all));
	}
	return list;
}

static json_t *clock_view(const struct bench *b)
{
	if (b->stepped_at == INSTANT_NONE)
		return json_null();
	return json_pack("{s:o, s:I}", "stepped_at", json_of_instant(b->stepped_at), "seconds",
			 (json_int_t)b->step_s);
}

/* Of what was counted since core began; null when the store does not say. */
static json_t *add_meters(struct bench *b)
{
	struct desk d = bench_desk(b);
	struct err e;

	return meters_follow(&b->meters, &d, &e) < 0 ? json_null() : meters_view(&b->meters);
}

json_t *report_make(struct bench *b, const struct mailboxes *mailboxes)
{
	json_t *all = json_array(), *boxes, *roles;

	add_concerns(b, all);
	add_held_up(b, all);
	boxes = add_mailboxes(b, mailboxes, all);
	roles = add_roles(b, all);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "wrong", all, "mailboxes", boxes,
			 "roles", roles, "committed_at", json_of_instant(b->committed_at), "clock",
			 clock_view(b), "meters", add_meters(b));
}
