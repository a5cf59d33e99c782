#include "parser/reply_inside.h"

#include "parser/reply_fold.h"
#include "parser/reply_signature.h"
#include "parser/sieve.h"

enum {
	FIRST_LINES = 3, /* of the sender's words that are looked at */
	LAST_LINES = 2,
	TAG_MAX = 40, /* bytes of a name in front of an answer */
	INITIALS_MAX = 4,
};

enum inside_how { IN, BELOW };

static const struct inside {
	const char *lang;
	enum inside_how how;
	struct sieve_phrase phrase;
} insides[] = {
#define INSIDE(lang, how, words) { lang, how, SIEVE_PHRASE(words) },
#include "parser/tables/reply_inside.h"
#undef INSIDE
};

/* --- the words above say so --- */

static bool says_so(struct span words, bool quoted)
{
	struct sieve sieve = sieve_of(words);

	for (size_t i = 0; i < sizeof(insides) / sizeof(*insides); i++)
		if ((!quoted || insides[i].how == IN) &&
		    sieve_may_hold(&sieve, &insides[i].phrase) &&
		    reply_words_find(words, insides[i].phrase.words) != SIZE_MAX)
			return true;
	return false;
}

/* The sender's first lines and the last ones above the earlier mail: there people say it. */
static bool is_announced(const struct reply_lines *l, size_t own, bool quoted)
{
	struct reply_folded f = { .n = 0 };
	size_t i, n = 0, last = own;

	for (i = 0; i < own && n < FIRST_LINES; i++) {
		if (l->v[i].class != REPLY_TEXT)
			continue;
		reply_fold_add(&f, reply_line_text(l, i));
		n++;
	}
	for (n = 0; last > i && n < LAST_LINES; n += l->v[last].class == REPLY_TEXT)
		last--;
	for (; last < own; last++)
		if (l->v[last].class == REPLY_TEXT)
			reply_fold_add(&f, reply_line_text(l, last));
	return says_so(reply_folded_span(&f), quoted);
}

/* --- a name in front --- */

/* "[Ann] ", "Ann: ", "AE> ": what stands in front of the answer, without its marks. */
static struct span tag_of(struct span line)
{
	bool open = line.n && strchr("[(<", *line.p);
	size_t n = 0;

	line = span_sub(line, open, line.n);
	while (n < line.n && n < TAG_MAX && !strchr("])>:", line.p[n]))
		n++;
	if (n + 1 >= line.n || n == TAG_MAX) /* a name alone is a salutation */
		return SPAN_NONE;
	return span_sub(line, 0, n);
}

static bool is_name_part(struct span name, struct span tag)
{
	while (name.n) {
		struct span word = span_cut(&name, ' ');
		if (word.n > 1 && span_eq_ci(word, tag))
			return true;
	}
	return false;
}

static bool is_initials(struct span name, struct span tag)
{
	char initials[INITIALS_MAX];
	size_t n = 0;

	while (name.n && n < INITIALS_MAX) {
		struct span word = span_cut(&name, ' ');
		if (word.n)
			initials[n++] = *word.p;
	}
	return n >= 2 && span_eq_ci((struct span){ initials, n }, tag);
}

/* May the line begin with a tag?  Most are told by their first letter. */
static bool may_be_tagged(struct span line, struct span name)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == '>' || line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	if (i == line.n)
		return false;
	unsigned char c = (unsigned char)line.p[i];
	if (c == '[' || c == '(' || c == '<' || c >= 0x80)
		return true;
	for (size_t k = 0; k < name.n; k++)
		if ((k == 0 || name.p[k - 1] == ' ') &&
		    ascii_lower((unsigned char)name.p[k]) == ascii_lower(c))
			return true;
	return false;
}

/* The line begins with the sender's name; without a name known, with a word in brackets. */
static bool is_tagged(const struct reply_lines *l, size_t i)
{
	struct span name = l->mail->name;

	if (l->v[i].class == REPLY_BLANK || !may_be_tagged(reply_line_text(l, i), name))
		return false;
	struct span line = reply_line_unquoted(l, i), tag = tag_of(line);
	if (tag.n == 0)
		return false;
	if (name.n == 0)
		return *line.p == '[' && !memchr(tag.p, ' ', tag.n) &&
		       ascii_is_alpha((unsigned char)*tag.p);
	return span_eq_ci(tag, name) || is_name_part(name, tag) || is_initials(name, tag);
}

/* --- a colour --- */

/*
 * A line in colour below a question, as answers have it.  A name in colour at the end is a
 * signature.
 */
static bool is_coloured_answer(const struct reply_lines *l, size_t i, size_t end)
{
	if (!l->v[i].colour)
		return false;
	if (!reply_is_name(reply_line_unquoted(l, i)))
		return true;
	for (size_t k = i + 1; k < end; k++)
		if (l->v[k].class != REPLY_BLANK && !l->v[k].colour)
			return true;
	return false;
}

/* --- all of it --- */

/* "--> ", "==> ", "→ " in front of an answer. */
static bool has_arrow(struct span line)
{
	size_t n = 0;

	while (n < line.n && strchr("-=", line.p[n]))
		n++;
	return (n > 0 && n < 5 && n < line.n && line.p[n] == '>') ||
	       span_starts(line, SPAN("\xe2\x86\x92"));
}

/* Lines in colour, or behind an arrow, below a question that is neither. */
static bool has_marked_answer(const struct reply_lines *l, size_t first, size_t end)
{
	bool asked = false;

	for (size_t i = first; i < end; i++) {
		struct span line = reply_line_text(l, i);
		if (line.n == 0)
			continue;
		if (asked && (is_coloured_answer(l, i, end) || has_arrow(line)))
			return true;
		asked = !l->v[i].colour && reply_is_question(line);
	}
	return false;
}

bool reply_answers_inside(const struct reply_lines *l, size_t own, size_t first, size_t end,
			  bool quoted)
{
	if (is_announced(l, own, quoted))
		return true;
	if ((l->coloured || !quoted) && has_marked_answer(l, first, end))
		return true;
	for (size_t i = first; i < end; i++)
		if (is_tagged(l, i))
			return true;
	return false;
}
