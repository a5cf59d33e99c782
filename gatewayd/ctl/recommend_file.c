/* Files of property events and of recommendations, JSON or CSV. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/csv.h"
#include "gatewayd/ctl/json_lines.h"
#include "gatewayd/timer/recommend.h"

enum { FIELDS_MAX = 4, VALUE_MAX = 1000, ID_MAX = 64 };

/* A row of a file: the values of `names` in their order, "" for one that is not there. */
struct row {
	struct span v[FIELDS_MAX];
	int line;
};

struct table {
	struct desk *d;
	const char *file;
	struct buf *problems;
	const char *const *names; /* FIELDS_MAX */
	struct row *v;
	size_t n;
};

static void problem(struct table *t, int line, const char *what, struct span value)
{
	buf_addf(t->problems, "%s:%d: %s", t->file, line, what);
	if (value.p)
		buf_addf(t->problems, " \"" SPAN_FMT "\"", SPAN_ARG(utf8_prefix(value, ID_MAX)));
	buf_addc(t->problems, '\n');
}

static int field_of(struct table *t, struct span name, int line)
{
	for (int i = 0; i < FIELDS_MAX; i++)
		if (span_is(name, t->names[i]))
			return i;
	problem(t, line, "there is no field", name);
	return -1;
}

static void set(struct table *t, struct row *row, int field, struct span value, int line)
{
	if (value.n > VALUE_MAX || !utf8_valid(value) || (value.n && memchr(value.p, 0, value.n)))
		problem(t, line, "too long, or no UTF-8 text:", value);
	else
		row->v[field] = value;
}

static void new_row(struct row *row, int line)
{
	row->line = line;
	for (int i = 0; i < FIELDS_MAX; i++)
		row->v[i] = SPAN("");
}

static void read_object(struct table *t, struct json_lines *lines, json_t *object)
{
	struct row *row = &t->v[t->n];
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		problem(t, json_lines_pass(lines, object), "not an object", SPAN_NONE);
		return;
	}
	new_row(row, json_lines_next(lines));
	t->n++;
	json_object_foreach(object, key, value)
	{
		int line = json_lines_pass(lines, value), i = field_of(t, span_of(key), line);

		if (i < 0)
			continue;
		if (json_is_string(value))
			set(t, row, i, arena_dup(t->d->arena, json_span(object, key)), line);
		else
			problem(t, line, "not a text:", span_of(key));
	}
}

static void read_json(struct table *t, struct span text)
{
	struct json_lines lines;
	json_t *j JSON_AUTO = NULL;
	struct err e = { 0 };
	int line;

	if (json_read_lines(text, &line, &j, &e) < 0) {
		problem(t, line, e.text, SPAN_NONE);
		return;
	}
	json_lines_read(text, t->d->arena, &lines);
	if (!json_is_array(j)) {
		problem(t, 1, "not an array of objects", SPAN_NONE);
		return;
	}
	json_lines_next(&lines);
	t->v = arena_alloc_n(t->d->arena, json_array_size(j) + 1, sizeof(*t->v));
	for (size_t i = 0; i < json_array_size(j); i++)
		read_object(t, &lines, json_array_get(j, i));
}

static void read_csv_row(struct table *t, const struct csv_row *row, const int *columns, size_t n)
{
	if (row->n != n) {
		problem(t, row->line, "not as many fields as in the first row", SPAN_NONE);
		return;
	}
	new_row(&t->v[t->n], row->line);
	for (size_t i = 0; i < n; i++)
		if (columns[i] >= 0)
			set(t, &t->v[t->n], columns[i], row->v[i], row->line);
	t->n++;
}

static void read_csv(struct table *t, struct span text)
{
	int columns[CSV_FIELDS_MAX], got;
	struct csv_row row = { 0 };
	struct err e = { 0 };
	struct csv csv;
	size_t n;

	csv_init(&csv, text);
	t->v = arena_alloc_n(t->d->arena, csv_rows_most(text), sizeof(*t->v));
	got = csv_next(&csv, t->d->arena, &row, &e);
	n = row.n;
	for (size_t i = 0; got > 0 && i < n; i++)
		columns[i] = field_of(t, row.v[i], row.line);
	while (got > 0 && (got = csv_next(&csv, t->d->arena, &row, &e)) > 0)
		read_csv_row(t, &row, columns, n);
	if (got < 0)
		problem(t, csv.wrong, e.text, SPAN_NONE);
}

/* The first two fields are the account and the property in every file. */
static int check(struct table *t, struct row *row, struct err *e)
{
	struct store_account account = { 0 };

	if (!row->v[0].n || !row->v[1].n) {
		problem(t, row->line, "without an account or a property", SPAN_NONE);
		return 0;
	}
	if (store_account_get(t->d->store, row->v[0], t->d->arena, &account, e) < 0)
		return -1;
	if (!account.id.p)
		problem(t, row->line, "there is no account", row->v[0]);
	return 0;
}

static int read_table(struct table *t, struct span text, struct err *e)
{
	struct span plain = json_without_comments(text, t->d->arena);
	struct span start = span_trim(plain);

	if (start.n && (start.p[0] == '[' || start.p[0] == '{'))
		read_json(t, plain);
	else
		read_csv(t, text);
	for (size_t i = 0; i < t->n; i++)
		if (check(t, &t->v[i], e) < 0)
			return -1;
	if (!t->n && !t->problems->n)
		problem(t, 1, "there is nothing in it", SPAN_NONE);
	return 0;
}

/* --- events --- */

static void read_event(struct table *t, const struct row *row, struct recommend_event *event)
{
	*event = (struct recommend_event){ .account = row->v[0],
					   .property = row->v[1],
					   .at = t->d->now };
	if (span_is(row->v[2], "changed"))
		event->what = RECOMMEND_CHANGED;
	else if (!span_is(row->v[2], "live"))
		problem(t, row->line, "event is neither live nor changed:", row->v[2]);
	if (row->v[3].n && !time_parse_rfc3339(row->v[3], &event->at))
		problem(t, row->line, "not an RFC 3339 time:", row->v[3]);
}

int recommend_import_events(struct desk *d, const char *name, struct span text,
			    struct buf *problems, size_t *ret_n, struct err *e)
{
	static const char *const names[FIELDS_MAX] = { "account", "property", "event", "at" };
	struct table t = { .d = d, .file = name, .problems = problems, .names = names };
	struct recommend_event *v;

	if (read_table(&t, text, e) < 0)
		return -1;
	v = arena_alloc_n(d->arena, t.n + 1, sizeof(*v));
	for (size_t i = 0; i < t.n; i++)
		read_event(&t, &t.v[i], &v[i]);
	*ret_n = t.n;
	for (size_t i = 0; !problems->n && i < t.n; i++)
		if (recommend_apply(d, &v[i], e) < 0)
			return -1;
	return 0;
}

/* --- recommendations --- */

static bool is_link(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '<' || s.p[i] == '>')
			return false;
	return (span_starts_ci(s, SPAN("https://")) && s.n > 8) ||
	       (span_starts_ci(s, SPAN("http://")) && s.n > 7);
}

int recommend_import_rows(struct desk *d, const char *name, struct span text, struct buf *problems,
			  size_t *ret_n, struct err *e)
{
	static const char *const names[FIELDS_MAX] = { "account", "property", "title", "link" };
	struct table t = { .d = d, .file = name, .problems = problems, .names = names };

	if (read_table(&t, text, e) < 0)
		return -1;
	for (size_t i = 0; i < t.n; i++) {
		if (!t.v[i].v[2].n)
			problem(&t, t.v[i].line, "without a title", SPAN_NONE);
		if (!is_link(t.v[i].v[3]))
			problem(&t, t.v[i].line, "not an http or https link:", t.v[i].v[3]);
	}
	*ret_n = t.n;
	for (size_t i = 0; !problems->n && i < t.n; i++) {
		struct store_recommendation row = { .account = t.v[i].v[0],
						    .property = t.v[i].v[1],
						    .title = t.v[i].v[2],
						    .link = t.v[i].v[3],
						    .state = SPAN("open"),
						    .at = d->now };

		if (store_recommendation_add(d->store, &row, e) < 0 ||
		    store_recommend_again(d->store, row.account, row.property, e) < 0)
			return -1;
	}
	return 0;
}
