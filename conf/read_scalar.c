#include "conf/read_scalar.h"

#include "conf/path.h"
#include "conf/tz.h"
#include "conf/value.h"
#include "gatewayd/base/units.h"

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
	reading_problem(r, "%s", buf_cstr(&text));
	return false;
}

void read_bool(const struct reading *r)
{
	if (r->n->kind == NODE_BOOL)
		memcpy(r->to, &r->n->truth, sizeof(bool));
	else
		reading_wrong_kind(r);
}

void read_int(const struct reading *r)
{
	int v = (int)r->n->integer;

	if (r->n->kind != NODE_INT)
		reading_wrong_kind(r);
	else if (in_range(r, r->n->integer))
		memcpy(r->to, &v, sizeof(v));
}

void read_number(const struct reading *r)
{
	double v = r->n->number;

	if (r->n->kind != NODE_FLOAT && r->n->kind != NODE_INT)
		reading_wrong_kind(r);
	else if (!(v >= (double)r->row->min && v <= (double)r->row->max))
		reading_problem(r, "is %g, but must be from %lld to %lld", v,
				(long long)r->row->min, (long long)r->row->max);
	else
		memcpy(r->to, &v, sizeof(v));
}

void read_bytes(const struct reading *r)
{
	struct span text;
	int64_t v;

	if (!reading_text(r, &text))
		return;
	if (!value_bytes(text, &v))
		reading_wrong_text(r, r->n->text,
				   "is no size; write one like \"25MB\" or \"512kB\"");
	else if (in_range(r, v))
		memcpy(r->to, &v, sizeof(v));
}

/* A duration of whole seconds in range. */
static bool seconds_of(const struct reading *r, int64_t *ret_seconds)
{
	struct policy_duration d;
	struct span text;

	if (!reading_text(r, &text))
		return false;
	if (!policy_duration_parse(text, &d) || d.unit != POLICY_SECONDS) {
		reading_wrong_text(
		    r, r->n->text,
		    "is no duration; write one like \"60s\", \"15min\", \"2h\" or \"5 days\"");
		return false;
	}
	*ret_seconds = d.amount;
	return true;
}

void read_seconds(const struct reading *r)
{
	int64_t v;
	int seconds;

	if (!seconds_of(r, &v) || !in_range(r, v))
		return;
	seconds = (int)v;
	if (r->row->type == SCHEMA_SECONDS)
		memcpy(r->to, &seconds, sizeof(seconds));
	else
		memcpy(r->to, &v, sizeof(v));
}

void read_days(const struct reading *r)
{
	int64_t v = 0;
	int days;

	if (r->row->type == SCHEMA_DAYS64 && r->n->kind == NODE_STRING &&
	    span_is_ci(span_of(r->n->text), "forever")) {
		memcpy(r->to, &v, sizeof(v));
		return;
	}
	if (!seconds_of(r, &v))
		return;
	if (v % DAY_S) {
		reading_wrong_text(r, r->n->text, "is no number of whole days; write \"90 days\"");
		return;
	}
	v /= DAY_S;
	if (!in_range(r, v))
		return;
	days = (int)v;
	if (r->row->type == SCHEMA_DAYS)
		memcpy(r->to, &days, sizeof(days));
	else
		memcpy(r->to, &v, sizeof(v));
}

void read_duration(const struct reading *r)
{
	struct policy_duration d;
	struct span text;

	if (!reading_text(r, &text))
		return;
	if (!policy_duration_parse(text, &d))
		reading_wrong_text(
		    r, r->n->text,
		    "is no duration; write one like \"15min\", \"2h\", \"1 business day\" or "
		    "\"none\"");
	else if (d.unit != POLICY_SECONDS || in_range(r, d.amount))
		memcpy(r->to, &d, sizeof(d));
}

void read_text(const struct reading *r)
{
	const char *wrong = NULL, *copy;
	struct span text;

	if (!reading_text(r, &text) || !reading_length_fits(r, text.n, "characters"))
		return;
	if (r->row->check)
		wrong = r->row->check(r->n->text);
	if (wrong) {
		reading_wrong_text(r, r->n->text, wrong);
		return;
	}
	copy = arena_cstr(r->l->arena, text);
	memcpy(r->to, &copy, sizeof(copy));
}

static void wrong_zone(const struct reading *r, const char *wrong)
{
	struct buf text BUF_AUTO;

	buf_init(&text, PROBLEM_MAX);
	buf_addf(&text, "\"%s\" %s", r->n->text, wrong);
	problems_advise(&text, tz_near(r->n->text, &r->l->scratch),
			"write one like \"Europe/Berlin\" or \"America/New_York\" (see "
			"timedatectl list-timezones)");
	reading_problem(r, "%s", buf_cstr(&text));
}

void read_zone(const struct reading *r)
{
	const char *wrong, *doubt, *copy;
	struct span text;

	if (!reading_text(r, &text))
		return;
	wrong = tz_wrong(r->l->zones, r->n->text);
	doubt = tz_doubt(r->n->text);
	copy = arena_cstr(r->l->arena, text);
	if (wrong) {
		wrong_zone(r, wrong);
		return;
	}
	if (doubt)
		conf_warning(r->l->problems, r->n->file, r->n->line, r->path, "\"%s\" %s",
			     r->n->text, doubt);
	memcpy(r->to, &copy, sizeof(copy));
}

void read_file_name(const struct reading *r)
{
	const char *path;
	struct span text;

	if (!reading_text(r, &text))
		return;
	if (!text.n || text.n > 4000) {
		reading_wrong_text(r, "", "is no file name; leave the key out instead");
		return;
	}
	if (value_check_line(r->n->text)) {
		reading_problem(r, "has a control character in it; a backslash in a text is "
				   "written \\\\, and between folders stands /");
		return;
	}
	if (*r->n->text == '~') {
		reading_wrong_text(r, r->n->text,
				   "begins with ~, which only a shell knows; write the whole path");
		return;
	}
	path = r->row->type == SCHEMA_SECRET ? path_secret(r->l->arena, r->n->file, r->n->text)
					     : path_absolute(r->l->arena, r->n->file, r->n->text);
	memcpy(r->to, &path, sizeof(path));
}

/* Whoever may read the configuration would have the password. */
static bool has_password(struct span address)
{
	struct span host = span_sub(address, span_find(address, SPAN("://")) + 3, address.n);
	size_t at = span_find(host, SPAN("@")), slash = span_find(host, SPAN("/"));
	size_t colon = span_find(host, SPAN(":"));

	return (at < slash && colon < at) || span_find(address, SPAN("password=")) < address.n;
}

void read_store(const struct reading *r)
{
	const char *address;
	struct span text;

	if (!conf_is_database(r->n->text)) {
		read_file_name(r);
		return;
	}
	if (!reading_text(r, &text))
		return;
	address = arena_cstr(r->l->arena, text);
	memcpy(r->to, &address, sizeof(address));
	if (has_password(text))
		reading_problem(r,
				"has a password in it; put that into a file of mode 0600 as libpq "
				"reads it, HOST:PORT:DATABASE:USER:PASSWORD, and name the file: "
				"?passfile=/etc/gatewayd/pgpass");
}

static const char *choice_at(const void *ctx, size_t i)
{
	return ((const struct schema_choice *)ctx)[i].name;
}

static void wrong_choice(const struct reading *r)
{
	const struct schema_choice *c = r->row->choices;
	const char *given = r->n->kind == NODE_STRING ? r->n->text : NULL;
	struct buf text BUF_AUTO;
	size_t n = 0;

	buf_init(&text, PROBLEM_MAX);
	if (given)
		buf_addf(&text, "\"%s\" is none of ", given);
	else
		buf_addf(&text, "is %s, but must be one of ", node_kind_name(r->n->kind));
	for (; c[n].name; n++)
		buf_addf(&text, "%s\"%s\"", n ? ", " : "", c[n].name);
	if (given)
		problems_advise(&text, conf_nearest(given, n, choice_at, c), NULL);
	reading_problem(r, "%s", buf_cstr(&text));
}

void read_choice(const struct reading *r)
{
	const struct schema_choice *c = r->row->choices;
	struct span text = span_of(r->n->kind == NODE_STRING ? r->n->text : "");
	bool truth;

	for (; c->name; c++)
		if (span_is(text, c->name))
			break;
	truth = c->value;
	if (!c->name)
		wrong_choice(r);
	else if (r->row->type == SCHEMA_CHOICE_BOOL)
		memcpy(r->to, &truth, sizeof(truth));
	else
		memcpy(r->to, &c->value, sizeof(c->value));
}
