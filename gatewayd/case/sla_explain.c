#include "gatewayd/case/sla_explain.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"

enum {
	LABEL_WIDTH = 14, /* columns before the text of a fact */
	TEXT_WIDTH = 80 - LABEL_WIDTH,
	LINE_MAX_BYTES = 4096,
};

const char *sla_source_name(enum sla_source source)
{
	static const char *const names[] = {
		[SLA_FROM_NOTHING] = "none", [SLA_FROM_CONTRACT] = "contract",
		[SLA_FROM_KIND] = "kind",    [SLA_FROM_PACKAGE] = "package",
		[SLA_FROM_QUEUE] = "queue",
	};

	return names[source];
}

static void package_text(const struct sla_rule *r, struct buf *out)
{
	const char *name = r->package->name;

	if (r->missing == SEVERITY1_BY_ANY)
		buf_addf(out, "package %s, severity %d: ", name, r->row);
	else if (r->missing == SEVERITY1_BY_PHONE)
		buf_addf(out,
			 "package %s asks that severity 1 come by phone, and the case did not: its "
			 "severity 2 target applies, ",
			 name);
	else
		buf_addf(out,
			 "package %s asks that severity 1 come by technical support, and a mail "
			 "declared it: its severity 2 target applies, ",
			 name);
	policy_duration_print(r->target, out);
}

static void without_package_text(const struct sla_rule *r, struct buf *out)
{
	buf_adds(out, "no package, so the table of kind ");
	buf_adds(out, r->kind->name);
	buf_adds(out, " holds");
}

static void kind_text(const struct sla_rule *r, struct buf *out)
{
	const char *package = r->place->package;

	if (r->kind->own_targets)
		buf_addf(out, "kind %s has a table of its own, package or not", r->kind->name);
	else if (package)
		buf_addf(out, "package %s names no target, so the table of kind %s holds", package,
			 r->kind->name);
	else
		without_package_text(r, out);
	buf_adds(out, ", severity ");
	buf_add_int(out, r->row);
	buf_adds(out, ": ");
	policy_duration_print(r->target, out);
}

static void contract_text(const struct sla_rule *r, struct buf *out)
{
	buf_addf(out, "the contract of account %s sets, for severity %d of %s, ",
		 r->place->account ? r->place->account : "-", r->row, r->kind->name);
	policy_duration_print(r->target, out);
}

void sla_rule_text(const struct sla_rule *r, struct buf *out)
{
	switch (r->source) {
	case SLA_FROM_NOTHING: buf_adds(out, "nothing sets such a clock"); return;
	case SLA_FROM_CONTRACT: contract_text(r, out); break;
	case SLA_FROM_PACKAGE: package_text(r, out); break;
	case SLA_FROM_KIND: kind_text(r, out); break;
	case SLA_FROM_QUEUE:
		buf_addf(out, "queue %s sets ", r->place->queue->name);
		policy_duration_print(r->target, out);
		break;
	}
	if (r->severity > r->row && r->missing == SEVERITY1_BY_ANY)
		buf_addf(out, "; severity %d is beyond the scale of kind %s", r->severity,
			 r->kind->name);
	if (r->severity == 1 && r->kind->severity1_phone_only)
		buf_addf(out, "; severity 1 of kind %s needs the record of a phone call",
			 r->kind->name);
	if (r->target.unit == POLICY_NONE)
		buf_adds(out, "; no clock runs");
}

/* The rule, and what the case's history made of it. */
static void why_text(const struct sla_clock *c, struct buf *out)
{
	sla_rule_text(&c->rule, out);
	if (c->severity < c->rule.severity)
		buf_addf(out,
			 "; raised to severity %d since, whose target would end later, so the "
			 "deadline in force stays",
			 c->severity);
	if (c->started_at != c->opened_at)
		buf_adds(out, "; counted from the last change");
}

void sla_where_text(const struct sla_rule *r, struct buf *out)
{
	const char *where = NULL;

	switch (r->source) {
	case SLA_FROM_NOTHING: return;
	case SLA_FROM_CONTRACT:
		buf_adds(out, r->contract->name ? r->contract->name : "the account's contracts");
		return;
	case SLA_FROM_PACKAGE:
		buf_addf(out, "packages, row %s, severity %d", r->package->name, r->row);
		where = r->package->where;
		break;
	case SLA_FROM_KIND:
		buf_addf(out, "kinds, row %s, severity %d", r->kind->name, r->row);
		where = r->kind->where;
		break;
	case SLA_FROM_QUEUE: buf_addf(out, "queues, %s", r->place->queue->name); break;
	}
	if (where)
		buf_addf(out, " (%s)", where);
}

/* "2 d 16 h", "45 min", "1 h 30 s" */
static void length_text(int64_t seconds, struct buf *out)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = { { DAY_S, "d" }, { HOUR_S, "h" }, { 60, "min" }, { 1, "s" } };
	const char *gap = "";

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (seconds < units[i].seconds)
			continue;
		buf_addf(out, "%s%" PRId64 " %s", gap, seconds / units[i].seconds, units[i].name);
		seconds %= units[i].seconds;
		gap = " ";
	}
}

/* A label and a text that is wrapped behind it. */
static void fact(const char *label, struct span text, struct buf *out)
{
	size_t column = 0;
	struct span word;

	buf_addf(out, "  %-*s", LABEL_WIDTH - 2, label);
	while (text.n) {
		word = span_cut(&text, ' ');
		if (column && column + 1 + word.n > TEXT_WIDTH) {
			buf_addf(out, "\n%*s", LABEL_WIDTH, "");
			column = 0;
		}
		if (column) {
			buf_addc(out, ' ');
			column++;
		}
		buf_add(out, word);
		column += word.n;
	}
	buf_addc(out, '\n');
}

static void fact_at(const char *label, const struct zone *zone, int64_t at, const char *more,
		    struct buf *out)
{
	char text[TIME_TEXT_MAX];

	if (at != INSTANT_NONE)
		buf_addf(out, "  %-*s%s%s\n", LABEL_WIDTH - 2, label, zone_text(zone, at, text),
			 more);
}

static void facts(const struct sla_clock *c, const struct zone *zone, struct buf *out)
{
	struct buf line BUF_AUTO;
	bool paused = c->due_at == INSTANT_NONE && c->met_at == INSTANT_NONE;

	buf_init(&line, LINE_MAX_BYTES);
	policy_duration_print(c->rule.target, &line);
	fact("target", buf_span(&line), out);
	buf_clear(&line);
	why_text(c, &line);
	fact("why", buf_span(&line), out);
	buf_clear(&line);
	sla_where_text(&c->rule, &line);
	if (line.n)
		fact("stands in", buf_span(&line), out);
	if (c->rule.target.unit == POLICY_NONE)
		return;
	buf_clear(&line);
	buf_addf(&line, "%s, %s", c->calendar.policy->name, c->calendar.policy->zone);
	if (c->calendar.policy->where)
		buf_addf(&line, " (%s)", c->calendar.policy->where);
	fact("calendar", buf_span(&line), out);
	fact_at("counts from", zone, c->started_at, "", out);
	fact_at("mail of", zone, c->moved_from_at,
		", moved into the mailbox, so the clock starts when it was first seen", out);
	fact_at("due", zone, c->due_at, "", out);
	if (paused) {
		buf_clear(&line);
		length_text(c->left_s, &line);
		buf_adds(&line, " left, paused");
		fact("due", buf_span(&line), out);
	}
	fact_at("not counted", zone, c->voided_at, ", an answer that was not delivered", out);
	fact_at("missed", zone, c->missed_at, ", before a change moved it", out);
	fact_at("met", zone, c->met_at,
		c->due_at != INSTANT_NONE && c->met_at >= c->due_at ? ", too late" : "", out);
	fact_at("ended", zone, c->ended_at, ", resolved without a response", out);
}

static void table(const struct sla_clock *c, const struct sla_stretch *v, size_t n,
		  const struct zone *zone, struct buf *out)
{
	char text[TIME_TEXT_MAX];

	buf_addf(out, "\n  %-25s  %-16s  %s\n", "from", "lasts", "counts");
	for (size_t i = 0; i < n; i++) {
		struct buf length BUF_AUTO;

		buf_init(&length, 64);
		length_text(v[i].to - v[i].from, &length);
		buf_addf(out, "  %s  %-16s  %s%s\n", zone_text(zone, v[i].from, text),
			 buf_cstr(&length), v[i].counted ? "" : "no: ", v[i].reason);
	}
	if (c->due_at != INSTANT_NONE)
		buf_addf(out, "  %s  %-16s  due\n", zone_text(zone, c->due_at, text), "");
}

/* The zone in which the queue's mails tell times, else the calendar's. */
static int display_zone(const struct sla_input *in, const struct sla_clock *c,
			const struct zone **ret_zone, struct err *e)
{
	const char *name = c->rule.place ? c->rule.place->queue->zone : NULL;

	if (!name && c->rule.target.unit != POLICY_NONE)
		name = c->calendar.policy->zone;
	return zones_get(in->zones, name ? name : "UTC", ret_zone, e);
}

int sla_explain_text(const struct sla_input *in, const struct sla_clock *c, struct buf *out,
		     struct err *e)
{
	struct arena arena ARENA_AUTO;
	struct sla_stretch *v = NULL;
	const struct zone *zone;
	size_t n = 0;

	arena_init(&arena);
	if (display_zone(in, c, &zone, e))
		return -1;
	if (c->rule.target.unit != POLICY_NONE && sla_stretches(in, c, &arena, &v, &n, e))
		return -1;
	buf_addf(out, "%s\n", sla_kind_name(c->kind));
	facts(c, zone, out);
	if (c->rule.target.unit != POLICY_NONE)
		table(c, v, n, zone, out);
	return 0;
}

static json_t *json_of_buf(struct buf *b)
{
	json_t *j = json_of_span_or_null(buf_span(b));

	buf_clear(b);
	return j;
}

static json_t *json_of_stretches(const struct sla_stretch *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:b, s:o}", "from", json_of_instant(v[i].from),
				    "to", json_of_instant(v[i].to), "counted", (int)v[i].counted,
				    "reason", json_of_span(span_of(v[i].reason))));
	return list;
}

static json_t *json_of_clock(const struct sla_clock *c, const struct sla_stretch *v, size_t n)
{
	json_t *j = json_object();
	struct buf line BUF_AUTO;
	bool none = c->rule.target.unit == POLICY_NONE;

	buf_init(&line, LINE_MAX_BYTES);
	policy_duration_print(c->rule.target, &line);
	json_object_set_new(j, "target", json_of_buf(&line));
	json_object_set_new(j, "due_at", json_of_instant(c->due_at));
	json_object_set_new(j, "calendar",
			    none ? json_null() : json_string(c->calendar.policy->name));
	why_text(c, &line);
	json_object_set_new(j, "why", json_of_buf(&line));
	json_object_set_new(j, "clock", json_string(sla_kind_name(c->kind)));
	json_object_set_new(j, "rule", json_string(sla_source_name(c->rule.source)));
	sla_where_text(&c->rule, &line);
	json_object_set_new(j, "where", json_of_buf(&line));
	json_object_set_new(j, "severity", json_integer(c->severity));
	json_object_set_new(j, "target_severity", json_integer(c->rule.row));
	json_object_set_new(j, "target_seconds", none ? json_null() : json_integer(c->target_s));
	json_object_set_new(j, "started_at", none ? json_null() : json_of_instant(c->started_at));
	json_object_set_new(j, "met_at", json_of_instant(c->met_at));
	json_object_set_new(j, "missed_at", json_of_instant(c->missed_at));
	json_object_set_new(j, "moved_from_at", json_of_instant(c->moved_from_at));
	json_object_set_new(j, "voided_at", json_of_instant(c->voided_at));
	json_object_set_new(j, "stretches", json_of_stretches(v, n));
	return j;
}

int sla_explain_object(const struct sla_input *in, const struct sla_clock *c, json_t **ret_json,
		       struct err *e)
{
	struct arena arena ARENA_AUTO;
	struct sla_stretch *v = NULL;
	size_t n = 0;

	arena_init(&arena);
	if (c->rule.target.unit != POLICY_NONE && sla_stretches(in, c, &arena, &v, &n, e))
		return -1;
	*ret_json = json_of_clock(c, v, n);
	return 0;
}

int sla_explain_json(const struct sla_input *in, const struct sla_clock *c, struct buf *out,
		     struct err *e)
{
	json_t *j JSON_AUTO = NULL;

	if (sla_explain_object(in, c, &j, e))
		return -1;
	json_write(j, false, out);
	return 0;
}
