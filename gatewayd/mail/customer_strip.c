#include "gatewayd/mail/customer_strip.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/customer_cover.h"
#include "gatewayd/mail/customer_read.h"

enum {
	LINES_MAX = 20,	      /* of a text; one with more is no command */
	NAME_WORDS_MAX = 8,   /* of a line below the closing */
	PERSON_WORDS_MAX = 3, /* behind a greeting, or behind the closing on its line */
	PARTICLE_MAX = 3,     /* letters: "de", "von" */
	CJK_NAME_BYTES = 36,
};

struct lines {
	struct span v[LINES_MAX]; /* trimmed */
	size_t n;
};

/* --- names --- */

static bool is_hiragana(uint32_t code)
{
	return code >= 0x3041 && code <= 0x309f;
}

static bool is_cjk_name(struct span word)
{
	if (word.n > CJK_NAME_BYTES)
		return false;
	for (size_t n; word.n; word = span_sub(word, n, SIZE_MAX)) {
		n = utf8_len(word);
		if (!n || is_hiragana(utf8_code(word)) || utf8_code(word) == 0x3002)
			return false;
	}
	return true;
}

static bool is_capital(struct span word)
{
	unsigned char c = word.n ? (unsigned char)word.p[0] : 'a';
	uint32_t code;

	if (c < 0x80)
		return !(c >= 'a' && c <= 'z');
	if (!utf8_len(word))
		return false;
	code = utf8_code(word);
	if (code >= 0x3000)
		return is_cjk_name(word);
	return !(code >= 0xdf && code <= 0xff);
}

static bool is_name_word(struct span word)
{
	return is_capital(word) || word.n <= PARTICLE_MAX || memchr(word.p, '@', word.n) ||
	       memchr(word.p, '.', word.n - 1);
}

static struct span next_word(struct span *rest)
{
	struct span word;

	*rest = span_trim(*rest);
	word = span_cut(rest, ' ');
	*rest = span_trim(*rest);
	return word;
}

static bool are_names(struct span s, size_t most)
{
	struct span word;
	size_t n = 0;

	if (!is_capital(s))
		return false;
	for (s = span_trim(s); s.n; n++) {
		word = next_word(&s);
		if (!is_name_word(word))
			return false;
	}
	return n > 0 && n <= most;
}

static bool ends_sentence(struct span s)
{
	return s.n && strchr(".?!", s.p[s.n - 1]);
}

/* "Ann Miller", "Customer Ltd", "+49 30 1234", "ann" */
static bool is_name_line(const struct phrasebook *book, struct span line, struct arena *a)
{
	struct cover c;

	if (line.n && line.p[line.n - 1] == '?')
		return false;
	cover_read(book, line, false, a, &c);
	if (c.whole && c.classes & COVER_VERBS)
		return false;
	return are_names(line, NAME_WORDS_MAX) ||
	       (line.n && (unsigned char)line.p[0] < 0x80 && !memchr(line.p, ' ', line.n) &&
		!c.whole && !ends_sentence(line));
}

/* --- below --- */

static unsigned closings(void)
{
	return PHRASE_BIT(CLOSING) | PHRASE_BIT(THANKS);
}

/* "Best regards," or "Regards, Ann"; in *ret_thanks whether it thanks. */
static bool is_closing(const struct phrasebook *book, struct span line, struct arena *a,
		       bool *ret_thanks)
{
	size_t n = cover_leads(book, line, closings());
	struct span rest = span_sub(line, n, SIZE_MAX);
	struct cover c;

	if (span_is(line, "--"))
		return true;
	cover_read(book, line, false, a, &c);
	if (c.whole && c.classes & closings() && !c.beside && !c.numbers.n) {
		*ret_thanks = c.classes & PHRASE_BIT(THANKS);
		return true;
	}
	if (!n || !rest.n || !strchr(", ", rest.p[0]))
		return false;
	*ret_thanks = cover_leads(book, line, PHRASE_BIT(THANKS)) == n;
	rest = span_trim(span_sub(rest, 1, SIZE_MAX));
	if (ends_sentence(rest) && rest.p[rest.n - 1] != '?')
		rest.n--;
	return !ends_sentence(rest) && are_names(rest, PERSON_WORDS_MAX);
}

static bool are_below(const struct phrasebook *book, const struct lines *l, size_t from,
		      struct arena *a)
{
	bool thanks;

	for (size_t i = from; i < l->n; i++)
		if (l->v[i].n && !is_name_line(book, l->v[i], a) &&
		    !is_closing(book, l->v[i], a, &thanks))
			return false;
	return true;
}

/* A name alone, apart from the words above it. */
static bool is_lone_name(const struct phrasebook *book, const struct lines *l, struct arena *a)
{
	const struct span *last = &l->v[l->n - 1], *above = last - 1;

	return l->n > 1 && last->n && are_names(*last, PERSON_WORDS_MAX) && !ends_sentence(*last) &&
	       is_name_line(book, *last, a) &&
	       (!above->n || ends_sentence(*above) || above->p[above->n - 1] == ',');
}

static size_t cut_below(const struct phrasebook *book, const struct lines *l, struct arena *a,
			bool *ret_thanks)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].n && is_closing(book, l->v[i], a, ret_thanks) &&
		    are_below(book, l, i + 1, a))
			return i;
	*ret_thanks = false;
	return l->n && is_lone_name(book, l, a) ? l->n - 1 : l->n;
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
	if ((n || (end + 1 == rest.n && rest.p[end] == ',')) && are_names(who, PERSON_WORDS_MAX))
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
static struct span without_end(const struct phrasebook *book, struct span core, struct arena *a,
			       bool *ret_thanks)
{
	for (size_t i = 1; i < core.n; i++) {
		struct span rest = span_trim(span_sub(core, i, SIZE_MAX));

		if (strchr(".?!", core.p[i - 1]) && !memchr(rest.p, '\n', rest.n) &&
		    is_closing(book, rest, a, ret_thanks))
			return span_sub(core, 0, i);
	}
	return core;
}

void customer_strip(const struct phrasebook *book, struct span text, struct arena *a,
		    struct stripped *ret_stripped)
{
	struct lines l;
	size_t first = 0, n;

	*ret_stripped = (struct stripped){ .core = span_trim(text) };
	if (!read_lines(ret_stripped->core, &l))
		return; /* it stays too long for a command */
	n = cut_below(book, &l, a, &ret_stripped->thanks);
	while (first < n && !l.v[first].n)
		first++;
	if (first == n) {
		ret_stripped->core = SPAN("");
		return;
	}
	ret_stripped->core = from_to(behind_greeting(book, l.v[first]), l.v[n - 1]);
	if (ret_stripped->core.n <= CUSTOMER_CORE_MAX)
		ret_stripped->core =
		    without_end(book, ret_stripped->core, a, &ret_stripped->thanks);
}
