#include "conf/loader.h"

#include <stdlib.h>
#include <unistd.h>

#include "conf/source.h"
#include "conf/value.h"

/* One value on its way: where it stands, what it must be, where it goes. */
struct reading {
	struct loader *l;
	const struct schema_row *row;
	const struct node *n;
	const char *path;
	char *to;    /* at row->at */
	char *count; /* at row->count_at */
};

static void problem(const struct reading *r, const char *what)
{
	conf_problem(r->l->problems, r->n->file, r->n->line, r->path, "%s", what);
}

static void wrong_kind(const struct reading *r)
{
	conf_problem(r->l->problems, r->n->file, r->n->line, r->path, "is %s, but must be %s",
		     node_kind_name(r->n->kind), schema_type_wants(r->row->type));
}

static void wrong_text(const struct reading *r, const char *text, const char *wrong)
{
	conf_problem(r->l->problems, r->n->file, r->n->line, r->path, "\"%s\" %s", text, wrong);
}

static bool in_range(const struct reading *r, int64_t v)
{
	struct buf text BUF_AUTO;

	buf_init(&text, 256);
	if (v >= r->row->min && v <= r->row->max)
		return true;
	buf_adds(&text, "is ");
	schema_print_amount(r->row->type, v, &text);
	buf_adds(&text, v < r->row->min ? ", but must be at least " : ", but must be at most ");
	schema_print_amount(r->row->type, v < r->row->min ? r->row->min : r->row->max, &text);
	problem(r, buf_cstr(&text));
	return false;
}

static bool text_of(const struct reading *r, struct span *ret_text)
{
	if (r->n->kind != NODE_STRING) {
		wrong_kind(r);
		return false;
	}
	*ret_text = span_of(r->n->text);
	return true;
}

static bool length_fits(const struct reading *r, size_t n, const char *what)
{
	if (n < (size_t)r->row->min && r->row->min)
		conf_problem(r->l->problems, r->n->file, r->n->line, r->path,
			     "has %zu %s, but must have at least %lld", n, what,
			     (long long)r->row->min);
	else if (r->row->max && n > (size_t)r->row->max)
		conf_problem(r->l->problems, r->n->file, r->n->line, r->path,
			     "has %zu %s, but must have at most %lld", n, what,
			     (long long)r->row->max);
	else
		return true;
	return false;
}

static void put(char *to, const void *v, size_t n)
{
	memcpy(to, v, n);
}

static void read_bool(const struct reading *r)
{
	if (r->n->kind == NODE_BOOL)
		put(r->to, &r->n->truth, sizeof(bool));
	else
		wrong_kind(r);
}

static void read_int(const struct reading *r)
{
	int v = (int)r->n->integer;

	if (r->n->kind != NODE_INT)
		wrong_kind(r);
	else if (in_range(r, r->n->integer))
		put(r->to, &v, sizeof(v));
}

static void read_number(const struct reading *r)
{
	double v = r->n->number;

	if (r->n->kind != NODE_FLOAT && r->n->kind != NODE_INT)
		wrong_kind(r);
	else if (!(v >= (double)r->row->min && v <= (double)r->row->max))
		conf_problem(r->l->problems, r->n->file, r->n->line, r->path,
			     "is %g, but must be from %lld to %lld", v, (long long)r->row->min,
			     (long long)r->row->max);
	else
		put(r->to, &v, sizeof(v));
}

static void read_bytes(const struct reading *r)
{
	struct span text;
	int64_t v;

	if (!text_of(r, &text))
		return;
	if (!value_bytes(text, &v))
		wrong_text(r, r->n->text, "is no size; write one like \"25MB\" or \"512kB\"");
	else if (in_range(r, v))
		put(r->to, &v, sizeof(v));
}

/* A duration of whole seconds in range. */
static bool seconds_of(const struct reading *r, int64_t *ret_seconds)
{
	struct policy_duration d;
	struct span text;

	if (!text_of(r, &text))
		return false;
	if (!policy_duration_parse(text, &d) || d.unit != POLICY_SECONDS) {
		wrong_text(
		    r, r->n->text,
		    "is no duration; write one like \"60s\", \"15min\", \"2h\" or \"5 days\"");
		return false;
	}
	*ret_seconds = d.amount;
	return true;
}

static void read_seconds(const struct reading *r)
{
	int64_t v;
	int seconds;

	if (!seconds_of(r, &v) || !in_range(r, v))
		return;
	seconds = (int)v;
	if (r->row->type == SCHEMA_SECONDS)
		put(r->to, &seconds, sizeof(seconds));
	else
		put(r->to, &v, sizeof(v));
}

static void read_days(const struct reading *r)
{
	int64_t v = 0;
	int days;

	if (r->row->type == SCHEMA_DAYS64 && r->n->kind == NODE_STRING &&
	    span_is_ci(span_of(r->n->text), "forever")) {
		put(r->to, &v, sizeof(v));
		return;
	}
	if (!seconds_of(r, &v))
		return;
	if (v % 86400) {
		wrong_text(r, r->n->text, "is no number of whole days; write \"90 days\"");
		return;
	}
	v /= 86400;
	if (!in_range(r, v))
		return;
	days = (int)v;
	if (r->row->type == SCHEMA_DAYS)
		put(r->to, &days, sizeof(days));
	else
		put(r->to, &v, sizeof(v));
}

static void read_duration(const struct reading *r)
{
	struct policy_duration d;
	struct span text;

	if (!text_of(r, &text))
		return;
	if (!policy_duration_parse(text, &d))
		wrong_text(
		    r, r->n->text,
		    "is no duration; write one like \"15min\", \"2h\", \"1 business day\" or "
		    "\"none\"");
	else if (d.unit != POLICY_SECONDS || in_range(r, d.amount))
		put(r->to, &d, sizeof(d));
}

static void read_text(const struct reading *r)
{
	const char *wrong = NULL, *copy;
	struct span text;

	if (!text_of(r, &text) || !length_fits(r, text.n, "characters"))
		return;
	if (r->row->check)
		wrong = r->row->check(r->n->text);
	if (wrong) {
		wrong_text(r, r->n->text, wrong);
		return;
	}
	copy = arena_cstr(r->l->arena, text);
	put(r->to, &copy, sizeof(copy));
}

/* A path that stands in no file (a default, a command line) is taken from the working directory. */
const char *read_path(struct loader *l, const char *beside, const char *path)
{
	const char *joined = source_beside(l->arena, beside, path);
	char *cwd;

	if (*joined == '/')
		return joined;
	cwd = getcwd(NULL, 0);
	if (cwd)
		joined = arena_printf(l->arena, "%s/%s", cwd, joined);
	free(cwd);
	return joined;
}

/* The credential is looked for first: only who starts us can put it there. */
const char *read_secret_path(struct loader *l, const char *beside, const char *path)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY"), *credential;

	if (dir && *dir == '/' && !strchr(path, '/')) {
		credential = arena_printf(l->arena, "%s/%s", dir, path);
		if (access(credential, F_OK) == 0)
			return credential;
	}
	return read_path(l, beside, path);
}

static void read_file_name(const struct reading *r)
{
	const char *path;
	struct span text;

	if (!text_of(r, &text))
		return;
	if (!text.n || text.n > 4000) {
		wrong_text(r, "", "is no file name; leave the key out instead");
		return;
	}
	path = r->row->type == SCHEMA_SECRET ? read_secret_path(r->l, r->n->file, r->n->text)
					     : read_path(r->l, r->n->file, r->n->text);
	put(r->to, &path, sizeof(path));
}

static const char *choice_at(const void *ctx, size_t i)
{
	return ((const struct schema_choice *)ctx)[i].name;
}

static void wrong_choice(const struct reading *r, size_t n)
{
	const char *near = conf_nearest(r->n->text, n, choice_at, r->row->choices);
	struct buf list BUF_AUTO;

	buf_init(&list, 1024);
	for (size_t i = 0; i < n; i++)
		buf_addf(&list, "%s\"%s\"", i ? ", " : "", r->row->choices[i].name);
	conf_problem(r->l->problems, r->n->file, r->n->line, r->path,
		     near ? "\"%s\" is none of %s; did you mean \"%s\"?"
			  : "\"%s\" is none of %s%.0s",
		     r->n->text, buf_cstr(&list), near ? near : "");
}

static void read_choice(const struct reading *r)
{
	const struct schema_choice *c = r->row->choices;
	struct span text;
	bool truth;

	if (!text_of(r, &text))
		return;
	for (; c->name; c++)
		if (span_is(text, c->name))
			break;
	truth = c->value;
	if (!c->name)
		wrong_choice(r, (size_t)(c - r->row->choices));
	else if (r->row->type == SCHEMA_CHOICE_BOOL)
		put(r->to, &truth, sizeof(truth));
	else
		put(r->to, &c->value, sizeof(c->value));
}

static bool list_of(const struct reading *r, enum node_kind of)
{
	if (r->n->kind != NODE_LIST) {
		wrong_kind(r);
		return false;
	}
	for (size_t i = 0; i < r->n->kid_count; i++)
		if (r->n->kids[i].kind != of &&
		    !(of == NODE_FLOAT && r->n->kids[i].kind == NODE_INT)) {
			conf_problem(r->l->problems, r->n->kids[i].file, r->n->kids[i].line,
				     r->path, "entry %zu is %s, but must be %s", i + 1,
				     node_kind_name(r->n->kids[i].kind), node_kind_name(of));
			return false;
		}
	return length_fits(r, r->n->kid_count, "entries");
}

/* The same reading of entry i, so that a problem names its line. */
static struct reading entry(const struct reading *r, size_t i)
{
	struct reading e = *r;

	e.n = &r->n->kids[i];
	return e;
}

static const char *lower(struct arena *a, const char *s)
{
	char *p = arena_cstr(a, span_of(s));

	for (char *q = p; *q; q++)
		*q = (char)ascii_lower((unsigned char)*q);
	return p;
}

static void read_words(const struct reading *r)
{
	struct policy_words w = { 0 };

	if (!list_of(r, NODE_STRING))
		return;
	w.v = arena_alloc_n(r->l->arena, r->n->kid_count, sizeof(*w.v));
	for (size_t i = 0; i < r->n->kid_count; i++) {
		const char *text = r->n->kids[i].text,
			   *wrong = *text ? NULL : "is empty; remove it";
		struct reading e = entry(r, i);

		if (!wrong && r->row->check)
			wrong = r->row->check(text);
		if (wrong)
			wrong_text(&e, text, wrong);
		else
			w.v[w.n++] = lower(r->l->arena, text);
	}
	put(r->to, &w, sizeof(w));
}

static void read_numbers(const struct reading *r)
{
	double *v;

	if (!list_of(r, NODE_FLOAT))
		return;
	v = arena_alloc_n(r->l->arena, r->n->kid_count, sizeof(*v));
	for (size_t i = 0; i < r->n->kid_count; i++)
		v[i] = r->n->kids[i].number;
	put(r->to, &v, sizeof(v));
	put(r->count, &r->n->kid_count, sizeof(r->n->kid_count));
}

/* Labels and meanings are columns of the same rows; each list replaces its column whole. */
static void read_levels(const struct reading *r)
{
	struct policy_level levels[POLICY_SEVERITY_MAX];

	if (!list_of(r, NODE_STRING))
		return;
	memcpy(levels, r->to, sizeof(levels));
	for (size_t i = 0; i < POLICY_SEVERITY_MAX; i++) {
		const char *text = NULL;

		if (i < r->n->kid_count)
			text = arena_cstr(r->l->arena, span_of(r->n->kids[i].text));
		if (r->row->type == SCHEMA_LABELS)
			levels[i].label = text;
		else
			levels[i].meaning = text;
	}
	put(r->to, levels, sizeof(levels));
}

static void read_targets(const struct reading *r)
{
	struct policy_duration targets[POLICY_SEVERITY_MAX] = { { POLICY_NONE, 0 } };

	if (!list_of(r, NODE_STRING))
		return;
	for (size_t i = 0; i < r->n->kid_count; i++) {
		struct reading e = entry(r, i);

		if (!policy_duration_parse(span_of(e.n->text), &targets[i]) ||
		    (targets[i].unit == POLICY_SECONDS && targets[i].amount == 0))
			wrong_text(&e, e.n->text,
				   "is no target; write one like \"30min\", \"2h\", \"1 business "
				   "day\" or \"none\"");
	}
	put(r->to, targets, sizeof(targets));
}

static void read_hours(const struct reading *r)
{
	struct policy_interval *v;
	struct hours h = { .n = 0 };

	if (!list_of(r, NODE_STRING))
		return;
	for (size_t i = 0; i < r->n->kid_count; i++) {
		struct reading e = entry(r, i);
		const char *wrong = value_hours(span_of(e.n->text), &h);

		if (wrong)
			wrong_text(&e, e.n->text, wrong);
	}
	v = arena_alloc_n(r->l->arena, h.n, sizeof(*v));
	if (h.n)
		memcpy(v, h.v, h.n * sizeof(*v));
	put(r->to, &v, sizeof(v));
	put(r->count, &h.n, sizeof(h.n));
}

static void read_holidays(const struct reading *r)
{
	struct policy_holiday *v;
	size_t n = 0;

	if (!list_of(r, NODE_STRING))
		return;
	v = arena_alloc_n(r->l->arena, r->n->kid_count, sizeof(*v));
	for (size_t i = 0; i < r->n->kid_count; i++) {
		struct reading e = entry(r, i);
		const char *wrong = value_holiday(span_of(e.n->text), r->l->arena, &v[n]);

		if (wrong)
			wrong_text(&e, e.n->text, wrong);
		else
			n++;
	}
	put(r->to, &v, sizeof(v));
	put(r->count, &n, sizeof(n));
}

static void read_holiday_files(const struct reading *r)
{
	const struct node *files = r->n->kind == NODE_STRING ? r->n : r->n->kids;
	size_t file_count = r->n->kind == NODE_STRING ? 1 : r->n->kid_count, n = 0;
	struct policy_holiday *v = NULL;

	if (r->n->kind != NODE_STRING && !list_of(r, NODE_STRING))
		return;
	for (size_t i = 0; i < file_count; i++) {
		const char *name = source_beside(&r->l->scratch, files[i].file, files[i].text);
		struct policy_holiday *more = NULL, *all;
		const char *wrong;
		size_t count = 0;

		wrong = ics_read(r->l, name, &more, &count);
		if (wrong)
			wrong_text(&(struct reading){ .l = r->l, .n = &files[i], .path = r->path },
				   files[i].text, wrong);
		all = arena_alloc_n(r->l->arena, n + count, sizeof(*all));
		if (n)
			memcpy(all, v, n * sizeof(*all));
		if (count)
			memcpy(all + n, more, count * sizeof(*all));
		v = all;
		n += count;
	}
	put(r->to, &v, sizeof(v));
	put(r->count, &n, sizeof(n));
}

static const struct {
	void (*read)(const struct reading *r);
	const char *wants;
} types[] = {
	[SCHEMA_BOOL] = { read_bool, "true or false" },
	[SCHEMA_INT] = { read_int, "a whole number" },
	[SCHEMA_NUMBER] = { read_number, "a number" },
	[SCHEMA_BYTES] = { read_bytes, "a size in quotes, as \"25MB\"" },
	[SCHEMA_SECONDS] = { read_seconds, "a duration in quotes, as \"60s\"" },
	[SCHEMA_SECONDS64] = { read_seconds, "a duration in quotes, as \"60s\"" },
	[SCHEMA_DAYS] = { read_days, "a number of days in quotes, as \"90 days\"" },
	[SCHEMA_DAYS64] = { read_days,
			    "a number of days in quotes, as \"90 days\", or \"forever\"" },
	[SCHEMA_DURATION] = { read_duration, "a duration in quotes, as \"2h\" or \"none\"" },
	[SCHEMA_TEXT] = { read_text, "a text in quotes" },
	[SCHEMA_PATH] = { read_file_name, "a file name in quotes" },
	[SCHEMA_SECRET] = { read_file_name, "the name of a file, in quotes" },
	[SCHEMA_CHOICE] = { read_choice, "a word in quotes" },
	[SCHEMA_CHOICE_BOOL] = { read_choice, "a word in quotes" },
	[SCHEMA_WORDS] = { read_words, "a list of texts, as [ \"one\", \"two\" ]" },
	[SCHEMA_NUMBERS] = { read_numbers, "a list of numbers, as [ 0.5, 0.8 ]" },
	[SCHEMA_LABELS] = { read_levels, "a list of texts, severity 1 first" },
	[SCHEMA_MEANINGS] = { read_levels, "a list of texts, severity 1 first" },
	[SCHEMA_TARGETS] = { read_targets, "a list of durations, severity 1 first" },
	[SCHEMA_HOURS] = { read_hours, "a list of hours, as [ \"mon-fri 09:00-17:00\" ]" },
	[SCHEMA_HOLIDAYS] = { read_holidays, "a list of days, as [ \"12-25\", \"easter+1\" ]" },
	[SCHEMA_HOLIDAY_FILES] = { read_holiday_files, "a file name in quotes, or a list of them" },
	[SCHEMA_GROUP] = { NULL, "a group { ... }" },
	[SCHEMA_LIST] = { NULL, "a list of groups ( { ... }, ... )" },
	[SCHEMA_TABLE] = { NULL, "a table { name: { ... } }" },
};

const char *schema_type_wants(enum schema_type type)
{
	return types[type].wants;
}

void read_value(struct loader *l, const struct schema_row *row, const struct node *n,
		const char *path, void *into)
{
	struct reading r = {
		l, row, n, path, (char *)into + row->at, (char *)into + row->count_at
	};

	types[row->type].read(&r);
}
