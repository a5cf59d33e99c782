/* What must hold between values, and the defaults that follow from other values. */
#include "conf/loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include "conf/value.h"

static const char *at_path(struct loader *l, const char *table, const char *name, const char *key)
{
	return arena_printf(&l->scratch, "%s.%s.%s", table, name, key);
}

static const char *table_name_at(const void *ctx, size_t i)
{
	return ((const struct loader_table *)ctx)->v[i].name;
}

static bool refers(struct loader *l, const char *path, const char *what, enum schema_table_id id,
		   const char *name)
{
	const struct loader_table *t = &l->tables[id];
	const char *near;

	if (!name || walk_row_find(l, id, name))
		return true;
	near = conf_nearest(name, t->n, table_name_at, t);
	loader_problem(l, path,
		       near ? "there is no %s \"%s\"; did you mean \"%s\"?"
			    : "there is no %s \"%s\"%.0s; add it or name one that is there",
		       what, name, near ? near : "");
	return false;
}

/*
 * check_complete(): before the tables are made arrays.
 */

static const struct schema_group *table_group(enum schema_table_id id)
{
	for (size_t i = 0; i < schema_root.row_count; i++)
		if (schema_root.rows[i].type == SCHEMA_TABLE &&
		    schema_root.rows[i].inner->table == id)
			return schema_root.rows[i].inner;
	return NULL;
}

static void complete_calendars(struct loader *l)
{
	struct loader_table *t = &l->tables[TABLE_CALENDARS];
	struct loader_row *always = walk_row_find(l, TABLE_CALENDARS, "always");
	struct policy_calendar *cal;

	if (always) {
		loader_problem(l, "calendars.always",
			       "this name is built in (24 hours, every day); choose another");
	} else {
		always = walk_row_new(l, table_group(TABLE_CALENDARS), "always");
		always->given = UINT64_MAX;
		cal = always->data;
		cal->always = true;
		cal->zone = "UTC";
	}
	for (size_t i = 0; i < t->n; i++) {
		struct schema_calendar *c = t->v[i].data;
		struct policy_holiday *all;

		if (!c->from_file_count)
			continue;
		all = arena_alloc_n(l->arena, c->calendar.holiday_count + c->from_file_count,
				    sizeof(*all));
		if (c->calendar.holiday_count)
			memcpy(all, c->calendar.holidays, c->calendar.holiday_count * sizeof(*all));
		memcpy(all + c->calendar.holiday_count, c->from_files,
		       c->from_file_count * sizeof(*all));
		c->calendar.holidays = all;
		c->calendar.holiday_count += c->from_file_count;
	}
}

/*
 * The operator's own rules stand before the shipped ones, because the first that fires wins.  A
 * shipped rule for a queue that this installation does not have is no rule here.
 */
static void complete_routing(struct loader *l)
{
	struct loader_table *t = &l->tables[TABLE_ROUTING];
	struct loader_row *kept = arena_alloc_n(&l->scratch, t->n, sizeof(*kept));
	size_t n = 0;

	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < t->n; i++) {
			const struct schema_rule *r = t->v[i].data;
			bool here = !r->rule.queue || !t->v[i].shipped ||
				    walk_row_find(l, TABLE_QUEUES, r->rule.queue);

			if (t->v[i].own == own && r->enabled && here)
				kept[n++] = t->v[i];
		}
	if (n)
		memcpy(t->v, kept, n * sizeof(*kept));
	t->n = n;
}

static void complete_kinds(struct loader *l)
{
	struct loader_table *t = &l->tables[TABLE_KINDS];

	for (size_t i = 0; i < t->n; i++) {
		struct policy_kind *k = t->v[i].data;
		const char *path = at_path(l, "kinds", t->v[i].name, "scale");

		if (k->scale && refers(l, path, "scale of severities", TABLE_SCALES, k->scale)) {
			const struct policy_scale *s =
			    walk_row_find(l, TABLE_SCALES, k->scale)->data;

			memcpy(k->levels, s->levels, sizeof(k->levels));
		}
	}
}

static void *row_data(struct loader *l, enum schema_table_id id, const char *name)
{
	struct loader_row *r = name ? walk_row_find(l, id, name) : NULL;

	return r ? r->data : NULL;
}

static const char *mailbox_address_of(struct loader *l, const char *queue)
{
	struct loader_table *t = &l->tables[TABLE_MAILBOXES];

	for (size_t i = 0; i < t->n; i++) {
		const struct conf_mailbox *m = t->v[i].data;

		if (m->queue && m->address && strcmp(m->queue, queue) == 0)
			return m->address;
	}
	return NULL;
}

static void complete_queue(struct loader *l, struct conf_queue *q)
{
	const struct policy_kind *kind = row_data(l, TABLE_KINDS, q->kind);
	const struct policy_calendar *cal;

	if (!q->calendar)
		q->calendar = kind && !kind->always_open ? "business" : "always";
	cal = row_data(l, TABLE_CALENDARS, q->calendar);
	if (!q->days_calendar)
		q->days_calendar = cal && !cal->always ? q->calendar : "business";
	cal = row_data(l, TABLE_CALENDARS, q->days_calendar);
	if (!q->zone)
		q->zone = cal && cal->zone ? cal->zone : "UTC";
	if (!q->address)
		q->address = mailbox_address_of(l, q->name);
	if (!q->from_name)
		q->from_name = l->conf->company;
}

static void complete_server(struct conf_server *s, int implicit, int plain)
{
	if (s->port == 0)
		s->port = s->tls == CONF_TLS_IMPLICIT ? implicit : plain;
}

void check_complete(struct loader *l)
{
	struct loader_table *queues = &l->tables[TABLE_QUEUES];
	struct loader_table *mailboxes = &l->tables[TABLE_MAILBOXES];

	complete_calendars(l);
	complete_kinds(l);
	complete_routing(l);
	for (size_t i = 0; i < queues->n; i++) {
		struct conf_queue *q = queues->v[i].data;

		q->name = queues->v[i].name;
		complete_queue(l, q);
	}
	for (size_t i = 0; i < mailboxes->n; i++)
		complete_server(&((struct conf_mailbox *)mailboxes->v[i].data)->server, 993, 143);
	complete_server(&l->conf->smtp.server, 465, 587);
}

/*
 * check_all(): the finished arrays.
 */

static void check_server(struct loader *l, const char *path, const struct conf_server *s)
{
	if (!s->host)
		return; /* told already */
	if (s->tls == CONF_TLS_NONE && !value_is_loopback(s->host))
		loader_problem(
		    l, arena_printf(&l->scratch, "%s.tls", path),
		    "\"none\" would send passwords and mail in the clear to %s; it is for "
		    "127.0.0.0/8, ::1 and localhost only: use \"implicit\" or \"starttls\"",
		    s->host);
	if (s->auth != CONF_AUTH_NONE && !s->user)
		loader_problem(l, arena_printf(&l->scratch, "%s.user", path),
			       "is missing; add the log-in name, or auth = \"none\"");
	if (s->auth != CONF_AUTH_NONE && !s->secret_file)
		loader_problem(l, arena_printf(&l->scratch, "%s.secret_file", path),
			       "is missing; add the file with the password or token, or "
			       "auth = \"none\"");
	if (s->ca_file && l->scope == CONF_FULL && access(s->ca_file, R_OK) != 0)
		loader_problem(l, arena_printf(&l->scratch, "%s.ca_file", path),
			       "%s cannot be read; create it or correct the name", s->ca_file);
}

enum { TOKEN_KEY_MIN = 32, SECRET_MIN = 1 }; /* characters */

static void check_secret(struct loader *l, const char *path, const char *file, size_t min)
{
	struct buf secret BUF_AUTO;
	struct err e;

	buf_init(&secret, 64 << 10);
	if (!file || l->scope != CONF_FULL)
		return;
	if (conf_secret_read(file, &secret, &e) < 0)
		loader_problem(l, path, "%s", e.text);
	else if (secret.n < min)
		loader_problem(l, path,
			       "%s has %zu characters, but must have at least %zu; make one with "
			       "head -c 32 /dev/urandom | base64",
			       file, secret.n, min);
	if (secret.n)
		explicit_bzero(secret.p, secret.n);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_folder(const struct conf_mailbox *a, const struct conf_mailbox *b)
{
	return a->server.host && b->server.host && a->folder && b->folder &&
	       span_eq_ci(span_of(a->server.host), span_of(b->server.host)) &&
	       a->server.port == b->server.port && same(a->server.user, b->server.user) &&
	       strcmp(a->folder, b->folder) == 0;
}

static void check_mailbox(struct loader *l, size_t i)
{
	const struct conf_mailbox *m = &l->conf->mailboxes[i];
	const char *path = arena_printf(&l->scratch, "mailboxes.%s", m->name);

	check_server(l, path, &m->server);
	check_secret(l, at_path(l, "mailboxes", m->name, "secret_file"), m->server.secret_file,
		     SECRET_MIN);
	refers(l, at_path(l, "mailboxes", m->name, "queue"), "queue", TABLE_QUEUES, m->queue);
	if (m->folder && same(m->folder, m->processed))
		loader_problem(l, at_path(l, "mailboxes", m->name, "processed"),
			       "is the watched folder itself; name another, so that mail moves on");
	if (m->folder && same(m->folder, m->quarantine))
		loader_problem(l, at_path(l, "mailboxes", m->name, "quarantine"),
			       "is the watched folder itself; name another, so that mail moves on");
	for (size_t j = 0; j < i; j++)
		if (same_folder(m, &l->conf->mailboxes[j]))
			loader_problem(l, path,
				       "watches the same host, user and folder as mailboxes.%s; "
				       "remove one of them or correct its folder",
				       l->conf->mailboxes[j].name);
}

static bool is_address_of(const struct conf_mailbox *m, const char *address)
{
	for (size_t i = 0; i < m->aliases.n; i++)
		if (span_is_ci(span_of(address), m->aliases.v[i]))
			return true;
	return m->address && span_is_ci(span_of(address), m->address);
}

/* The mailbox that mail to the address comes to; NULL: none of ours. */
static const struct conf_mailbox *mailbox_of(const struct conf *c, const char *address)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (is_address_of(&c->mailboxes[i], address))
			return &c->mailboxes[i];
	return NULL;
}

/* Somebody whom we write to; not ourselves. */
static void check_recipient(struct loader *l, const char *path, const char *address)
{
	const struct conf_mailbox *m = address ? mailbox_of(l->conf, address) : NULL;

	if (m)
		loader_problem(
		    l, path,
		    "%s is a support address (mailboxes.%s); what we send there would come "
		    "back: name a person's own or a list's",
		    address, m->name);
}

static void check_queue_address(struct loader *l, const struct conf_queue *q)
{
	const char *path = at_path(l, "queues", q->name, "address");

	if (q->address && !mailbox_of(l->conf, q->address))
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
			loader_problem(l, at_path(l, "queues", q->name, "warn_at"),
				       "must be rising fractions between 0 and 1, as [ 0.5, 0.8 ]");
			return;
		}
		before = q->warn_at[i];
	}
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void check_folder(struct loader *l, const char *path, const char *folder)
{
	if (folder && !is_folder(folder))
		loader_problem(l, path, "there is no folder %s; create it or correct the name",
			       folder);
}

/* The language has templates in one of the folders that are looked through. */
static void check_language(struct loader *l, const struct conf_queue *q)
{
	const char *const dirs[] = { q->templates, l->conf->templates, l->conf->shipped_templates };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (dirs[i] && is_folder(arena_printf(&l->scratch, "%s/%s", dirs[i], q->language)))
			return;
	loader_problem(l, at_path(l, "queues", q->name, "language"),
		       "there are no templates in \"%s\"; add a folder of that name to the "
		       "templates, or use \"en\"",
		       q->language);
}

static void check_queue(struct loader *l, const struct conf_queue *q)
{
	const struct policy_calendar *days;

	refers(l, at_path(l, "queues", q->name, "kind"), "kind", TABLE_KINDS, q->kind);
	refers(l, at_path(l, "queues", q->name, "calendar"), "calendar", TABLE_CALENDARS,
	       q->calendar);
	if (refers(l, at_path(l, "queues", q->name, "days_calendar"), "calendar", TABLE_CALENDARS,
		   q->days_calendar)) {
		days = policy_calendar_find(&l->conf->policy, q->days_calendar);
		if (days && days->always)
			loader_problem(l, at_path(l, "queues", q->name, "days_calendar"),
				       "\"%s\" has no business days; name a calendar with hours",
				       q->days_calendar);
	}
	check_queue_address(l, q);
	for (size_t i = 0; i < q->notify.n; i++)
		check_recipient(l, at_path(l, "queues", q->name, "notify"), q->notify.v[i]);
	for (size_t i = 0; i < q->escalation_count; i++)
		check_recipient(l, at_path(l, "queues", q->name, "escalations"),
				q->escalations[i].address);
	if (q->unknown_sender == CONF_UNKNOWN_REFER && !q->referral)
		loader_problem(
		    l, at_path(l, "queues", q->name, "referral"),
		    "is missing; unknown_sender = \"refer\" needs the text to refer with");
	check_warnings(l, q);
	check_folder(l, at_path(l, "queues", q->name, "templates"), q->templates);
	check_language(l, q);
}

static void check_staff(struct loader *l, const struct conf_staff *s)
{
	for (size_t i = 0; i < s->queues.n; i++)
		refers(l, at_path(l, "staff", s->id, "queues"), "queue", TABLE_QUEUES,
		       s->queues.v[i]);
	for (size_t i = 0; i < s->addresses.n; i++) {
		const struct conf_staff *other =
		    conf_staff_by_address(l->conf, span_of(s->addresses.v[i]));

		if (other != s)
			loader_problem(l, at_path(l, "staff", s->id, "addresses"),
				       "%s is staff.%s already; a person's address is theirs alone",
				       s->addresses.v[i], other->id);
	}
	for (size_t i = 0; i < s->addresses.n; i++)
		check_recipient(l, at_path(l, "staff", s->id, "addresses"), s->addresses.v[i]);
}

static void check_kind(struct loader *l, const struct policy_kind *k)
{
	int levels = policy_kind_levels(k);

	if (!levels)
		return; /* told already */
	if (k->default_severity > levels)
		loader_problem(l, at_path(l, "kinds", k->name, "severity"),
			       "is %d, but its scale ends at %d", k->default_severity, levels);
	if (k->email_severity > levels)
		loader_problem(l, at_path(l, "kinds", k->name, "email_severity"),
			       "is %d, but its scale ends at %d", k->email_severity, levels);
	for (int i = levels; i < POLICY_SEVERITY_MAX; i++)
		if (k->targets[i].unit != POLICY_NONE)
			loader_problem(l, at_path(l, "kinds", k->name, "targets"),
				       "has a target for severity %d, but its scale ends at %d",
				       i + 1, levels);
}

static void check_scale(struct loader *l, const struct policy_scale *s)
{
	for (int i = 0; i < POLICY_SEVERITY_MAX; i++)
		if (!s->levels[i].label != !s->levels[i].meaning) {
			loader_problem(l, at_path(l, "severities", s->name, "meanings"),
				       "labels and meanings differ in number; give each label one "
				       "meaning");
			return;
		}
}

static void check_smtp(struct loader *l)
{
	const struct conf_smtp *s = &l->conf->smtp;

	check_server(l, "smtp", &s->server);
	check_secret(l, "smtp.secret_file", s->server.secret_file, SECRET_MIN);
	if (s->retry_min_s > s->retry_max_s)
		loader_problem(l, "smtp.retry_min", "is longer than retry_max; make it shorter");
}

static void find_shipped_templates(struct loader *l)
{
	const char *dir = arena_printf(l->arena, "%s/../templates", l->conf->policy_dir);

	if (is_folder(dir))
		l->conf->shipped_templates = dir;
}

/* The line of the targets, which is what explanations point at; else that of the row. */
static const char *stands_at(struct loader *l, const char *table, const char *name, const char *key)
{
	const char *row = arena_printf(&l->scratch, "%s.%s", table, name);
	struct loader_where w = loader_where(l, at_path(l, table, name, key));

	if (!loader_given(l, row))
		return NULL; /* built in */
	return arena_printf(l->arena, "%s:%d", w.file, w.line);
}

static void note_places(struct loader *l)
{
	struct policy *p = &l->conf->policy;

	for (size_t i = 0; i < p->kind_count; i++)
		p->kinds[i].where = stands_at(l, "kinds", p->kinds[i].name, "targets");
	for (size_t i = 0; i < p->package_count; i++)
		p->packages[i].where = stands_at(l, "packages", p->packages[i].name, "targets");
	for (size_t i = 0; i < p->calendar_count; i++)
		p->calendars[i].where = stands_at(l, "calendars", p->calendars[i].name, "hours");
}

void check_all(struct loader *l)
{
	struct conf *c = l->conf;

	find_shipped_templates(l);
	note_places(l);
	check_secret(l, "token_key_file", c->token_key_file, TOKEN_KEY_MIN);
	check_secret(l, "token_key_file_old", c->token_key_file_old, TOKEN_KEY_MIN);
	check_folder(l, "templates", c->templates);
	if (l->scope == CONF_FULL)
		check_folder(l, "kb_dir", c->kb_dir);
	check_smtp(l);
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
	for (size_t i = 0; i < c->policy.rule_count; i++)
		refers(l, at_path(l, "routing", c->policy.rules[i].name, "queue"), "queue",
		       TABLE_QUEUES, c->policy.rules[i].queue);
}
