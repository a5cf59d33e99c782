#include "conf/check.h"

#include "conf/check_hooks.h"
#include "conf/check_oauth.h"
#include "conf/rulebook.h"
#include "conf/value.h"

static const char *row_name_at(const void *ctx, size_t i)
{
	return ((const struct loader_table *)ctx)->v[i].name;
}

/* The name, at the path, is one of a row in the table that the key refers to. */
static void check_name(struct loader *l, const struct schema_row *key, const char *path,
		       const char *name)
{
	const struct loader_table *t = &l->tables[key->refers];
	const char *table = schema_table(key->refers)->key;
	struct buf text BUF_AUTO;

	buf_init(&text, PROBLEM_MAX);
	if (!name || loader_row_find(l, key->refers, name))
		return;
	buf_addf(&text, "there is no \"%s\" in %s", name, table);
	problems_advise(&text, conf_nearest(name, t->n, row_name_at, t),
			"add it or name one that is there");
	loader_problem(l, path, "%s", buf_cstr(&text));
}

static void check_names_of(struct loader *l, const char *table, const struct loader_row *row,
			   const struct schema_row *key)
{
	const char *at = (const char *)row->data + key->at;

	if (key->type == SCHEMA_NAME)
		check_name(l, key, loader_path(l, table, row->name, key->key),
			   *(const char *const *)at);
	if (key->type == SCHEMA_NAMES) {
		const struct policy_words *words = (const struct policy_words *)at;

		for (size_t i = 0; i < words->n; i++)
			check_name(
			    l, key,
			    loader_entry_path(l, loader_path(l, table, row->name, key->key), i),
			    words->v[i]);
	}
}

/* Of a group at the root. */
static void check_names_in(struct loader *l, const struct schema_row *group)
{
	for (size_t i = 0; i < group->inner->row_count; i++) {
		const struct schema_row *key = &group->inner->rows[i];
		const char *at = (const char *)l->conf + group->at + key->at;

		if (key->type == SCHEMA_NAME)
			check_name(l, key, arena_printf(&l->scratch, "%s.%s", group->key, key->key),
				   *(const char *const *)at);
	}
}

/* Every reference into a table, by the schema. */
static void check_names(struct loader *l)
{
	for (size_t i = 0; i < schema_root.row_count; i++) {
		const struct schema_row *table = &schema_root.rows[i];

		if (table->type == SCHEMA_GROUP)
			check_names_in(l, table);
		for (size_t j = 0;
		     table->type == SCHEMA_TABLE && j < l->tables[table->inner->table].n; j++)
			for (size_t k = 0; k < table->inner->row_count; k++)
				check_names_of(l, table->key, &l->tables[table->inner->table].v[j],
					       &table->inner->rows[k]);
	}
}

static void check_server(struct loader *l, const char *path, const struct conf_server *s)
{
	const char *host = arena_printf(&l->scratch, "%s.host", path);

	if (!s->host && loader_given(l, path) && !loader_given(l, host))
		loader_problem(l, host, "is missing; add a text in quotes, or a provider");
	if (!s->host)
		return;
	if (s->tls == CONF_TLS_NONE && !value_is_loopback(s->host))
		loader_problem(
		    l, arena_printf(&l->scratch, "%s.tls", path),
		    "\"none\" would send passwords and mail in the clear to %s; it is for "
		    "127.0.0.0/8, ::1 and localhost only: use \"implicit\" or \"starttls\"",
		    s->host);
	if (s->auth != CONF_AUTH_NONE && !s->user)
		loader_problem(l, arena_printf(&l->scratch, "%s.user", path),
			       "is missing; add the log-in name, or auth = \"none\"");
	check_login(l, path, s);
}

static void check_verp(struct loader *l)
{
	if (l->conf->verp && !l->conf->plus_addresses)
		loader_problem(
		    l, "verp",
		    "puts a token into a plus address, but plus_addresses is false; remove "
		    "one of the two");
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* RFC 3501 section 5.1: INBOX is the only name in any case. */
static bool same_name(const char *a, const char *b)
{
	return same(a, b) ||
	       (a && b && span_is_ci(span_of(a), "INBOX") && span_is_ci(span_of(b), "INBOX"));
}

static bool same_folder(const struct conf_mailbox *a, const struct conf_mailbox *b)
{
	return a->server.host && b->server.host && a->folder && b->folder &&
	       span_eq_ci(span_of(a->server.host), span_of(b->server.host)) &&
	       a->server.port == b->server.port && same(a->server.user, b->server.user) &&
	       same_name(a->folder, b->folder);
}

static void check_mailbox(struct loader *l, size_t i)
{
	const struct conf_mailbox *m = &l->conf->mailboxes[i];
	const char *path = arena_printf(&l->scratch, "mailboxes.%s", m->name);

	check_server(l, path, &m->server);
	if (m->folder && same_name(m->folder, m->processed))
		loader_problem(l, loader_path(l, "mailboxes", m->name, "processed"),
			       "is the watched folder itself; name another, so that mail moves on");
	if (m->folder && same_name(m->folder, m->quarantine))
		loader_problem(l, loader_path(l, "mailboxes", m->name, "quarantine"),
			       "is the watched folder itself; name another, so that mail moves on");
	for (size_t j = 0; j < i; j++)
		if (same_folder(m, &l->conf->mailboxes[j]))
			loader_problem(l, path,
				       "watches the same host, user and folder as mailboxes.%s; "
				       "remove one of them or correct its folder",
				       l->conf->mailboxes[j].name);
}

/* Somebody whom we write to; not ourselves. */
static void check_recipient(struct loader *l, const char *path, const char *address)
{
	const struct conf_mailbox *m = conf_mailbox_by_address(l->conf, span_of(address));

	if (m)
		loader_problem(
		    l, path,
		    "%s is a support address (mailboxes.%s); what we send there would come "
		    "back: name a person's own or a list's",
		    address, m->name);
}

static void check_operators(struct loader *l)
{
	for (size_t i = 0; i < l->conf->operators.n; i++)
		check_recipient(l, loader_entry_path(l, "operators", i), l->conf->operators.v[i]);
}

/* What a queue lacks may be a consequence of what was wrong with a mailbox. */
static bool mailboxes_are_whole(const struct conf *c)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (!c->mailboxes[i].address || !c->mailboxes[i].queue ||
		    !conf_queue_find(c, c->mailboxes[i].queue))
			return false;
	return c->mailbox_count > 0;
}

static void check_queue_address(struct loader *l, const struct conf_queue *q)
{
	const char *path = loader_path(l, "queues", q->name, "address");

	if (!mailboxes_are_whole(l->conf))
		return;
	if (q->address && !conf_mailbox_by_address(l->conf, span_of(q->address)))
		loader_problem(
		    l, path,
		    "%s is the address of no mailbox, so answers to it would never be read; "
		    "add it to the aliases of one",
		    q->address);
	if (!q->address && !loader_given(l, path))
		loader_problem(
		    l, path,
		    "is missing and no mailbox feeds this queue; add the address its mails "
		    "come from");
}

static void check_warnings(struct loader *l, const struct conf_queue *q)
{
	double before = 0;

	for (size_t i = 0; i < q->warn_count; i++) {
		if (!(q->warn_at[i] > before && q->warn_at[i] < 1)) {
			loader_problem(l, loader_path(l, "queues", q->name, "warn_at"),
				       "must be rising fractions between 0 and 1, as [ 0.5, 0.8 ]");
			return;
		}
		before = q->warn_at[i];
	}
}

static void check_queue(struct loader *l, const struct conf_queue *q)
{
	const struct policy_calendar *days;

	days = q->days_calendar ? policy_calendar_find(&l->conf->policy, q->days_calendar) : NULL;
	if (days && days->always)
		loader_problem(l, loader_path(l, "queues", q->name, "days_calendar"),
			       "\"%s\" has no business days; name a calendar with hours",
			       q->days_calendar);
	check_queue_address(l, q);
	for (size_t i = 0; i < q->notify.n; i++)
		check_recipient(
		    l, loader_entry_path(l, loader_path(l, "queues", q->name, "notify"), i),
		    q->notify.v[i]);
	for (size_t i = 0; i < q->escalation_count; i++)
		check_recipient(
		    l, loader_entry_path(l, loader_path(l, "queues", q->name, "escalations"), i),
		    q->escalations[i].address);
	if (q->unknown_sender == CONF_UNKNOWN_REFER && !q->referral)
		loader_problem(
		    l, loader_path(l, "queues", q->name, "referral"),
		    "is missing; unknown_sender = \"refer\" needs the text to refer with");
	check_warnings(l, q);
}

static void check_staff(struct loader *l, const struct conf_staff *s)
{
	for (size_t i = 0; i < s->addresses.n; i++) {
		const struct conf_staff *other =
		    conf_staff_by_address(l->conf, span_of(s->addresses.v[i]));

		if (other != s)
			loader_problem(
			    l, loader_entry_path(l, loader_path(l, "staff", s->id, "addresses"), i),
			    "%s is staff.%s already; a person's address is theirs alone",
			    s->addresses.v[i], other->id);
	}
	for (size_t i = 0; i < s->addresses.n; i++)
		check_recipient(
		    l, loader_entry_path(l, loader_path(l, "staff", s->id, "addresses"), i),
		    s->addresses.v[i]);
}

static void check_kind(struct loader *l, const struct policy_kind *k)
{
	int levels = policy_kind_levels(k);

	if (!levels)
		return; /* told already */
	if (k->default_severity > levels)
		loader_problem(l, loader_path(l, "kinds", k->name, "severity"),
			       "is %d, but its scale ends at %d", k->default_severity, levels);
	if (k->email_severity > levels)
		loader_problem(l, loader_path(l, "kinds", k->name, "email_severity"),
			       "is %d, but its scale ends at %d", k->email_severity, levels);
	for (int i = levels; i < POLICY_SEVERITY_MAX; i++)
		if (k->targets[i].unit != POLICY_NONE)
			loader_problem(l, loader_path(l, "kinds", k->name, "targets"),
				       "has a target for severity %d, but its scale ends at %d",
				       i + 1, levels);
}

static void check_scale(struct loader *l, const struct policy_scale *s)
{
	for (int i = 0; i < POLICY_SEVERITY_MAX; i++)
		if (!s->levels[i].label != !s->levels[i].meaning) {
			loader_problem(l, loader_path(l, "severities", s->name, "meanings"),
				       "labels and meanings differ in number; give each label one "
				       "meaning");
			return;
		}
}

static void check_always(struct loader *l)
{
	const struct loader_row *r = loader_row_find(l, TABLE_CALENDARS, "always");

	if (r && *r->path)
		loader_problem(l, r->path,
			       "this name is built in (24 hours, every day); choose another");
}

static void check_smtp(struct loader *l)
{
	const struct conf_smtp *s = &l->conf->smtp;

	check_server(l, "smtp", &s->server);
	check_server(l, "operators_smtp", &l->conf->operators_smtp.server);
	if (s->retry_min_s > s->retry_max_s)
		loader_problem(l, "smtp.retry_min", "is longer than retry_max; make it shorter");
}

/* Phrases name only classes that there are, those of a class only the ones before it. */
static void check_classes(struct loader *l, const char *path, const struct policy_words *phrases,
			  size_t classes)
{
	for (size_t i = 0; i < phrases->n; i++) {
		struct span unknown =
		    rulebook_unknown(&l->conf->policy, classes, span_of(phrases->v[i]));

		if (unknown.p)
			loader_problem(
			    l, loader_entry_path(l, path, i),
			    "there is no class \"" SPAN_FMT "\" in vocabulary%s; add it or "
			    "name one that is there",
			    SPAN_ARG(unknown),
			    classes < l->conf->policy.class_count ? " before this one" : "");
	}
}

static void check_routing(struct loader *l)
{
	const struct policy *p = &l->conf->policy;

	for (size_t i = 0; i < p->class_count; i++) {
		const struct policy_class *c = &p->classes[i];

		check_classes(l, loader_path(l, "vocabulary", c->name, "words"), &c->words, i);
		check_classes(l, loader_path(l, "vocabulary", c->name, "more"), &c->more, i);
	}
	for (size_t i = 0; i < p->rule_count; i++)
		check_classes(l, loader_path(l, "routing", p->rules[i].name, "scores"),
			      &p->rules[i].scores, p->class_count);
}

void check_all(struct loader *l)
{
	struct conf *c = l->conf;

	check_names(l);
	check_always(l);
	check_smtp(l);
	check_verp(l);
	check_oauth(l);
	check_hooks(l);
	check_operators(l);
	check_routing(l);
	for (size_t i = 0; i < c->mailbox_count; i++)
		check_mailbox(l, i);
	for (size_t i = 0; i < c->queue_count; i++)
		check_queue(l, &c->queues[i]);
	for (size_t i = 0; i < c->staff_count; i++)
		check_staff(l, &c->staff[i]);
	for (size_t i = 0; i < c->policy.scale_count; i++)
		check_scale(l, &c->policy.scales[i]);
	for (size_t i = 0; i < c->policy.kind_count; i++)
		check_kind(l, &c->policy.kinds[i]);
}
