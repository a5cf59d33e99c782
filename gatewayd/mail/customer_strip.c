#include "gatewayd/mail/customer_strip.h"

#include "gatewayd/mail/customer_cover.h"
#include "gatewayd/mail/customer_read.h"
#include "gatewayd/mail/signature.h"

enum {
	LINES_MAX = 20,	      /* of a text; one with more is no command */
	NAME_WORDS_MAX = 8,   /* of a line below the closing */
	PERSON_WORDS_MAX = 3, /* behind a greeting, or behind the closing on its line */
	CLOSING_PARTICLE = 4, /* letters: "Regards from Berlin" */
};

struct reader {
	const struct phrasebook *book;
	struct span own; /* the name of who writes */
	struct arena *arena;
};

struct lines {
	struct span v[LINES_MAX]; /* trimmed */
	size_t n;
};

/* --- names --- */

static bool ends_sentence(struct span s)
{
	return s.n && strchr(".?!", s.p[s.n - 1]);
}

/* "Ann Miller", "Customer Ltd", "+49 30 1234", "ann", "Head of web operations" */
static bool is_name_line(const struct reader *r, struct span line)
{
	struct cover c;

	if (line.n && line.p[line.n - 1] == '?')
		return false;
	cover_read(r->book, line, false, r->arena, &c);
	if (c.whole && c.classes & COVER_VERBS)
		return false;
	if (signature_is_own(line, r->own) || (line.n && signature_is_line(r->book, line)))
		return true;
	return signature_are_names(line, NAME_WORDS_MAX) ||
	       (line.n && (unsigned char)line.p[0] < 0x80 && !memchr(line.p, ' ', line.n) &&
		!c.whole && !ends_sentence(line));
}

/* --- below --- */

static unsigned closings(void)
{
	return PHRASE_BIT(CLOSING) | PHRASE_BIT(THANKS);
}

static bool is_lower(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!(word.p[i] >= 'a' && word.p[i] <= 'z'))
			return false;
	return word.n > 0;
}

/* "from Berlin": a small word and a name. */
static struct span behind_particle(struct span rest)
{
	struct span word = span_cut(&rest, ' ');

	return word.n <= CLOSING_PARTICLE && is_lower(word) ? span_trim(rest) : SPAN("");
}

/* What stands behind the words of a closing on its line. */
static bool is_signed(const struct reader *r, struct span rest, bool thanks)
{
	if (ends_sentence(rest) && rest.p[rest.n - 1] != '?')
		rest.n--;
	if (ends_sentence(rest))
		return false;
	if (!thanks && behind_particle(rest).n)
		rest = behind_particle(rest);
	while (rest.n && rest.p[rest.n - 1] == ',')
		rest.n--;
	return signature_is_own(rest, r->own) || signature_are_names(rest, PERSON_WORDS_MAX);
}

/* "Best regards," or "Regards, Ann"; in *ret_thanks whether it thanks. */
static bool is_closing(const struct reader *r, struct span line, bool *ret_thanks)
{
	size_t n = cover_leads(r->book, line, closings());
	struct span rest = span_sub(line, n, SIZE_MAX);
	struct cover c;

	if (span_is(line, "--"))
		return true;
	cover_read(r->book, line, false, r->arena, &c);
	if (c.whole && c.classes & closings() && !c.beside && !c.numbers.n) {
		*ret_thanks = c.classes & PHRASE_BIT(THANKS);
		return true;
	}
	if (!n || !rest.n || !strchr(", ", rest.p[0]))
		return false;
	*ret_thanks = cover_leads(r->book, line, PHRASE_BIT(THANKS)) == n;
	return is_signed(r, span_trim(span_sub(rest, 1, SIZE_MAX)), *ret_thanks);
}

static bool are_below(const struct reader *r, const struct lines *l, size_t from)
{
	size_t n = 0;
	bool thanks;

	for (size_t i = from; i < l->n; i++) {
		if (l->v[i].n && !is_name_line(r, l->v[i]) && !is_closing(r, l->v[i], &thanks))
			return false;
		n += l->v[i].n > 0;
	}
	return n <= SIGNATURE_LINES_MAX;
}

/* A name alone, apart from the words above it. */
static bool is_lone_name(const struct reader *r, const struct lines *l)
{
	const struct span *last = &l->v[l->n - 1], *above = last - 1;

	return l->n > 1 && last->n && signature_are_names(*last, PERSON_WORDS_MAX) &&
	       !ends_sentence(*last) && is_name_line(r, *last) &&
	       (!above->n || ends_sentence(*above) || above->p[above->n - 1] == ',');
}

/* The name of who writes, with nothing below it but what a signature has. */
static size_t find_own(const struct reader *r, const struct lines *l)
{
	for (size_t i = 1; i < l->n; i++)
		if (l->v[i].n && signature_is_own(l->v[i], r->own) && are_below(r, l, i))
			return i;
	return l->n;
}

static size_t cut_below(const struct reader *r, const struct lines *l, bool *ret_thanks)
{
	size_t own;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].n && is_closing(r, l->v[i], ret_thanks) && are_below(r, l, i + 1))
			return i;
	*ret_thanks = false;
	own = find_own(r, l);
	return own == l->n && l->n && is_lone_name(r, l) ? l->n - 1 : own;
}

/* --- above --- */

/* "Hello Sam, could you": what follows the comma; "Sam,": nothing. */
static struct span behind_greeting(const struct phrasebook *book, struct span line)
{
	size_t n = cover_leads(book, line, PHRASE_BIT(GREETING)), end;
	struct span rest = span_sub(line, n, SIZE_MAX), who;

	for (end = 0; end < rest.n && !strchr(",!:.", rest.p[end]);)
		end++;
	who = span_trim(span_sub(rest, 0, end));
	if (n && !who.n)
		return span_sub(rest, end + 1, SIZE_MAX);
	if ((n || (end + 1 == rest.n && rest.p[end] == ',')) &&
	    signature_are_names(who, PERSON_WORDS_MAX))
		return span_sub(rest, end + 1, SIZE_MAX);
	return line;
}

static bool read_lines(struct span text, struct lines *l)
{
	struct span line;

	l->n = 0;
	while (span_line(&text, &line)) {
		if (l->n == LINES_MAX)
			return false;
		l->v[l->n++] = span_trim(line);
	}
	while (l->n && !l->v[l->n - 1].n)
		l->n--;
	return true;
}

static struct span from_to(struct span first, struct span last)
{
	return span_trim((struct span){ first.p, (size_t)(last.p + last.n - first.p) });
}

/* "Which tickets are open? Regards, Ann" on one line. */
static struct span without_end(const struct reader *r, struct span core, bool *ret_thanks)
{
	for (size_t i = 1; i < core.n; i++) {
		struct span rest = span_trim(span_sub(core, i, SIZE_MAX));

		if (strchr(".?!", core.p[i - 1]) && !memchr(rest.p, '\n', rest.n) &&
		    is_closing(r, rest, ret_thanks))
			return span_sub(core, 0, i);
	}
	return core;
}

void customer_strip(const struct phrasebook *book, struct span text, struct span own,
		    struct arena *a, struct stripped *ret_stripped)
{
	const struct reader r = { book, own, a };
	struct lines l;
	size_t first = 0, n;

	*ret_stripped = (struct stripped){ .core = span_trim(text) };
	if (!read_lines(ret_stripped->core, &l))
		return; /* it stays too long for a command */
	n = cut_below(&r, &l, &ret_stripped->thanks);
	while (first < n && !l.v[first].n)
		first++;
	if (first == n) {
		ret_stripped->core = SPAN("");
		return;
	}
	ret_stripped->core = from_to(behind_greeting(book, l.v[first]), l.v[n - 1]);
	if (ret_stripped->core.n <= CUSTOMER_CORE_MAX)
		ret_stripped->core = without_end(&r, ret_stripped->core, &ret_stripped->thanks);
}
