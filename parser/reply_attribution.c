#include "parser/reply_attribution.h"

#include "parser/reply_fold.h"
#include "parser/reply_person.h"
#include "parser/reply_wrapped.h"

enum {
	OPENER_DATE_MAX = 40,  /* bytes after the opener within which the date begins */
	VERB_NAME_MAX = 100,   /* bytes of a name and address after the verb */
	VERB_END_MAX = 4,      /* bytes of marks after a verb that ends the line: " :", ") :" */
	BARE_MAX = 200,	       /* bytes of an attribution without a verb */
	OPENING_WORDS_MAX = 3, /* words of a line above the date: "Am Montag, dem" */
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
	struct sieve_phrase phrase;
} verbs[] = {
#define VERB(lang, place, words) { lang, place, SIEVE_PHRASE(words) },
#include "parser/tables/reply_verbs.h"
#undef VERB
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

static size_t count_blanks(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
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
		if (!sieve_may_hold(sieve, &verbs[i].phrase))
			continue;
		size_t at = reply_words_find(folded, verbs[i].phrase.words);
		if (at != SIZE_MAX &&
		    verb_tail_fits(&verbs[i],
				   span_sub(folded, at + verbs[i].phrase.words.n, folded.n)))
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
	person = verb && reply_person_tells(c->s, &c->sieve);
	if (!person && is_strong(c, start, verb))
		return REPLY_ATTRIBUTION_STRONG;
	if (verb && (date || c->has.address || (c->s.n <= WEAK_MAX / 2 && !person)))
		return REPLY_ATTRIBUTION_WEAK;
	if (is_quoting(c) && !reply_person_tells(c->s, &c->sieve))
		return REPLY_ATTRIBUTION_WEAK;
	bool opener = start == START_FAR || start == START_OPENER;
	bool dated = c->s.n <= WEAK_MAX && (opener ? date : is_dated(c));
	return dated && !verb && !reply_person_speaks(c->s, &c->sieve) ? REPLY_ATTRIBUTION_WEAK
								       : REPLY_ATTRIBUTION_NONE;
}

/* What the candidates of one place came to. */
struct finding {
	enum reply_attribution is;
	enum start start;
	size_t first;
	struct reply_parts parts; /* of a strong one */
};

static bool is_sure(const struct finding *f)
{
	return f->is == REPLY_ATTRIBUTION_STRONG && f->start == START_OPENER;
}

/* The line may go on with what stands above it: "at 10:00 Ann wrote:", "2026 ...". */
static bool goes_on(struct span line)
{
	return !reply_is_upper(line);
}

/* "W dniu", "Am Montag, dem" above the date: an opener, a word or two, and no digit; or it is "In
 * message <1@example.com>". */
static bool is_opening(struct span line, const struct finding *f)
{
	if (f->start != START_OPENER)
		return false;
	if (span_ends_ci(line, SPAN(">")) || span_ends_ci(line, SPAN(">,")))
		return true;
	return words_before(line, false) == SIZE_MAX && count_blanks(line) < OPENING_WORDS_MAX;
}

/* The longer candidate beats the shorter that begins worse, or in the middle of a date; a strong
 * one only with a line that gives what the shorter lacks. */
static bool is_better(const struct reply_lines *l, const struct finding *f,
		      const struct finding *best)
{
	if (f->is != best->is || f->is == REPLY_ATTRIBUTION_NONE)
		return f->is > best->is;
	struct span added = reply_line_text(l, f->first);
	if (f->is == REPLY_ATTRIBUTION_STRONG && !is_opening(added, f) &&
	    !reply_wrapped_adds(added, &best->parts))
		return false;
	if (f->start > best->start)
		return true;
	bool date = words_before(added, false) != SIZE_MAX && f->start >= START_DATE;
	bool address = words_before(added, true) != SIZE_MAX && f->start >= START_NAME;
	return best->start >= START_DATE && (date || address) &&
	       goes_on(reply_line_text(l, best->first));
}

static void weigh(const struct reply_lines *l, size_t first, size_t last, struct finding *best)
{
	struct candidate c = { .folded = { .n = 0 } };

	for (size_t i = first; i <= last; i++)
		reply_fold_add(&c.folded, reply_line_unquoted(l, i));
	look_at(&c);
	struct finding f = { .start = start_of(&c), .first = first };
	f.is = judge(&c, f.start);
	if (f.is == REPLY_ATTRIBUTION_STRONG)
		reply_parts_find(c.s, &f.parts);
	if (is_better(l, &f, best))
		*best = f;
}

enum reply_attribution reply_attribution_find(const struct reply_lines *l, size_t floor,
					      size_t last, size_t *ret_first)
{
	struct finding best = { .is = REPLY_ATTRIBUTION_NONE };
	size_t bytes = 0;

	for (size_t i = last;; i--) {
		struct span line = reply_line_text(l, i);
		if (line.n == 0 || (i < last && !reply_wrapped_may_go_on(line)) ||
		    (bytes += line.n) > REPLY_FOLD_MAX)
			break;
		weigh(l, i, last, &best);
		if (is_sure(&best) && !goes_on(line))
			break;
		if (i > floor && l->v[i - 1].class == REPLY_BLANK && reply_wrapped_is_broken(line))
			i--; /* "... Ann", a blank line, "<", "ann@example.com> wrote:" */
		if (i == floor || last - i + 1 >= REPLY_WRAP_MAX ||
		    l->v[i - 1].class != l->v[last].class)
			break;
	}
	if (best.is)
		*ret_first = reply_wrapped_name(l, floor, best.first);
	return is_sure(&best) ? REPLY_ATTRIBUTION_SURE : best.is;
}

/* --- behind the sender's own words --- */

/* A word begins at i, behind a blank or dashes. */
static bool may_begin(struct span line, size_t i)
{
	return strchr(" ->", line.p[i - 1]) && !strchr(" ->", line.p[i]);
}

/*
 * A sentence without a digit, as a date has them, ends in front of i: "! ", "? ", or ". " behind a
 * word that is no "Prof" or "Mon".
 */
static bool ends_sentence(struct span line, size_t i)
{
	struct span own = reply_line_trim(span_sub(line, 0, i));
	size_t word = 0;

	if (own.n == 0 || !strchr(".!?", own.p[own.n - 1]))
		return false;
	if (words_before(own, false) != SIZE_MAX)
		return false;
	if (own.p[own.n - 1] != '.')
		return true;
	while (word + 1 < own.n && own.p[own.n - 2 - word] != ' ')
		word++;
	return word + 1 < own.n && word >= SENTENCE_WORD_MIN;
}

/* The words at i are an opener with a capital, and a date is near. */
static bool opens_at(struct span line, size_t i)
{
	struct candidate c = { .folded = { .n = 0 } };
	bool near;

	struct span own = reply_line_trim(span_sub(line, 0, i)), rest = span_sub(line, i, line.n);

	if (!reply_is_upper(rest))
		return false;
	if (own.n && ascii_is_digit((unsigned char)own.p[own.n - 1]) &&
	    span_starts(rest, SPAN("AM "))) /* "10:00 AM", no German attribution */
		return false;
	reply_fold_add(&c.folded, span_sub(rest, 0, OPENER_DATE_MAX));
	look_at(&c);
	has_opener(&c, &near);
	return near;
}

/* What begins at byte i of line `first` and ends with line `last` is a program's attribution. */
static bool begins_at(const struct reply_lines *l, size_t first, size_t i, size_t last)
{
	struct candidate c = { .folded = { .n = 0 } };
	struct span line = reply_line_text(l, first);

	bool opens = opens_at(line, i);
	if (!opens && !ends_sentence(line, i))
		return false;
	reply_fold_add(&c.folded, span_sub(line, i, line.n));
	for (size_t k = first + 1; k <= last; k++)
		reply_fold_add(&c.folded, reply_line_unquoted(l, k));
	look_at(&c);
	enum start start = start_of(&c);
	if (start <= START_FAR || judge(&c, start) != REPLY_ATTRIBUTION_STRONG)
		return false;
	return opens || start >= START_DATE || !reply_is_lower(span_sub(line, i, line.n));
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
