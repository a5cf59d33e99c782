#include "parser/reply_inside.h"

#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	OWN_LINES_MAX = 30, /* of the sender's words that are looked at */
	TAG_MAX = 40,	    /* bytes of a name in front of an answer */
	INITIALS_MAX = 4,
};

enum inside_how { IN, BELOW };

static const struct inside {
	const char *lang;
	enum inside_how how;
	struct span words;
} insides[] = {
#define INSIDE(lang, how, words) { lang, how, SPAN_LITERAL(words) },
#include "parser/tables/reply_inside.h"
#undef INSIDE
};

/* --- the words above say so --- */

static bool says_so(struct span line, bool quoted)
{
	struct reply_folded f;
	struct sieve sieve;

	reply_fold(&f, line);
	sieve = sieve_of(reply_folded_span(&f));
	for (size_t i = 0; i < sizeof(insides) / sizeof(*insides); i++)
		if ((!quoted || insides[i].how == IN) && sieve_may_hold(&sieve, insides[i].words) &&
		    reply_words_find(reply_folded_span(&f), insides[i].words) != SIZE_MAX)
			return true;
	return false;
}

static bool is_announced(const struct reply_lines *l, size_t own, bool quoted)
{
	for (size_t i = 0, n = 0; i < own && n < OWN_LINES_MAX; i++) {
		if (l->v[i].class != REPLY_TEXT)
			continue;
		if (says_so(reply_line_text(l, i), quoted))
			return true;
		n++;
	}
	return false;
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
	if (n == line.n || n == TAG_MAX || (open && line.p[n] == ':'))
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

/* The line begins with the sender's name; without a name known, with a word in brackets. */
static bool is_tagged(const struct reply_lines *l, size_t i)
{
	struct span line = reply_line_unquoted(l, i), tag = tag_of(line), name = l->mail->name;

	if (tag.n == 0)
		return false;
	if (name.n == 0)
		return *line.p == '[' && !memchr(tag.p, ' ', tag.n) &&
		       ascii_is_alpha((unsigned char)*tag.p);
	return span_eq_ci(tag, name) || is_name_part(name, tag) || is_initials(name, tag);
}

/* --- a colour --- */

static bool is_question(struct span line)
{
	return span_ends_ci(line, SPAN("?")) || span_ends_ci(line, SPAN("？")) ||
	       span_ends_ci(line, SPAN(";")) || span_ends_ci(line, SPAN("؟"));
}

/* --- all of it --- */

bool reply_answers_inside(const struct reply_lines *l, size_t own, size_t first, size_t end,
			  bool quoted)
{
	bool asked = false; /* the line above is no answer, and a question */

	if (is_announced(l, own, quoted))
		return true;
	for (size_t i = first; i < end; i++) {
		if (l->v[i].class == REPLY_BLANK)
			continue;
		if ((l->v[i].colour && asked) || is_tagged(l, i))
			return true;
		asked = !l->v[i].colour && is_question(reply_line_text(l, i));
	}
	return false;
}
