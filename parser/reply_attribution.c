#include "parser/reply_attribution.h"

#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	OPENER_DATE_MAX = 40, /* bytes after the opener within which the date begins */
	START_DATE_MAX = 12,  /* bytes at the start within which a date begins */
	VERB_NAME_MAX = 100,  /* bytes of a name and address after the verb */
	VERB_END_MAX = 4,     /* bytes of marks after a verb that ends the line: " :", ") :" */
	BARE_MAX = 200,	      /* bytes of an attribution without a verb */
	WEAK_MAX = 160,	      /* bytes of one without a date and an address */
};

enum verb_place { END, NAME };

#define ROW(lang, words) { lang, SPAN_LITERAL(words) },

static const struct opener {
	const char *lang;
	struct span words;
} openers[] = {
#define OPENER(lang, words) ROW(lang, words)
#include "parser/tables/reply_openers.h"
#undef OPENER
};

static const struct quoting {
	const char *lang;
	struct span words;
} quotings[] = {
#define QUOTING(lang, words) ROW(lang, words)
#include "parser/tables/reply_quoting.h"
#undef QUOTING
};

static const struct verb {
	const char *lang;
	enum verb_place place;
	struct span words;
} verbs[] = {
#define VERB(lang, place, words) { lang, place, SPAN_LITERAL(words) },
#include "parser/tables/reply_verbs.h"
#undef VERB
};

static const struct person {
	const char *lang;
	struct span words;
} persons[] = {
#define PERSON(lang, words) ROW(lang, words)
#include "parser/tables/reply_persons.h"
#undef PERSON
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* A candidate: one or more lines joined and folded, without marks at both ends. */
struct candidate {
	struct reply_folded folded;
	struct span s;
	struct reply_evidence has;
};

static bool is_edge_mark(char c)
{
	return strchr(" \"'-_=~#|<>", c) != NULL;
}

static void look_at(struct candidate *c)
{
	c->s = reply_folded_span(&c->folded);
	while (c->s.n && is_edge_mark(*c->s.p))
		c->s = span_sub(c->s, 1, c->s.n);
	while (c->s.n && strchr(" _", c->s.p[c->s.n - 1]))
		c->s.n--;
	reply_evidence_find(c->s, &c->has);
}

/* It begins with an opener and a digit comes soon, or a comma after a weekday ("On Friday, ...").
 */
static bool has_opener(const struct candidate *c)
{
	for (size_t i = 0; i < COUNT(openers); i++) {
		if (!span_starts(c->s, openers[i].words))
			continue;
		struct span soon = span_sub(c->s, openers[i].words.n, OPENER_DATE_MAX);
		for (size_t j = 0; j < soon.n; j++)
			if (ascii_is_digit((unsigned char)soon.p[j]))
				return true;
	}
	return false;
}

static bool has_date(const struct reply_evidence *e)
{
	return e->year || e->date || e->time;
}

/* What stands between the verb and the colon at the end. */
static bool verb_tail_fits(const struct verb *v, struct span tail)
{
	struct reply_evidence e;

	while (tail.n && strchr(" :", tail.p[tail.n - 1]))
		tail.n--;
	if (tail.n <= VERB_END_MAX && !span_starts(tail, SPAN(",")))
		return true;
	if (tail.n > VERB_NAME_MAX)
		return false;
	if (v->place == NAME)
		return true;
	reply_evidence_find(tail, &e);
	return e.date || (e.year && e.time) || (e.year && tail.n < 30);
}

static bool has_verb(const struct candidate *c)
{
	struct sieve sieve = sieve_of(c->s);

	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (!sieve_may_hold(&sieve, verbs[i].words))
			continue;
		size_t at = reply_words_find(c->s, verbs[i].words);
		if (at != SIZE_MAX &&
		    verb_tail_fits(&verbs[i], span_sub(c->s, at + verbs[i].words.n, c->s.n)))
			return true;
	}
	return false;
}

/* "... <ann@example.com>:", the address last. */
static bool ends_in_address(const struct candidate *c)
{
	struct span s = c->s;
	size_t word;

	while (s.n && strchr(" :>)]\"'", s.p[s.n - 1]))
		s.n--;
	for (word = s.n; word && s.p[word - 1] != ' '; word--)
		;
	struct span last = span_sub(s, word, s.n);
	return span_find(last, SPAN("@")) != SIZE_MAX && span_find(last, SPAN("://")) == SIZE_MAX;
}

static bool is_quoting(const struct candidate *c)
{
	for (size_t i = 0; i < COUNT(quotings); i++)
		if (span_starts(c->s, quotings[i].words))
			return c->s.n <= WEAK_MAX;
	return false;
}

static bool has_person(const struct candidate *c)
{
	for (size_t i = 0; i < COUNT(persons); i++)
		if (reply_words_find(c->s, persons[i].words) != SIZE_MAX)
			return true;
	return false;
}

/* Mutt's "* Ann <ann@example.com> [2019-05-03 10:00]:" and dates before or after an address. */
static bool is_bare(const struct candidate *c)
{
	return c->s.n <= BARE_MAX && c->has.address && (c->has.date || c->has.year) &&
	       (ends_in_address(c) || span_ends_ci(c->s, SPAN("]:")) ||
		span_ends_ci(c->s, SPAN("):")));
}

/* A writer or a time to the minute: in a language that no table knows. */
static bool is_dated(const struct candidate *c)
{
	bool day = c->has.year || c->has.date;

	return c->has.address ? day || ends_in_address(c) : day && c->has.time;
}

static enum reply_attribution judge(const struct candidate *c, bool opener)
{
	bool date = has_date(&c->has);
	bool verb, person;

	if (!c->has.digit && !c->has.address && c->s.n > WEAK_MAX)
		return REPLY_ATTRIBUTION_NONE;
	if (is_bare(c))
		return REPLY_ATTRIBUTION_STRONG;
	verb = has_verb(c);
	person = verb && has_person(c);
	if ((verb || is_quoting(c)) && !person && c->has.address && memchr(c->s.p, '<', c->s.n))
		return REPLY_ATTRIBUTION_STRONG;
	if (verb && !person && date &&
	    (opener || c->has.address || (c->has.time && (c->has.date || c->has.year))))
		return REPLY_ATTRIBUTION_STRONG;
	if (verb && (date || c->has.address || (c->s.n <= WEAK_MAX / 2 && !person)))
		return REPLY_ATTRIBUTION_WEAK;
	return is_quoting(c) || (c->s.n <= WEAK_MAX && (opener ? date : is_dated(c)))
		   ? REPLY_ATTRIBUTION_WEAK
		   : REPLY_ATTRIBUTION_NONE;
}

/* A line above that ends a sentence is no part of an attribution that follows. */
static bool may_go_on(struct span line)
{
	size_t word = 0;

	if (line.n == 0)
		return false;
	char end = line.p[line.n - 1];
	if (end == '!' || end == '?' || end == ':' || end == ';')
		return false;
	if (end != '.')
		return true;
	while (word + 1 < line.n && line.p[line.n - 2 - word] != ' ')
		word++;
	return word <= 6; /* "févr." */
}

/* What the candidates of one place came to; the longer one with an opener beats the shorter
 * without. */
struct finding {
	enum reply_attribution is;
	int start; /* how it begins: 2 with an opener, 1 with a date, 0 otherwise */
	size_t first;
};

static bool starts_with_date(const struct candidate *c)
{
	for (size_t i = 0; i < c->s.n && i < START_DATE_MAX; i++)
		if (ascii_is_digit((unsigned char)c->s.p[i]))
			return has_date(&c->has);
	return false;
}

static void weigh(const struct reply_lines *l, size_t first, size_t last, struct finding *best)
{
	struct candidate c = { .folded = { .n = 0 } };

	for (size_t i = first; i <= last; i++)
		reply_fold_add(&c.folded, reply_line_unquoted(l, i));
	look_at(&c);
	bool opener = has_opener(&c);
	enum reply_attribution is = judge(&c, opener);
	int start = opener ? 2 : starts_with_date(&c);
	if (is > best->is || (is && is == best->is && start > best->start))
		*best = (struct finding){ is, start, first };
}

/* "<ann@example.com> wrote:" goes with the name on the line above. */
static size_t with_name_above(const struct reply_lines *l, size_t floor, size_t first)
{
	struct span line = reply_line_text(l, first);

	if (first == floor || *line.p != '<' || l->v[first - 1].class != l->v[first].class ||
	    !may_go_on(reply_line_text(l, first - 1)))
		return first;
	return first - 1;
}

enum reply_attribution reply_attribution_find(const struct reply_lines *l, size_t floor,
					      size_t last, size_t *ret_first)
{
	struct finding best = { .is = REPLY_ATTRIBUTION_NONE };
	size_t bytes = 0;

	for (size_t i = last;; i--) {
		struct span line = reply_line_text(l, i);
		if (line.n == 0 || (i < last && !may_go_on(line)) ||
		    (bytes += line.n) > REPLY_FOLD_MAX)
			break;
		weigh(l, i, last, &best);
		if (best.is == REPLY_ATTRIBUTION_STRONG && best.start == 2)
			break;
		if (i > floor && l->v[i - 1].class == REPLY_BLANK && *line.p == '<')
			i--; /* "... Ann", a blank line, "<", "ann@example.com> wrote:" */
		if (i == floor || last - i + 1 >= REPLY_WRAP_MAX ||
		    l->v[i - 1].class != l->v[last].class)
			break;
	}
	if (best.is == REPLY_ATTRIBUTION_WEAK)
		best.first = with_name_above(l, floor, best.first);
	if (best.is)
		*ret_first = best.first;
	return best.is;
}

bool reply_attribution_quoted(const struct reply_lines *l, size_t first)
{
	size_t found;

	for (size_t i = first; i < l->n && i < first + REPLY_WRAP_MAX; i++) {
		struct span s = reply_line_unquoted(l, i);
		if (l->v[i].class != REPLY_QUOTED)
			break;
		if (span_ends_ci(s, SPAN(":")) || span_ends_ci(s, SPAN("\xef\xbc\x9a")))
			return reply_attribution_find(l, first, i, &found) ==
			       REPLY_ATTRIBUTION_STRONG;
	}
	return false;
}
