#include "parser/forward_date.h"

#include <stdio.h>

#include "parser/date.h"
#include "parser/reply_fold.h"

enum {
	TOKENS_MAX = 32,
	REST_MAX = 64, /* bytes behind the time in which a zone is looked for */
	NUMBER_DIGITS_MAX = 8,
};

/* A run of digits or of letters. */
struct token {
	size_t from, to;
	int value; /* of digits; -1: letters */
	bool used;
};

struct tokens {
	struct span s;
	struct token v[TOKENS_MAX];
	size_t n;
	int year, month, day;
	int hour, minute, second;
	size_t rest; /* behind the time */
	bool pm, am;
};

static const struct {
	struct span name;
	int month;
} months[] = {
#define MONTH(number, name) { SPAN_LITERAL(name), number },
#include "parser/tables/month_names.h"
#undef MONTH
};

static const struct {
	struct span word;
	bool pm;
} halves[] = {
	{ SPAN_LITERAL("am"), false },	 { SPAN_LITERAL("pm"), true },
	{ SPAN_LITERAL("上午"), false }, { SPAN_LITERAL("下午"), true },
	{ SPAN_LITERAL("午前"), false }, { SPAN_LITERAL("午後"), true },
	{ SPAN_LITERAL("오전"), false }, { SPAN_LITERAL("오후"), true },
};

static bool is_wide(char c)
{
	return (unsigned char)c >= 0x80;
}

/* Thai shortens its months with full stops inside: "พ.ย." */
static size_t word_end(struct span s, size_t i)
{
	while (i < s.n && (ascii_is_alpha((unsigned char)s.p[i]) || is_wide(s.p[i]) ||
			   (s.p[i] == '.' && i > 0 && is_wide(s.p[i - 1]) && i + 1 < s.n &&
			    is_wide(s.p[i + 1]))))
		i++;
	return i;
}

static size_t number_end(struct span s, size_t i, int *ret_value)
{
	size_t from = i;

	*ret_value = 0;
	while (i < s.n && ascii_is_digit((unsigned char)s.p[i])) {
		if (i - from < NUMBER_DIGITS_MAX)
			*ret_value = *ret_value * 10 + (s.p[i] - '0');
		i++;
	}
	return i;
}

static void split(struct tokens *t)
{
	for (size_t i = 0; i < t->s.n && t->n < TOKENS_MAX;) {
		int value = -1;
		size_t end = word_end(t->s, i);

		if (end == i)
			end = number_end(t->s, i, &value);
		if (end == i) {
			i++;
			continue;
		}
		t->v[t->n++] = (struct token){ .from = i, .to = end, .value = value };
		i = end;
	}
}

static struct span word(const struct tokens *t, size_t k)
{
	return span_sub(t->s, t->v[k].from, t->v[k].to - t->v[k].from);
}

static bool is_number(const struct tokens *t, size_t k, size_t digits_max)
{
	return k < t->n && t->v[k].value >= 0 && !t->v[k].used &&
	       t->v[k].to - t->v[k].from <= digits_max;
}

/* What stands between two tokens. */
static struct span gap(const struct tokens *t, size_t k)
{
	return span_sub(t->s, t->v[k].to, t->v[k + 1].from - t->v[k].to);
}

/* "10:00", "10:00:30", and with another separator "10.00"; "10h00" has a token for the letter. */
static bool take_time(struct tokens *t, const char *separator)
{
	for (size_t k = 0; k + 1 < t->n; k++) {
		size_t next = k + 1;

		if (!is_number(t, k, 2) || t->v[k].value > 23)
			continue;
		if (span_is(word(t, next), "h") && gap(t, k).n == 0)
			next++;
		else if (!span_is(gap(t, k), separator))
			continue;
		if (!is_number(t, next, 2) || t->v[next].value > 59)
			continue;
		t->hour = t->v[k].value;
		t->minute = t->v[next].value;
		t->v[k].used = t->v[next].used = true;
		if (next + 1 < t->n && span_is(gap(t, next), separator) &&
		    is_number(t, next + 1, 2)) {
			t->second = t->v[++next].value;
			t->v[next].used = true;
		}
		t->rest = t->v[next].to;
		return true;
	}
	return false;
}

/* "." "/" "-", a blank behind it or not; years and months of East Asia are words. */
static bool is_date_gap(const struct tokens *t, size_t k, size_t *ret_next)
{
	struct span g = span_trim(gap(t, k));

	*ret_next = k + 1;
	if (g.n == 1 && strchr("./-", *g.p))
		return true;
	g = word(t, k + 1);
	*ret_next = k + 2;
	return span_is(g, "年") || span_is(g, "月") || span_is(g, "년") || span_is(g, "월");
}

static void set_date(struct tokens *t, int a, int b, int c, bool slash)
{
	bool month_first = slash && (b > 12 || (a <= 12 && t->am) || (a <= 12 && t->pm));

	if (a > 31) {
		t->year = a;
		t->month = b;
		t->day = c;
	} else {
		t->day = month_first ? b : a;
		t->month = month_first ? a : b;
		t->year = c < 100 ? c + 2000 : c;
	}
}

static bool take_numbers(struct tokens *t)
{
	for (size_t k = 0; k + 2 < t->n; k++) {
		size_t b, c;

		if (!is_number(t, k, 4) || !is_date_gap(t, k, &b) || !is_number(t, b, 2) ||
		    b + 1 >= t->n || !is_date_gap(t, b, &c) || !is_number(t, c, 4))
			continue;
		set_date(t, t->v[k].value, t->v[b].value, t->v[c].value, span_is(gap(t, k), "/"));
		t->v[k].used = t->v[b].used = t->v[c].used = true;
		return true;
	}
	return false;
}

/* The month that a word is; 0: none.  Hebrew puts a letter for "in" before it. */
static int month_of(struct span w)
{
	size_t best = 0;
	int month = 0;

	if (span_starts(w, SPAN("ב")))
		w = span_sub(w, 2, SIZE_MAX);
	for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++)
		if (months[i].name.n > best && span_starts(w, months[i].name)) {
			best = months[i].name.n;
			month = months[i].month;
		}
	return month;
}

static size_t year_at(const struct tokens *t)
{
	for (size_t k = 0; k < t->n; k++)
		if (is_number(t, k, 4) && t->v[k].value >= 1970 && t->v[k].value < 2200)
			return k;
	return SIZE_MAX;
}

/* The month's word that stands nearest to the year: "mar. 24 nov. 2026" is no March. */
static size_t month_at(struct tokens *t, size_t year)
{
	size_t best = SIZE_MAX;

	for (size_t k = 0; k < t->n; k++) {
		bool nearer = best == SIZE_MAX || k < year ||
			      k - year < (best < year ? year - best : best - year);
		int month = 0;

		if (t->v[k].value >= 0 || !nearer)
			continue;
		if (span_is(word(t, k), "thg") || span_is(word(t, k), "tháng"))
			month = is_number(t, k + 1, 2) ? t->v[k + 1].value : 0;
		if (month)
			t->v[k + 1].used = true;
		else
			month = month_of(word(t, k));
		if (month) {
			best = k;
			t->month = month;
		}
	}
	return best;
}

/* The number before the month's word, else the one behind it. */
static void take_day(struct tokens *t, size_t month)
{
	for (size_t k = month; k-- > 0;)
		if (is_number(t, k, 2)) {
			t->day = t->v[k].value;
			return;
		}
	for (size_t k = month + 1; k < t->n; k++)
		if (is_number(t, k, 2)) {
			t->day = t->v[k].value;
			return;
		}
}

static bool take_words(struct tokens *t)
{
	size_t year = year_at(t), month;

	if (year == SIZE_MAX)
		return false;
	t->v[year].used = true;
	month = month_at(t, year);
	if (month == SIZE_MAX)
		return false;
	t->year = t->v[year].value;
	take_day(t, month);
	return t->day > 0;
}

static void find_half(struct tokens *t)
{
	for (size_t k = 0; k < t->n; k++)
		for (size_t i = 0; t->v[k].value < 0 && i < sizeof(halves) / sizeof(*halves); i++)
			if (span_eq(word(t, k), halves[i].word)) {
				t->pm |= halves[i].pm;
				t->am |= !halves[i].pm;
			}
}

bool forward_date(struct span s, int64_t *ret_at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct reply_folded f;
	struct tokens t = { 0 };
	char text[REST_MAX + 64];
	struct span rest;

	reply_fold(&f, s);
	t.s = reply_folded_span(&f);
	split(&t);
	find_half(&t);
	if (!take_time(&t, ":"))
		t.rest = t.s.n;
	if (!take_numbers(&t) && !take_words(&t))
		return false;
	if (t.rest == t.s.n)
		take_time(&t, ".");
	if (t.month < 1 || t.month > 12)
		return false;
	rest = span_sub(t.s, t.rest, REST_MAX);
	snprintf(text, sizeof(text), "%d %.3s %d %d:%02d:%02d %s %.*s", t.day,
		 names + 3 * (t.month - 1), t.year, t.hour, t.minute, t.second,
		 t.pm	? "pm"
		 : t.am ? "am"
			: "",
		 (int)rest.n, rest.p);
	return date_parse(span_of(text), ret_at);
}
