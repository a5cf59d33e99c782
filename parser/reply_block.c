#include "parser/reply_block.h"

#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	DIVIDER_LINE_MAX = 200,
	ABOVE_LINE_MAX = 160,  /* bytes of a line that is set in marks */
	ABOVE_PLAIN_MAX = 90,  /* and of one that is not */
	UNDERSCORES_MIN = 5,   /* of a line of underscores */
	FIELD_NAME_MAX = 48,   /* bytes before the colon */
	FIELD_FOLD_MAX = 3,    /* lines that a value is continued on */
	QUOTED_FIELDS_MAX = 6, /* lines of a quote in which its header is looked for */
	NOTES_NAME_MAX = 16,   /* bytes of a field name on a line of its own */
	NOTES_LINES_MAX = 12,  /* lines from "To" to "Subject" */
	NOTES_ABOVE_MAX = 3,   /* lines of name and date above "To" */
	FIELD_LINES_MAX = 24,  /* lines of a block */
};

enum field_role { FROM, SENT, DATE, TO, CC, BCC, SUBJECT, OTHER, ROLE_NONE };

static const struct field {
	const char *lang;
	enum field_role role;
	struct span name;
} fields[] = {
#define FIELD(lang, role, name) { lang, role, SPAN_LITERAL(name) },
#include "parser/tables/reply_fields.h"
#undef FIELD
};

static const struct divider {
	const char *lang;
	struct span words;
	bool bare; /* a whole line without marks will do */
} dividers[] = {
#define DIVIDER(lang, words) { lang, SPAN_LITERAL(words), false },
#define FORWARD(lang, words) { lang, SPAN_LITERAL(words), true },
#include "parser/tables/reply_dividers.h"
#undef DIVIDER
#undef FORWARD
};

static const struct above {
	const char *lang;
	struct span words;
} aboves[] = {
#define ABOVE(lang, words) { lang, SPAN_LITERAL(words) },
#include "parser/tables/reply_above.h"
#undef ABOVE
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* The line begins with a mark that lines of letters do not begin with. */
static bool starts_with_mark(struct span line)
{
	if (line.n == 0)
		return false;
	return strchr("-_=*~#+<[({|\xe2\xef", *line.p) != NULL;
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
		if (sieve_may_hold(&sieve, aboves[i].words) &&
		    span_find(reply_folded_span(&f), aboves[i].words) != SIZE_MAX)
			return true;
	return false;
}

/* --- dividers --- */

static bool is_underscores(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '_')
		n++;
	return n == line.n && n >= UNDERSCORES_MIN;
}

/* "---- On Mon, 5 Feb 2018 10:00:00 +0530 Ann <ann@example.com> wrote ----" and "-----ann@x wrote:
 * -----" */
static bool is_dashed_attribution(struct span s)
{
	struct reply_evidence e;

	reply_evidence_find(s, &e);
	return (e.address && (e.year || e.date || e.time)) ||
	       reply_words_find(s, SPAN("wrote")) != SIZE_MAX;
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

static bool words_match(const struct divider *d, struct span inner, bool marked)
{
	if (!span_starts(inner, d->words))
		return false;
	if (inner.n == d->words.n)
		return marked || d->bare;
	return marked && !ascii_is_alpha((unsigned char)inner.p[d->words.n]);
}

bool reply_is_divider(const struct reply_lines *l, size_t i)
{
	struct span line = reply_line_text(l, i);
	bool marked = starts_with_mark(line);
	struct reply_folded f;

	if (line.n > DIVIDER_LINE_MAX || l->v[i].code)
		return false;
	if (is_groupwise(line) || is_underscores(line))
		return true;
	if (!marked && !l->v[i].colon)
		return false;
	reply_fold(&f, line);
	struct span inner = reply_folded_span(&f);
	while (inner.n && is_mark(*inner.p))
		inner = span_sub(inner, 1, inner.n);
	size_t open = f.n - inner.n;
	while (inner.n && (is_mark(inner.p[inner.n - 1]) || inner.p[inner.n - 1] == ':'))
		inner.n--;
	if (inner.n == 0)
		return false;
	size_t close = f.n - open - inner.n;
	marked = marked && (open >= 2 || *line.p == '*');
	for (size_t d = 0; d < COUNT(dividers); d++)
		if (words_match(&dividers[d], inner, marked))
			return true;
	return marked && open >= 2 && close >= 2 && is_dashed_attribution(inner);
}

/* --- header blocks --- */

static struct span field_name(struct span line)
{
	for (size_t i = 0; i < line.n && i < FIELD_NAME_MAX; i++)
		if (line.p[i] == ':' || span_starts(span_sub(line, i, 3), SPAN("\xef\xbc\x9a")))
			return span_sub(line, 0, i);
	return SPAN_NONE;
}

static enum field_role role_of_name(struct span name)
{
	for (size_t k = 0; name.n && k < COUNT(fields); k++)
		if (fields[k].name.n == name.n && *fields[k].name.p == *name.p &&
		    span_eq(fields[k].name, name))
			return fields[k].role;
	return ROLE_NONE;
}

static enum field_role role_of_line(struct span line)
{
	struct reply_folded f;

	reply_fold(&f, field_name(line));
	struct span name = reply_folded_span(&f);
	while (name.n && strchr("_|-[ ", *name.p))
		name = span_sub(name, 1, name.n);
	while (name.n && strchr("_ ]", name.p[name.n - 1]))
		name.n--;
	return role_of_name(name);
}

static enum field_role role_of(const struct reply_lines *l, size_t i)
{
	return l->v[i].field ? role_of_line(reply_line_text(l, i)) : ROLE_NONE;
}

static bool holds_address(struct span line)
{
	return memchr(line.p, '@', line.n) != NULL;
}

/* Enough of a mail's header to be no form that a person filled in ("From: Berlin, To: Munich"). */
static bool is_header(unsigned roles, bool address)
{
	unsigned core = roles & ((1u << FROM) | (1u << SENT) | (1u << DATE) | (1u << TO) |
				 (1u << CC) | (1u << SUBJECT));
	int kinds = __builtin_popcount(core);

	if (!(roles & (1u << FROM)))
		return kinds >= 3 && (roles & (1u << SENT)) && (roles & (1u << SUBJECT));
	if (kinds < 3)
		return kinds == 2 && address && (roles & ((1u << SENT) | (1u << DATE)));
	return address || (roles & ((1u << SENT) | (1u << SUBJECT)));
}

/* "From: Ann [mailto:ann@example.com] Sent: Monday, 5 May 2018 To: Bob Subject: Printer", all on
 * one line. */
static bool is_header_line(const struct reply_lines *l, size_t i)
{
	struct reply_folded f;
	unsigned roles = 0;
	size_t word = 0;

	if (role_of(l, i) == ROLE_NONE)
		return false;
	reply_fold(&f, reply_line_text(l, i));
	for (size_t k = 0; k < f.n; k++) {
		if (f.p[k] == ' ')
			word = k + 1;
		else if (f.p[k] == ':' && k > word)
			roles |= 1u
				 << role_of_name(span_sub(reply_folded_span(&f), word, k - word));
	}
	return is_header(roles, false) && (roles & (1u << FROM));
}

size_t reply_header_block(const struct reply_lines *l, size_t i)
{
	unsigned roles = 0;
	bool address = false;
	size_t last = i, gap = 0;

	if (!l->v[i].field || l->v[i].class != REPLY_TEXT)
		return 0;
	for (size_t k = i; k < l->n && k < i + FIELD_LINES_MAX; k++) {
		enum field_role role = l->v[k].class == REPLY_TEXT ? role_of(l, k) : ROLE_NONE;
		if (role == ROLE_NONE) {
			if (k == i || ++gap > FIELD_FOLD_MAX || l->v[k].class == REPLY_QUOTED)
				break;
			continue;
		}
		if (role != OTHER && role != CC && (roles & (1u << role)))
			break; /* the next message's */
		roles |= 1u << role;
		address |= holds_address(reply_line_text(l, k));
		last = k;
		gap = 0;
	}
	if (is_header(roles, address))
		return last + 1;
	return is_header_line(l, i) ? i + 1 : 0;
}

bool reply_header_quoted(const struct reply_lines *l, size_t first)
{
	unsigned roles = 0;
	bool address = false;

	for (size_t i = first; i < l->n && i < first + QUOTED_FIELDS_MAX; i++) {
		struct span line = reply_line_unquoted(l, i);
		enum field_role role = role_of_line(line);
		if (l->v[i].class != REPLY_QUOTED)
			break;
		address |= holds_address(line);
		roles |= role == ROLE_NONE ? 0 : 1u << role;
	}
	return is_header(roles, address) && (roles & (1u << SUBJECT | 1u << SENT | 1u << DATE));
}

/* The role of a line that is a field name and nothing else. */
static enum field_role lone_role(const struct reply_lines *l, size_t i)
{
	struct reply_folded f;

	if (l->v[i].class != REPLY_TEXT || l->v[i].colon ||
	    l->v[i].to - l->v[i].from > NOTES_NAME_MAX)
		return ROLE_NONE;
	reply_fold(&f, reply_line_text(l, i));
	return role_of_name(reply_folded_span(&f));
}

/* The first of the lines of name and date above line i, or i when there is no date. */
static size_t name_and_date(const struct reply_lines *l, size_t i)
{
	size_t first = i;
	bool date = false;

	while (first > 0 && l->v[first - 1].class == REPLY_BLANK)
		first--;
	for (size_t n = 0; n < NOTES_ABOVE_MAX && first > 0 && l->v[first - 1].class == REPLY_TEXT;
	     n++) {
		struct reply_folded f;
		struct reply_evidence e;
		reply_fold(&f, reply_line_text(l, --first));
		reply_evidence_find(reply_folded_span(&f), &e);
		date |= e.date || e.year;
	}
	return date ? first : i;
}

size_t reply_notes_block(const struct reply_lines *l, size_t i, size_t *ret_first)
{
	bool cc = false;
	size_t first;

	if (lone_role(l, i) != TO)
		return 0;
	first = name_and_date(l, i);
	for (size_t k = i + 1; first < i && k < l->n && k <= i + NOTES_LINES_MAX; k++) {
		enum field_role role = lone_role(l, k);
		cc |= role == CC;
		if (role != SUBJECT)
			continue;
		if (!cc)
			return 0;
		*ret_first = first;
		return k + 1;
	}
	return 0;
}
