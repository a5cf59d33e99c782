#include "parser/reply_attribution.h"

#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	OPENER_DATE_MAX = 40,  /* bytes after the opener within which the date begins */
	VERB_NAME_MAX = 100,   /* bytes of a name and address after the verb */
	VERB_END_MAX = 4,      /* bytes of marks after a verb that ends the line: " :", ") :" */
	BARE_MAX = 200,	       /* bytes of an attribution without a verb */
	OPENER_WORDS_MAX = 3,  /* words between the opener and the date: "Mon, Feb 5" */
	DATE_WORDS_MAX = 2,    /* and in front of a date without an opener: "Mo., 5." */
	NAME_WORDS_MAX = 6,    /* words of a name in front of an address */
	SENTENCE_WORD_MIN = 4, /* bytes of a word whose full stop ends a sentence */
	WEAK_MAX = 160,	       /* bytes of one without a date and an address */
};

enum verb_place { END, NAME };

/* How a candidate begins; what is further down is the better beginning. */
enum start {
	START_NONE,
	START_FAR,  /* an opener, but the date is words away */
	START_NAME, /* name and address */
	START_DATE,
	START_OPENER, /* "On Mon, 5 ..." */
};

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
#define PRONOUN(lang, words)
#include "parser/tables/reply_persons.h"
#undef PERSON
#undef PRONOUN
};

static const struct span pronouns[] = {
#define PERSON(lang, words)
#define PRONOUN(lang, words) SPAN_LITERAL(words),
#include "parser/tables/reply_persons.h"
#undef PERSON
#undef PRONOUN
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* A candidate: one or more lines joined and folded, without marks at both ends. */
struct candidate {
	struct reply_folded folded;
	struct span s;
	struct sieve sieve;
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
	while (c->s.n && strchr(" _-", c->s.p[c->s.n - 1]))
		c->s.n--;
	reply_evidence_find(c->s, &c->has);
	c->sieve = sieve_of(c->s);
}

/* Words of s up to the one that holds a digit or, with address, an "@"; SIZE_MAX: none does. */
static size_t words_before(struct span s, bool address)
{
	size_t words = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (address ? c == '@' : ascii_is_digit(c))
			return words;
		words += c == ' ';
	}
	return SIZE_MAX;
}

/* It begins with an opener and a digit comes soon.  ret_near: with no more than a day's name
 * between. */
static bool has_opener(const struct candidate *c, bool *ret_near)
{
	*ret_near = false;
	bool found = false;
	for (size_t i = 0; i < COUNT(openers); i++) {
		if (!span_starts(c->s, openers[i].words))
			continue;
		struct span soon = span_sub(c->s, openers[i].words.n, OPENER_DATE_MAX);
		size_t words = words_before(soon, false);
		found |= words != SIZE_MAX;
		*ret_near |= words < OPENER_WORDS_MAX;
	}
	return found;
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

static bool has_verb(struct span folded, const struct sieve *sieve)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (!sieve_may_hold(sieve, verbs[i].words))
			continue;
		size_t at = reply_words_find(folded, verbs[i].words);
		if (at != SIZE_MAX &&
		    verb_tail_fits(&verbs[i], span_sub(folded, at + verbs[i].words.n, folded.n)))
			return true;
	}
	return false;
}

bool reply_attribution_has_verb(struct span folded)
{
	struct sieve sieve = sieve_of(folded);

	return has_verb(folded, &sieve);
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
		if (sieve_may_hold(&c->sieve, persons[i].words) &&
		    reply_words_find(c->s, persons[i].words) != SIZE_MAX)
			return true;
	return false;
}

static bool has_pronoun(const struct candidate *c)
{
	for (size_t i = 0; i < COUNT(pronouns); i++)
		if (sieve_may_hold(&c->sieve, pronouns[i]) &&
		    span_find(c->s, pronouns[i]) != SIZE_MAX)
			return true;
	return false;
}

/* Mutt's "* Ann <ann@example.com> [2019-05-03 10:00]:" and dates before or after an address. */
static bool is_bare(const struct candidate *c)
{
	return c->s.n <= BARE_MAX && c->has.address && (c->has.date || c->has.year) &&
	       !memchr(c->s.p, '=', c->s.n) &&
	       (ends_in_address(c) || span_ends_ci(c->s, SPAN("]:")) ||
		span_ends_ci(c->s, SPAN("):")));
}

/* A writer or a time to the minute: in a language that no table knows. */
static bool is_dated(const struct candidate *c)
{
	bool day = c->has.year || c->has.date;

	return c->has.address ? day || ends_in_address(c) : day && c->has.time;
}

/*
 * How a program begins: with the date, or the writer's name and address.  "The trouble began on 3
 * March when Ann wrote:" is a person's sentence.
 */
static enum start start_of(const struct candidate *c)
{
	bool near, opener = has_opener(c, &near);

	if (near)
		return START_OPENER;
	if (words_before(c->s, false) <= DATE_WORDS_MAX && has_date(&c->has))
		return START_DATE;
	if (words_before(c->s, true) <= NAME_WORDS_MAX)
		return START_NAME;
	return opener ? START_FAR : START_NONE;
}

/* It has the form of a program's line, and says when and who. */
static bool is_strong(const struct candidate *c, enum start start, bool verb)
{
	const struct reply_evidence *e = &c->has;

	if (start <= START_FAR || !(verb || is_quoting(c)))
		return false;
	if (e->address)
		return memchr(c->s.p, '<', c->s.n) || has_date(e);
	return start != START_NAME && e->time && (e->date || e->year);
}

static enum reply_attribution judge(const struct candidate *c, enum start start)
{
	bool date = has_date(&c->has);
	bool verb, person;

	if (!c->has.digit && !c->has.address && c->s.n > WEAK_MAX)
		return REPLY_ATTRIBUTION_NONE;
	if (is_bare(c) && start > START_FAR)
		return REPLY_ATTRIBUTION_STRONG;
	verb = has_verb(c->s, &c->sieve);
	person = verb && has_person(c);
	if (!person && is_strong(c, start, verb))
		return REPLY_ATTRIBUTION_STRONG;
	if (verb && (date || c->has.address || (c->s.n <= WEAK_MAX / 2 && !person)))
		return REPLY_ATTRIBUTION_WEAK;
	if (is_quoting(c))
		return REPLY_ATTRIBUTION_WEAK;
	bool opener = start == START_FAR || start == START_OPENER;
	bool dated = c->s.n <= WEAK_MAX && (opener ? date : is_dated(c));
	return dated && !verb && !has_pronoun(c) ? REPLY_ATTRIBUTION_WEAK : REPLY_ATTRIBUTION_NONE;
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
	enum start start;
	size_t first;
};

static void weigh(const struct reply_lines *l, size_t first, size_t last, struct finding *best)
{
	struct candidate c = { .folded = { .n = 0 } };

	for (size_t i = first; i <= last; i++)
		reply_fold_add(&c.folded, reply_line_unquoted(l, i));
	look_at(&c);
	enum start start = start_of(&c);
	enum reply_attribution is = judge(&c, start);
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
		if (best.is == REPLY_ATTRIBUTION_STRONG && best.start == START_OPENER)
			break;
		if (i > floor && l->v[i - 1].class == REPLY_BLANK && strchr("<>", *line.p))
			i--; /* "... Ann", a blank line, "<", "ann@example.com> wrote:" */
		if (i == floor || last - i + 1 >= REPLY_WRAP_MAX ||
		    l->v[i - 1].class != l->v[last].class)
			break;
	}
	if (best.is == REPLY_ATTRIBUTION_WEAK)
		best.first = with_name_above(l, floor, best.first);
	if (best.is)
		*ret_first = best.first;
	return best.is == REPLY_ATTRIBUTION_STRONG && best.start == START_OPENER
		   ? REPLY_ATTRIBUTION_SURE
		   : best.is;
}

/* --- behind the sender's own words --- */

/* A word begins at i as an attribution's first does: no lower case, behind a blank or dashes. */
static bool may_begin(struct span line, size_t i)
{
	return strchr(" ->", line.p[i - 1]) && !strchr(" ->", line.p[i]) &&
	       !reply_is_lower(span_sub(line, i, line.n));
}

/*
 * A sentence without a digit, as a date has them, ends in front of i: "! ", "? ", or ". " behind a
 * word that is no "Dr".
 */
static bool ends_sentence(struct span line, size_t i)
{
	size_t word = 0;

	if (ascii_is_digit((unsigned char)line.p[i]) ||
	    words_before(span_sub(line, 0, i), false) != SIZE_MAX)
		return false;
	while (i > 0 && line.p[i - 1] == ' ')
		i--;
	if (i == 0 || !strchr(".!?", line.p[i - 1]))
		return false;
	if (line.p[i - 1] != '.')
		return true;
	while (word + 1 < i && line.p[i - 2 - word] != ' ')
		word++;
	return word >= SENTENCE_WORD_MIN;
}

/* The words at i are an opener with a capital, and a date is near. */
static bool opens_at(struct span line, size_t i)
{
	struct candidate c = { .folded = { .n = 0 } };
	bool near;

	if (!reply_is_upper(span_sub(line, i, line.n)))
		return false;
	reply_fold_add(&c.folded, span_sub(line, i, OPENER_DATE_MAX));
	look_at(&c);
	has_opener(&c, &near);
	return near;
}

/* What begins at byte i of line `first` and ends with line `last` is a program's attribution. */
static bool begins_at(const struct reply_lines *l, size_t first, size_t i, size_t last)
{
	struct candidate c = { .folded = { .n = 0 } };
	struct span line = reply_line_text(l, first);

	if (!opens_at(line, i) && !ends_sentence(line, i))
		return false;
	reply_fold_add(&c.folded, span_sub(line, i, line.n));
	for (size_t k = first + 1; k <= last; k++)
		reply_fold_add(&c.folded, reply_line_unquoted(l, k));
	look_at(&c);
	enum start start = start_of(&c);
	return start > START_FAR && judge(&c, start) == REPLY_ATTRIBUTION_STRONG;
}

size_t reply_attribution_split(struct reply_lines *l, size_t floor, size_t last, size_t *ret_first)
{
	for (size_t first = last;; first--) {
		struct span line = reply_line_text(l, first);
		if (l->v[first].class != REPLY_TEXT || line.n > REPLY_FOLD_MAX)
			return 0;
		for (size_t i = 1; i < line.n && l->splits < REPLY_SPLITS_MAX; i++) {
			if (!may_begin(line, i))
				continue;
			l->splits++;
			if (!begins_at(l, first, i, last))
				continue;
			*ret_first = first;
			return l->v[first].from + i;
		}
		if (first == floor || last - first + 1 >= REPLY_WRAP_MAX)
			return 0;
	}
}

size_t reply_attribution_quoted(const struct reply_lines *l, size_t first)
{
	size_t found;

	for (size_t i = first; i < l->n && i < first + REPLY_WRAP_MAX; i++) {
		struct span s = reply_line_unquoted(l, i);
		if (l->v[i].class != REPLY_QUOTED)
			break;
		if (!span_ends_ci(s, SPAN(":")) && !span_ends_ci(s, SPAN("\xef\xbc\x9a")))
			continue;
		bool strong =
		    reply_attribution_find(l, first, i, &found) >= REPLY_ATTRIBUTION_STRONG;
		return strong ? i + 1 : 0;
	}
	return 0;
}
