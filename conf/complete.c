#include "conf/complete.h"

#include <string.h>

#include "conf/provider.h"

/* The calendar that is built in. */
static void add_always(struct loader *l)
{
	struct loader_row *row;
	struct policy_calendar *cal;

	if (loader_row_find(l, TABLE_CALENDARS, "always"))
		return; /* told by check.c */
	row = loader_row_add(l, schema_table(TABLE_CALENDARS)->inner, "always");
	memset(&row->given, 0xff, sizeof(row->given));
	cal = row->data;
	cal->always = true;
	cal->zone = "UTC";
}

/* The holidays of the table and those of its files are one list. */
static void join_holidays(struct loader *l, struct schema_calendar *c)
{
	struct policy_calendar *cal = &c->calendar;
	struct policy_holiday *all;

	if (!c->from_file_count)
		return;
	all = arena_alloc_n(l->arena, cal->holiday_count + c->from_file_count, sizeof(*all));
	if (cal->holiday_count)
		memcpy(all, cal->holidays, cal->holiday_count * sizeof(*all));
	memcpy(all + cal->holiday_count, c->from_files, c->from_file_count * sizeof(*all));
	cal->holidays = all;
	cal->holiday_count += c->from_file_count;
}

static void complete_calendars(struct loader *l)
{
	struct loader_table *t = &l->tables[TABLE_CALENDARS];

	add_always(l);
	for (size_t i = 0; i < t->n; i++)
		join_holidays(l, t->v[i].data);
}

static bool has_words(const struct policy_rule *r)
{
	return r->subject.n || r->text.n || r->either.n;
}

/*
 * The operator's own rules stand before the shipped ones, because of equal scores the first
 * wins.  A shipped rule for a queue that this installation does not have is no rule here.  Words
 * that the operator gives a shipped rule stand in the place of its scores.
 */
static void complete_routing(struct loader *l)
{
	struct loader_table *t = &l->tables[TABLE_ROUTING];
	struct loader_row *kept = arena_alloc_n(&l->scratch, t->n, sizeof(*kept));
	size_t n = 0;

	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < t->n; i++) {
			struct schema_rule *r = t->v[i].data;
			bool here = !r->rule.queue || !t->v[i].shipped ||
				    loader_row_find(l, TABLE_QUEUES, r->rule.queue);

			if (!t->v[i].own && has_words(&r->rule))
				r->rule.scores.n = 0;
			if (t->v[i].own == own && r->enabled && here)
				kept[n++] = t->v[i];
		}
	if (n)
		memcpy(t->v, kept, n * sizeof(*kept));
	t->n = n;
}

static void *row_data(struct loader *l, enum schema_table_id id, const char *name)
{
	struct loader_row *r = name ? loader_row_find(l, id, name) : NULL;

	return r ? r->data : NULL;
}

static void complete_kinds(struct loader *l)
{
	struct loader_table *t = &l->tables[TABLE_KINDS];

	for (size_t i = 0; i < t->n; i++) {
		struct policy_kind *k = t->v[i].data;
		const struct loader_row *scale =
		    k->scale ? loader_row_find(l, TABLE_SCALES, k->scale) : NULL;
		const struct policy_scale *s = scale ? scale->data : NULL;

		if (!s)
			continue;
		memcpy(k->levels, s->levels, sizeof(k->levels));
		k->scale_shipped = scale->shipped;
	}
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

/* The line of the targets, which is what explanations point at; else that of the row. */
static const char *stands_at(struct loader *l, const struct loader_row *row, const char *key)
{
	struct loader_where w;

	if (!*row->path)
		return NULL; /* built in */
	w = loader_where(l, arena_printf(&l->scratch, "%s.%s", row->path, key));
	return arena_printf(l->arena, "%s:%d", w.file, w.line);
}

static void complete_places(struct loader *l)
{
	const struct loader_table *kinds = &l->tables[TABLE_KINDS];
	const struct loader_table *packages = &l->tables[TABLE_PACKAGES];
	const struct loader_table *calendars = &l->tables[TABLE_CALENDARS];

	for (size_t i = 0; i < kinds->n; i++)
		((struct policy_kind *)kinds->v[i].data)->where =
		    stands_at(l, &kinds->v[i], "targets");
	for (size_t i = 0; i < packages->n; i++)
		((struct policy_package *)packages->v[i].data)->where =
		    stands_at(l, &packages->v[i], "targets");
	for (size_t i = 0; i < calendars->n; i++)
		((struct policy_calendar *)calendars->v[i].data)->where =
		    stands_at(l, &calendars->v[i], "hours");
}

/* What a queue or a person is written to in is a language of the whole, listed or not. */
/* A database has no folder. */
static void complete_state_dir(struct loader *l)
{
	struct conf *c = l->conf;
	const char *slash = conf_is_database(c->store) ? NULL : strrchr(c->store, '/');

	if (c->state_dir)
		return;
	c->state_dir = "/var/lib/gatewayd";
	if (slash)
		c->state_dir = arena_cstr(
		    l->arena,
		    (struct span){ c->store, slash > c->store ? (size_t)(slash - c->store) : 1 });
}

static void add_language(struct loader *l, const char *language)
{
	struct policy_words *w = &l->conf->languages, more;

	for (size_t i = 0; i < w->n; i++)
		if (!language || strcmp(w->v[i], language) == 0)
			return;
	more = (struct policy_words){ arena_alloc_n(l->arena, w->n + 1, sizeof(*w->v)), w->n };
	memcpy(more.v, w->v, w->n * sizeof(*w->v));
	more.v[more.n++] = language;
	*w = more;
}

static void complete_languages(struct loader *l)
{
	const struct loader_table *queues = &l->tables[TABLE_QUEUES];
	const struct loader_table *staff = &l->tables[TABLE_STAFF];

	for (size_t i = 0; i < queues->n; i++)
		add_language(l, ((struct conf_queue *)queues->v[i].data)->language);
	for (size_t i = 0; i < staff->n; i++)
		add_language(l, ((struct conf_staff *)staff->v[i].data)->language);
}

/* A token in the envelope sender is one in a plus address. */
static void complete_verp(struct loader *l)
{
	if (!l->conf->plus_addresses && !loader_given(l, "verp"))
		l->conf->verp = false;
}

void complete_all(struct loader *l)
{
	struct loader_table *queues = &l->tables[TABLE_QUEUES];
	struct loader_table *mailboxes = &l->tables[TABLE_MAILBOXES];

	complete_calendars(l);
	complete_kinds(l);
	complete_routing(l);
	complete_places(l);
	complete_languages(l);
	complete_verp(l);
	complete_state_dir(l);
	provider_complete(l);
	for (size_t i = 0; i < queues->n; i++) {
		struct conf_queue *q = queues->v[i].data;

		q->name = queues->v[i].name;
		complete_queue(l, q);
	}
	for (size_t i = 0; i < mailboxes->n; i++)
		complete_server(&((struct conf_mailbox *)mailboxes->v[i].data)->server, 993, 143);
	complete_server(&l->conf->smtp.server, 465, 587);
	complete_server(&l->conf->operators_smtp.server, 465, 587);
	l->conf->operators_smtp.concurrency = 1;
	l->conf->operators_smtp.final_timeout_s = l->conf->smtp.final_timeout_s;
}
