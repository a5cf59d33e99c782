#include "parser/reply_divider.h"

#include "parser/reply_attribution.h"
#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	DIVIDER_LINE_MAX = 200,
	ABOVE_LINE_MAX = 160, /* bytes of a line that is set in marks */
	ABOVE_PLAIN_MAX = 90, /* and of one that is not */
};

static const struct divider {
	const char *lang;
	enum reply_divider is;
	char first;
	struct span words;
} dividers[] = {
#define DIVIDER(lang, words) { lang, REPLY_DIVIDER_MESSAGE, (words)[0], SPAN_LITERAL(words) },
#define LOOSE(lang, words)   { lang, REPLY_DIVIDER_LOOSE, (words)[0], SPAN_LITERAL(words) },
#define FORWARD(lang, words) { lang, REPLY_DIVIDER_FORWARD, (words)[0], SPAN_LITERAL(words) },
#include "parser/tables/reply_dividers.h"
#undef DIVIDER
#undef LOOSE
#undef FORWARD
};

static const struct above {
	const char *lang;
	struct sieve_phrase phrase;
} aboves[] = {
#define ABOVE(lang, words) { lang, SIEVE_PHRASE(words) },
#include "parser/tables/reply_above.h"
#undef ABOVE
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* The line begins with a mark that lines of letters do not begin with. */
static bool starts_with_mark(struct span line)
{
	if (line.n == 0)
		return false;
	switch ((unsigned char)*line.p) {
	case '-':
	case '_':
	case '=':
	case '*':
	case '~':
	case '#':
	case '+':
	case '<':
	case '[':
	case '(':
	case '{':
	case '|':
	case 0xe2: /* dashes and bullets */
	case 0xef: /* wide forms */ return true;
	default: return false;
	}
}

static bool is_mark(char c)
{
	return strchr("-_=~#+<>[](){}|*. ", c) != NULL;
}

bool reply_is_rule(struct span line)
{
	struct reply_folded f;
	size_t marks = 0;

	if (!starts_with_mark(line) || line.n > DIVIDER_LINE_MAX)
		return false;
	for (size_t i = 0; i < line.n; i++)
		marks += line.p[i] == '*';
	if (marks == line.n)
		return line.n >= 2;
	reply_fold(&f, line);
	for (size_t i = 0; i < f.n; i++)
		if (!strchr("-_=~# ", f.p[i]))
			return false;
	return f.n >= 2;
}

bool reply_is_above_line(struct span line)
{
	struct reply_folded f;
	struct sieve sieve;

	if (line.n > ABOVE_LINE_MAX || (line.n > ABOVE_PLAIN_MAX && !starts_with_mark(line)))
		return false;
	reply_fold(&f, line);
	sieve = sieve_of(reply_folded_span(&f));
	for (size_t i = 0; i < COUNT(aboves); i++)
		if (sieve_may_hold(&sieve, &aboves[i].phrase) &&
		    span_find(reply_folded_span(&f), aboves[i].phrase.words) != SIZE_MAX)
			return true;
	return false;
}

/* --- dividers --- */

/* "On Mon, 5 Feb 2018 10:00:00 +0530 Ann <ann@example.com> wrote" between dashes. */
static bool is_dashed_attribution(struct span s)
{
	struct reply_evidence e;

	reply_evidence_find(s, &e);
	bool date = e.year || e.date || e.time;
	return (e.address && date) || reply_attribution_has_verb(s);
}

/* >>> Ann 3/5/2019 10:00 >>> */
static bool is_groupwise(struct span line)
{
	struct reply_evidence e;

	if (!(span_starts(line, SPAN(">>> ")) && span_ends_ci(line, SPAN(" >>>"))))
		return false;
	reply_evidence_find(line, &e);
	return e.date || e.year || e.time || e.address;
}

static enum reply_divider loosely(enum reply_divider is)
{
	return is == REPLY_DIVIDER_FORWARD ? REPLY_DIVIDER_LOOSE_FORWARD : REPLY_DIVIDER_LOOSE;
}

/*
 * The words between marks, with a date or an address behind them ("Forwarded by Ann on 3 May
 * 2019"): without those, what stands below must show what it is.
 */
static enum reply_divider match(const struct divider *d, struct span inner, bool marked)
{
	struct reply_evidence e;

	if (d->first != *inner.p || !span_starts(inner, d->words))
		return REPLY_DIVIDER_NONE;
	if (inner.n == d->words.n && !marked)
		return d->is == REPLY_DIVIDER_FORWARD ? loosely(d->is) : REPLY_DIVIDER_NONE;
	if (inner.n == d->words.n)
		return d->is;
	if (!marked || ascii_is_alpha((unsigned char)inner.p[d->words.n]))
		return REPLY_DIVIDER_NONE;
	reply_evidence_find(inner, &e);
	return e.date || e.year || e.address ? d->is : loosely(d->is);
}

/* A line as it is compared: what stands between its marks. */
struct inner {
	struct reply_folded folded;
	struct span s;
	size_t open, close; /* bytes of marks at both ends */
};

static void look_inside(struct span line, struct inner *ret)
{
	reply_fold(&ret->folded, line);
	struct span s = reply_folded_span(&ret->folded);
	while (s.n && is_mark(*s.p))
		s = span_sub(s, 1, s.n);
	ret->open = ret->folded.n - s.n;
	while (s.n && (is_mark(s.p[s.n - 1]) || s.p[s.n - 1] == ':'))
		s.n--;
	ret->close = ret->folded.n - ret->open - s.n;
	ret->s = s;
}

enum reply_divider reply_divider_find(const struct reply_lines *l, size_t i)
{
	struct span line = reply_line_text(l, i);
	bool marked = starts_with_mark(line);
	struct inner inner;

	if (line.n > DIVIDER_LINE_MAX || l->v[i].code)
		return REPLY_DIVIDER_NONE;
	if (is_groupwise(line))
		return REPLY_DIVIDER_ATTRIBUTION;
	if (!marked && !l->v[i].colon)
		return REPLY_DIVIDER_NONE;
	look_inside(line, &inner);
	if (inner.s.n == 0)
		return REPLY_DIVIDER_NONE;
	marked = marked && (inner.open >= 2 || *line.p == '*');
	for (size_t d = 0; d < COUNT(dividers); d++) {
		enum reply_divider is = match(&dividers[d], inner.s, marked);
		if (is)
			return is;
	}
	return marked && inner.open >= 2 && inner.close >= 2 && is_dashed_attribution(inner.s)
		   ? REPLY_DIVIDER_ATTRIBUTION
		   : REPLY_DIVIDER_NONE;
}

bool reply_divider_names(struct span line)
{
	struct inner inner;
	struct reply_evidence e;

	look_inside(line, &inner);
	reply_evidence_find(inner.s, &e);
	for (size_t d = 0; (e.date || e.year || e.address) && d < COUNT(dividers); d++)
		if (span_starts(inner.s, dividers[d].words))
			return true;
	return false;
}
