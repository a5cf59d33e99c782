#include "gatewayd/case/when.h"

#include "conf/words.h"
#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/units.h"

enum { NUMBERS_MAX = 3, TEXT_MAX = 200, NAME_MIN = 2, YEAR_MIN = 1000 };

enum unit { UNIT_NONE, UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH };

enum { AHEAD_NONE = -100 };

struct said {
	int numbers[NUMBERS_MAX];
	int count;
	int day, month, year; /* 0: not said */
	int weekday;	      /* -1: not said */
	int ahead;	      /* "today" 0, "tomorrow" 1; AHEAD_NONE: not said */
	enum unit unit;
	int hour, minute; /* -1: not said */
};

/* --- words --- */

static const struct {
	const char *text;
	enum unit unit;
} units[] = {
	{ "minute", UNIT_MINUTE },  { "minutes", UNIT_MINUTE }, { "min", UNIT_MINUTE },
	{ "minuten", UNIT_MINUTE }, { "hour", UNIT_HOUR },	{ "hours", UNIT_HOUR },
	{ "h", UNIT_HOUR },	    { "stunde", UNIT_HOUR },	{ "stunden", UNIT_HOUR },
	{ "std", UNIT_HOUR },	    { "day", UNIT_DAY },	{ "days", UNIT_DAY },
	{ "d", UNIT_DAY },	    { "tag", UNIT_DAY },	{ "tage", UNIT_DAY },
	{ "tagen", UNIT_DAY },	    { "week", UNIT_WEEK },	{ "weeks", UNIT_WEEK },
	{ "w", UNIT_WEEK },	    { "woche", UNIT_WEEK },	{ "wochen", UNIT_WEEK },
	{ "month", UNIT_MONTH },    { "months", UNIT_MONTH },	{ "monat", UNIT_MONTH },
	{ "monate", UNIT_MONTH },   { "monaten", UNIT_MONTH },
};

static const struct {
	const char *text;
	int days;
} aheads[] = { { "today", 0 },	    { "heute", 0 },	  { "tomorrow", 1 },
	       { "morgen", 1 },	    { "uebermorgen", 2 }, { "overmorrow", 2 },
	       { "yesterday", -1 }, { "gestern", -1 },	  { "vorgestern", -2 } };

/* A number in words. */
static const char *const ones[] = { "a", "an", "one", "ein", "eine", "einem", "einen", "einer" };

/* They say nothing. */
static const char *const fillers[] = { "in",  "until", "till", "on",   "the",	 "of",	"at",
				       "for", "next",  "from", "now",  "and",	 "to",	"bis",
				       "zum", "am",    "um",   "uhr",  "den",	 "der", "dem",
				       "ab",  "und",   "fuer", "incl", "einschl" };

static bool is_one_of(struct span word, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(word, v[i]))
			return true;
	return false;
}

static struct span folded(const struct desk *d, struct span text)
{
	struct buf out BUF_AUTO;

	buf_init(&out, TEXT_MAX);
	lexicon_fold(text, &out);
	return arena_dup(d->arena, span_trim(buf_span(&out)));
}

/* The word of a row of 12 months or 7 days that begins so ("dec", "fri"); -1: none, or several. */
static int name_find(const struct desk *d, const struct words *w, enum word first, int n,
		     struct span word)
{
	int found = -1;

	for (int i = 0; i < n && word.n >= NAME_MIN; i++) {
		struct span name = folded(d, words_get(w, (enum word)((int)first + i)));

		if (span_eq(name, word))
			return i;
		if (span_starts(name, word))
			found = found < 0 ? i : n;
	}
	return found < n ? found : -1;
}

static int name_any(const struct desk *d, const struct words *w, enum word first, int n,
		    struct span word)
{
	int found = name_find(d, w, first, n, word);

	return found < 0 ? name_find(d, words_find(d->conf, NULL, "en"), first, n, word) : found;
}

/* --- one word --- */

static bool add_number(struct said *s, uint64_t n)
{
	if (s->count == NUMBERS_MAX || n > 9999)
		return false;
	s->numbers[s->count++] = (int)n;
	return true;
}

/* "5", "5.", "5th", "3d" */
static bool read_number(struct span word, struct said *s)
{
	static const char *const ends[] = { "", "st", "nd", "rd", "th" };
	struct span digits = word, end;
	size_t n = 0;
	uint64_t number;

	while (n < word.n && ascii_is_digit((unsigned char)word.p[n]))
		n++;
	digits = span_sub(word, 0, n);
	end = span_sub(word, n, SIZE_MAX);
	if (!span_u64(digits, &number) || !add_number(s, number))
		return false;
	if (is_one_of(end, ends, sizeof(ends) / sizeof(*ends)))
		return true;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units) && !s->unit; i++)
		if (span_is(end, units[i].text))
			s->unit = units[i].unit;
	return s->unit != UNIT_NONE;
}

/* "14:00" */
static bool read_clock(struct span word, struct said *s)
{
	struct span minutes = word, hours = span_cut(&minutes, ':');
	uint64_t hour, minute;

	if (hours.n == word.n || !span_u64(hours, &hour) || !span_u64(minutes, &minute) ||
	    hour > 23 || minute > 59 || s->hour >= 0)
		return false;
	s->hour = (int)hour;
	s->minute = (int)minute;
	return true;
}

/* "5.12", "5.12.2026" */
static bool read_dotted(struct span word, struct said *s)
{
	struct span rest = word, day = span_cut(&rest, '.'), month = span_cut(&rest, '.');
	uint64_t v[3] = { 0 };

	if (!span_u64(day, &v[0]) || !span_u64(month, &v[1]) ||
	    (rest.n && !span_u64(rest, &v[2])) || v[0] > 31 || v[1] > 12 || v[2] > 9999 || s->day)
		return false;
	s->day = (int)v[0];
	s->month = (int)v[1];
	s->year = v[2] && v[2] < 100 ? (int)v[2] + 2000 : (int)v[2];
	return true;
}

static bool read_named(const struct desk *d, const struct words *w, struct span word,
		       struct said *s)
{
	int month = name_any(d, w, WORD_JANUARY, 12, word);
	int weekday = name_any(d, w, WORD_SUNDAY, 7, word);

	if (month >= 0 && !s->month)
		s->month = month + 1;
	else if (weekday >= 0 && s->weekday < 0)
		s->weekday = weekday;
	else
		return false;
	return true;
}

static bool read_word(const struct desk *d, const struct words *w, struct span word, struct said *s)
{
	if (ascii_is_digit((unsigned char)word.p[0]))
		return memchr(word.p, ':', word.n)   ? read_clock(word, s)
		       : memchr(word.p, '.', word.n) ? read_dotted(word, s)
						     : read_number(word, s);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (span_is(word, units[i].text)) {
			s->unit = units[i].unit;
			return true;
		}
	for (size_t i = 0; i < sizeof(aheads) / sizeof(*aheads); i++)
		if (span_is(word, aheads[i].text)) {
			s->ahead = aheads[i].days;
			return true;
		}
	if (is_one_of(word, ones, sizeof(ones) / sizeof(*ones)))
		return add_number(s, 1);
	return is_one_of(word, fillers, sizeof(fillers) / sizeof(*fillers)) ||
	       read_named(d, w, word, s);
}

static bool read_all(const struct desk *d, const struct words *w, struct span text, struct said *s)
{
	struct span rest = folded(d, text);
	bool any = false;

	*s = (struct said){ .weekday = -1, .ahead = AHEAD_NONE, .hour = -1, .minute = -1 };
	while (rest.n) {
		size_t n = 0;
		struct span word;

		while (n < rest.n && !strchr(" ,;()\n", rest.p[n]))
			n++;
		word = span_sub(rest, 0, n);
		rest = span_sub(rest, n + 1, SIZE_MAX);
		while (word.n && strchr(".!:", word.p[word.n - 1]))
			word.n--;
		if (word.n && !read_word(d, w, word, s))
			return false;
		any |= word.n > 0;
	}
	return any;
}

/* --- what it adds up to --- */

static void local_now(const struct desk *d, const char *zone, struct civil *ret)
{
	const struct zone *z = desk_zone(d, zone);

	if (z)
		zone_to_local(z, d->now, ret);
	else
		civil_from_utc(d->now, ret);
}

static int64_t to_utc(const struct desk *d, const char *zone, const struct civil *c)
{
	const struct zone *z = desk_zone(d, zone);

	return z ? zone_to_utc(z, c) : civil_to_utc(c);
}

static void add_days(struct civil *c, int64_t days)
{
	struct civil then;

	civil_from_utc((civil_days(c->year, c->month, c->day) + days) * DAY_S, &then);
	c->year = then.year;
	c->month = then.month;
	c->day = then.day;
}

int64_t when_day(const struct desk *d, const char *zone, int64_t at, int days, int hour)
{
	struct desk then = *d;
	struct civil c;

	then.now = at;
	local_now(&then, zone, &c);
	add_days(&c, days);
	c.hour = hour;
	c.minute = c.second = 0;
	return to_utc(d, zone, &c);
}

/* "3 days": the day that is so much later; of hours the instant. */
static bool resolve_span(const struct desk *d, const char *zone, const struct said *s,
			 struct when *r)
{
	static const int days[] = { [UNIT_DAY] = 1, [UNIT_WEEK] = 7, [UNIT_MONTH] = 30 };
	int64_t n = s->numbers[0];

	if (s->count != 1 || s->day || s->month || s->weekday >= 0 || s->ahead != AHEAD_NONE || !n)
		return false;
	r->is_span = true;
	r->is_day = s->unit >= UNIT_DAY && s->hour < 0;
	if (s->unit == UNIT_HOUR || s->unit == UNIT_MINUTE) {
		r->at = d->now + n * (s->unit == UNIT_HOUR ? HOUR_S : 60);
		return s->hour < 0;
	}
	if (n > WHEN_DAYS_MAX)
		return false;
	r->at = when_day(d, zone, d->now, (int)n * days[s->unit], s->hour < 0 ? 0 : s->hour) +
		(s->hour < 0 ? 0 : s->minute * 60);
	return true;
}

/* Day, month and year from the numbers beside them: "5 December 2026", "2026 12 05". */
static bool take_numbers(struct said *s)
{
	if (s->count == 3 && s->numbers[0] >= YEAR_MIN && !s->month && !s->day) {
		s->year = s->numbers[0];
		s->month = s->numbers[1];
		s->day = s->numbers[2];
		return true;
	}
	for (int i = 0; i < s->count; i++) {
		if (s->numbers[i] >= YEAR_MIN && !s->year)
			s->year = s->numbers[i];
		else if (s->month && !s->day)
			s->day = s->numbers[i];
		else if (s->hour < 0 && s->numbers[i] < 24) /* "at 9", "9 Uhr" */
			s->hour = s->numbers[i], s->minute = 0;
		else
			return false;
	}
	return true;
}

static bool is_date(const struct civil *c)
{
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= civil_month_length(c->year, c->month);
}

/* The day that was said, from today on. */
static bool resolve_day(const struct said *s, const struct civil *today, struct civil *c)
{
	int64_t now = civil_days(today->year, today->month, today->day);

	if (s->day || s->month || s->year) {
		c->year = s->year ? s->year : today->year;
		c->month = s->month;
		c->day = s->day;
		if (!s->year && c->month && c->day && is_date(c) &&
		    civil_days(c->year, c->month, c->day) < now)
			c->year++;
		return is_date(c);
	}
	if (s->ahead != AHEAD_NONE)
		add_days(c, s->ahead);
	else if (s->weekday >= 0)
		add_days(c, (s->weekday - civil_weekday(now) + 6) % 7 + 1);
	return true;
}

static bool resolve_date(const struct desk *d, const char *zone, struct said *s, struct when *r)
{
	struct civil today, c;
	bool named = s->weekday >= 0 || s->ahead != AHEAD_NONE;

	if (!take_numbers(s) || (s->day && !s->month))
		return false;
	if (!named && !s->day && s->hour < 0)
		return false;
	local_now(d, zone, &today);
	c = today;
	if (!resolve_day(s, &today, &c))
		return false;
	r->is_day = s->hour < 0;
	c.hour = r->is_day ? 0 : s->hour;
	c.minute = r->is_day ? 0 : s->minute;
	c.second = 0;
	r->at = to_utc(d, zone, &c);
	if (!r->is_day && !named && !s->day && r->at <= d->now) { /* "9:00", said at ten */
		add_days(&c, 1);
		r->at = to_utc(d, zone, &c);
	}
	return true;
}

/* Wherever it lies. */
static bool resolve(const struct desk *d, const struct words *w, const char *zone, struct span text,
		    struct when *ret)
{
	struct said s;

	*ret = (struct when){ 0 };
	return read_all(d, w, text, &s) &&
	       (s.unit ? resolve_span(d, zone, &s, ret) : resolve_date(d, zone, &s, ret));
}

static bool is_over(const struct desk *d, const struct when *r)
{
	return r->at + (r->is_day ? DAY_S : 0) <= d->now;
}

bool when_is_past(const struct desk *d, const struct words *w, const char *zone, struct span text)
{
	struct when r;

	return resolve(d, w, zone, text, &r) && is_over(d, &r);
}

bool when_read(const struct desk *d, const struct words *w, const char *zone, struct span text,
	       struct when *ret_when)
{
	struct when r;

	if (!resolve(d, w, zone, text, &r))
		return false;
	if (r.at > d->now + (int64_t)WHEN_DAYS_MAX * DAY_S || is_over(d, &r))
		return false;
	*ret_when = r;
	return true;
}
