/*
 * Holidays from an iCalendar file (RFC 5545): whole-day events, once or every year.
 *
 * Read are DTSTART, DTEND, SUMMARY, STATUS and RRULE of each VEVENT, not what is inside of it
 * (VALARM); a rule may be FREQ=YEARLY with BYMONTH, with it BYMONTHDAY or BYDAY (one "4TH" or
 * "-1MO"), UNTIL, COUNT and INTERVAL=1.  What would close the wrong days if it were passed over (a
 * time of day, another rule, EXDATE; BYDAY without a month counts in the year) is refused with its
 * line.  An endless rule holds for the years before its first event, too.
 */
#include "conf/ics.h"

#include "conf/files.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum {
	ICS_FILE_MAX = 4 * MIB,
	ICS_LINE_MAX = 16 * KIB,
	ICS_HOLIDAYS_MAX = 20000,
	ICS_EVENT_DAYS_MAX = 31,
	ICS_NAME_MAX = 200,
	ICS_YEARS_MAX = 200,
};

#define NO_DAY INT64_MIN

struct rule {
	bool there, yearly, with_count, with_until;
	int month, day, weekday, nth; /* 0: not said; nth and weekday come together */
	int64_t count, until;	      /* until: days since 1970-01-01 */
};

struct event {
	int line;
	bool open, cancelled;
	int64_t start, end; /* days since 1970-01-01; end is not part of it */
	bool has_start, has_end;
	struct rule rule;
	int rule_line;
	const char *name;
};

struct ics {
	struct loader *l;
	const char *file;
	int line; /* of the property being read */
	struct event event;
	struct policy_holiday *v;
	size_t n;
	int inside; /* components that are open in the event: alarms */
	bool calendar_seen, calendar_open, bad;
};

static void bad(struct ics *c, int line, const char *what)
{
	conf_problem(c->l->problems, c->file, line, NULL, "%s", what);
	c->bad = true;
}

static bool date_of(struct span s, int64_t *ret_day)
{
	uint64_t v;
	int year, month, day;

	if (s.n != 8 || !span_u64(s, &v))
		return false;
	year = (int)(v / 10000);
	month = (int)(v / 100 % 100);
	day = (int)(v % 100);
	if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 ||
	    day > civil_month_length(year, month))
		return false;
	*ret_day = civil_days(year, month, day);
	return true;
}

static void civil_of(int64_t day, struct civil *ret_civil)
{
	civil_from_utc(day * DAY_S, ret_civil);
}

static void add(struct ics *c, struct policy_holiday h)
{
	if (c->n == ICS_HOLIDAYS_MAX) {
		if (!c->bad)
			bad(c, c->line, "there are too many holidays in this file");
		return;
	}
	h.name = c->event.name;
	c->v[c->n++] = h;
}

static void add_date(struct ics *c, int64_t day)
{
	struct civil d;

	civil_of(day, &d);
	add(c, (struct policy_holiday){
		   .rule = HOLIDAY_DATE, .year = d.year, .month = d.month, .day = d.day });
}

/* The day on which the event's rule falls in a year; NO_DAY: it has none (29 February). */
static int64_t day_in_year(const struct event *e, int year)
{
	struct civil d;
	int month, length, first;

	civil_of(e->start, &d);
	month = e->rule.month ? e->rule.month : d.month;
	length = civil_month_length(year, month);
	if (e->rule.nth) {
		int64_t begin = civil_days(year, month, 1);

		first = 1 + (e->rule.weekday - civil_weekday(begin) + 7) % 7;
		if (e->rule.nth > 0)
			first += (e->rule.nth - 1) * 7;
		else
			first += (length - first) / 7 * 7;
		return first <= length ? civil_days(year, month, first) : NO_DAY;
	}
	d.day = e->rule.day ? e->rule.day : d.day;
	return d.day <= length ? civil_days(year, month, d.day) : NO_DAY;
}

/* A rule that ends is written out as dates. */
static void add_ending(struct ics *c)
{
	const struct event *e = &c->event;
	int64_t left = e->rule.with_count ? e->rule.count : ICS_YEARS_MAX;
	struct civil d;

	civil_of(e->start, &d);
	for (int year = d.year; left > 0 && year < d.year + ICS_YEARS_MAX; year++) {
		int64_t day = day_in_year(e, year);

		if (e->rule.with_until && day > e->rule.until)
			return;
		if (day < e->start)
			continue;
		left--;
		for (int64_t i = 0; i < e->end - e->start; i++)
			add_date(c, day + i);
	}
}

static void add_endless(struct ics *c)
{
	const struct event *e = &c->event;
	struct civil d;

	if (e->rule.nth) {
		civil_of(e->start, &d);
		add(c, (struct policy_holiday){ .rule = HOLIDAY_NTH_WEEKDAY,
						.month = e->rule.month ? e->rule.month : d.month,
						.weekday = e->rule.weekday,
						.nth = e->rule.nth });
		return;
	}
	for (int64_t i = 0; i < e->end - e->start; i++) {
		civil_of(e->start + i, &d);
		if (i == 0 && e->rule.month)
			d.month = e->rule.month;
		if (i == 0 && e->rule.day)
			d.day = e->rule.day;
		add(c, (struct policy_holiday){
			   .rule = HOLIDAY_YEARLY, .month = d.month, .day = d.day });
	}
}

static const char *wrong_event(const struct event *e)
{
	bool moved = e->rule.month || e->rule.day || e->rule.nth;

	if (!e->has_start)
		return "this event has no DTSTART; correct or remove it";
	if (e->end <= e->start)
		return "this event ends before it begins; DTEND is the day after the last one";
	if (e->end - e->start > ICS_EVENT_DAYS_MAX)
		return "this event is longer than a month; is it a holiday?";
	if (moved && e->end - e->start > 1)
		return "a rule with BYMONTH, BYMONTHDAY or BYDAY for several days cannot be read; "
		       "write an event for each day";
	return NULL;
}

static void end_event(struct ics *c)
{
	struct event *e = &c->event;
	const char *wrong;

	e->open = false;
	if (e->cancelled)
		return;
	if (!e->has_end)
		e->end = e->start + 1;
	wrong = wrong_event(e);
	if (wrong)
		bad(c, e->line, wrong);
	else if (!e->rule.there)
		for (int64_t day = e->start; day < e->end; day++)
			add_date(c, day);
	else if (e->rule.with_count || e->rule.with_until)
		add_ending(c);
	else
		add_endless(c);
}

static void read_date(struct ics *c, struct span value, int64_t *ret_day, bool *ret_there)
{
	if (*ret_there)
		bad(c, c->line, "this event has the same property twice");
	else if (value.n > 8 && (value.p[8] == 'T' || value.p[8] == 't'))
		bad(c, c->line, "has a time of day; only whole days (VALUE=DATE) are holidays");
	else if (!date_of(value, ret_day))
		bad(c, c->line, "is no date like 20261225");
	*ret_there = true;
}

/* "4TH", "-1MO": the Nth weekday of a month. */
static bool read_byday(struct span s, struct rule *r)
{
	static const char *const names[7] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
	bool minus = s.n && s.p[0] == '-';
	uint64_t nth;

	if (s.n && (minus || s.p[0] == '+'))
		s = span_sub(s, 1, SIZE_MAX);
	if (s.n != 3 || !span_u64(span_sub(s, 0, 1), &nth) || nth < 1 || nth > 5)
		return false;
	if (minus && nth != 1)
		return false;
	r->nth = minus ? -1 : (int)nth;
	for (int i = 0; i < 7; i++)
		if (span_is_ci(span_sub(s, 1, 2), names[i])) {
			r->weekday = i;
			return true;
		}
	return false;
}

static bool read_number(struct span s, uint64_t max, int *ret)
{
	uint64_t v;

	if (!span_u64(s, &v) || v < 1 || v > max)
		return false;
	*ret = (int)v;
	return true;
}

static bool read_rule_part(struct span key, struct span value, struct rule *r)
{
	int one;

	if (span_is_ci(key, "FREQ"))
		return r->yearly = span_is_ci(value, "YEARLY");
	if (span_is_ci(key, "BYMONTH"))
		return read_number(value, 12, &r->month);
	if (span_is_ci(key, "BYMONTHDAY"))
		return read_number(value, 31, &r->day);
	if (span_is_ci(key, "BYDAY"))
		return read_byday(value, r);
	if (span_is_ci(key, "INTERVAL"))
		return read_number(value, 1, &one);
	if (span_is_ci(key, "COUNT"))
		return r->with_count = span_i64(value, &r->count) && r->count > 0;
	if (span_is_ci(key, "UNTIL"))
		return r->with_until = date_of(span_sub(value, 0, 8), &r->until);
	return span_is_ci(key, "WKST");
}

static void read_rule(struct ics *c, struct span value)
{
	struct rule *r = &c->event.rule;
	bool ok = !r->there;

	r->there = true;
	while (value.n && ok) {
		struct span part = span_cut(&value, ';'), key = span_cut(&part, '=');

		ok = read_rule_part(key, part, r);
	}
	if (!ok || !r->yearly || (r->nth && r->day) || ((r->nth || r->day) && !r->month))
		bad(c, c->line,
		    "is no rule that holidays can have; FREQ=YEARLY with BYMONTH, with it "
		    "BYMONTHDAY or BYDAY=4TH, UNTIL or COUNT");
}

/* RFC 5545 section 3.3.11: \, \; \\ and \n. */
static const char *unescape(struct arena *a, struct span s)
{
	struct buf out BUF_AUTO;

	buf_init(&out, ICS_NAME_MAX);
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];

		if (ch == '\\' && i + 1 < s.n) {
			ch = s.p[++i];
			if (ch == 'n' || ch == 'N')
				ch = ' ';
		}
		buf_addc(&out, (unsigned char)ch < ' ' ? ' ' : ch);
	}
	return arena_cstr(a, utf8_prefix(buf_span(&out), ICS_NAME_MAX));
}

static void event_property(struct ics *c, struct span name, struct span value)
{
	struct event *e = &c->event;

	if (span_is_ci(name, "DTSTART"))
		read_date(c, value, &e->start, &e->has_start);
	else if (span_is_ci(name, "DTEND"))
		read_date(c, value, &e->end, &e->has_end);
	else if (span_is_ci(name, "RRULE"))
		read_rule(c, value);
	else if (span_is_ci(name, "SUMMARY"))
		e->name = unescape(c->l->arena, value);
	else if (span_is_ci(name, "STATUS"))
		e->cancelled = span_is_ci(value, "CANCELLED");
	else if (span_is_ci(name, "EXDATE") || span_is_ci(name, "RDATE") ||
		 span_is_ci(name, "DURATION"))
		bad(c, c->line,
		    "EXDATE, RDATE and DURATION cannot be read; write the days as events of their "
		    "own");
}

static void component(struct ics *c, bool begin, struct span what)
{
	if (span_is_ci(what, "VCALENDAR")) {
		c->calendar_seen |= begin;
		c->calendar_open = begin;
	} else if (span_is_ci(what, "VEVENT") && begin) {
		if (c->event.open)
			bad(c, c->line, "an event begins inside of another; END:VEVENT is missing");
		c->event = (struct event){ .line = c->line, .open = true };
		c->inside = 0;
	} else if (span_is_ci(what, "VEVENT")) {
		if (c->event.open)
			end_event(c);
		else
			bad(c, c->line, "an event ends that did not begin");
	} else if (c->event.open) {
		c->inside += begin ? 1 : c->inside ? -1 : 0;
	}
}

/* name *(";" param) ":" value; a parameter in quotes may hold a colon. */
static bool split(struct span line, struct span *ret_name, struct span *ret_value)
{
	bool quoted = false;
	size_t name_end = SIZE_MAX;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		if (!quoted && line.p[i] == ';' && name_end == SIZE_MAX)
			name_end = i;
		if (!quoted && line.p[i] == ':') {
			*ret_name = span_sub(line, 0, name_end < i ? name_end : i);
			*ret_value = span_trim(span_sub(line, i + 1, SIZE_MAX));
			return ret_name->n > 0;
		}
	}
	return false;
}

static void property(struct ics *c, struct span line)
{
	struct span name, value;

	if (!c->calendar_seen && !span_is_ci(span_trim(line), "BEGIN:VCALENDAR"))
		bad(c, c->line, "does not begin with BEGIN:VCALENDAR; this is no .ics file");
	else if (!split(line, &name, &value))
		bad(c, c->line, "is no property (NAME:value) of an .ics file");
	else if (span_is_ci(name, "BEGIN") || span_is_ci(name, "END"))
		component(c, span_is_ci(name, "BEGIN"), value);
	else if (c->event.open && c->inside == 0)
		event_property(c, name, value);
}

/* Lines are folded: one that begins with a space or tab goes on with the line before it. */
static void properties(struct ics *c, struct span text)
{
	struct buf whole BUF_AUTO;
	struct span line;
	int number = 0;

	buf_init(&whole, ICS_LINE_MAX);
	while (!c->bad && span_line(&text, &line)) {
		number++;
		if (line.n && (line.p[0] == ' ' || line.p[0] == '\t')) {
			buf_add(&whole, span_sub(line, 1, SIZE_MAX));
			continue;
		}
		if (whole.n)
			property(c, buf_span(&whole));
		buf_clear(&whole);
		buf_add(&whole, line);
		c->line = number;
	}
	if (!c->bad && whole.n)
		property(c, buf_span(&whole));
	if (!c->bad && (!c->calendar_seen || c->calendar_open || c->event.open))
		bad(c, number, "ends in the middle; END:VCALENDAR is missing");
}

const char *ics_read(struct loader *l, const char *file, struct policy_holiday **ret_v,
		     size_t *ret_n)
{
	struct ics c = { .l = l, .file = file };
	struct span text = SPAN_NONE;
	const char *complaint;

	if (!files_read(l->conf->files, file, ICS_FILE_MAX, &text, &complaint))
		return complaint;
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = span_sub(text, 3, SIZE_MAX);
	if (!utf8_valid(text))
		return "is not UTF-8; this is no .ics file";
	c.v = arena_alloc_n(&l->scratch, ICS_HOLIDAYS_MAX, sizeof(*c.v));
	properties(&c, text);
	*ret_v = arena_alloc_n(l->arena, c.n, sizeof(**ret_v));
	if (c.n)
		memcpy(*ret_v, c.v, c.n * sizeof(**ret_v));
	*ret_n = c.n;
	return NULL;
}
