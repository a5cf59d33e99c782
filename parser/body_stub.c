#include "parser/body_stub.h"

#include "parser/body_words.h"
#include "parser/charset_guess.h"
#include "parser/html_scan.h"
#include "parser/reply_fold.h"
#include "parser/reply_footer.h"
#include "parser/sieve.h"

enum {
	STUB_MAX = 600,		/* bytes of a stub */
	HTML_FRONT_MAX = 65536, /* bytes of HTML that may say the same */
	MORE_MAX = 100,		/* letters that it may have besides: a signature */
};

static const struct stub {
	const char *language;
	struct sieve_phrase phrase;
} stubs[] = {
#define STUB(lang, words) { lang, SIEVE_PHRASE(words) },
#define PERSON(lang, words)
#define PERSON_BESIDE(lang, words)
#include "parser/tables/body_stubs.h"
#undef STUB
#undef PERSON
#undef PERSON_BESIDE
};

static const struct person {
	const char *beside; /* the language that a stub must have; NULL: any */
	struct span words;
} persons[] = {
#define STUB(lang, words)
#define PERSON(lang, words)	   { NULL, SPAN_LITERAL(words) },
#define PERSON_BESIDE(lang, words) { lang, SPAN_LITERAL(words) },
#include "parser/tables/body_stubs.h"
#undef STUB
#undef PERSON
#undef PERSON_BESIDE
};

/* In that language; NULL: in any. */
static bool asks_for_html(struct span folded, const char *language)
{
	struct sieve sieve = sieve_of(folded);

	for (size_t i = 0; i < sizeof(stubs) / sizeof(*stubs); i++)
		if ((!language || strcmp(stubs[i].language, language) == 0) &&
		    sieve_may_hold(&sieve, &stubs[i].phrase) &&
		    span_find(folded, stubs[i].phrase.words) != SIZE_MAX)
			return true;
	return false;
}

/* The place of a picture, or what a program puts below: no words. */
static bool is_no_word(struct span line)
{
	line = span_trim(line);
	if (span_starts_ci(line, SPAN("[cid:")))
		return span_find(line, SPAN("]")) == line.n - 1;
	return reply_is_footer(line);
}

static bool has_no_words(struct span text)
{
	bool any = false;
	struct span line;

	while (span_line(&text, &line)) {
		if (span_trim(line).n == 0)
			continue;
		if (!is_no_word(line))
			return false;
		any = true;
	}
	return any;
}

/* --- a person speaks --- */

/* A script without blanks has no whole words. */
static bool is_wide(struct span words)
{
	return (unsigned char)*words.p >= 0xe3;
}

/* No word goes on at i: a blank or the end, perhaps behind a mark.  Links have no such words. */
static bool is_end(struct span s, size_t i)
{
	i += i < s.n && strchr(",.!?:;)\"'", s.p[i]);
	return i >= s.n || s.p[i] == ' ';
}

static bool is_begin(struct span s, size_t i)
{
	return i == 0 || strchr(" (\"'", s.p[i - 1]);
}

static bool has_word(struct span s, struct span word)
{
	for (size_t at = 0;;) {
		size_t found = span_find(span_sub(s, at, s.n), word);

		if (found == SIZE_MAX)
			return false;
		at += found;
		if (is_wide(word) || (is_begin(s, at) && is_end(s, at + word.n)))
			return true;
		at += word.n;
	}
}

static bool is_of_a_person(struct span folded)
{
	for (size_t i = 0; i < sizeof(persons) / sizeof(*persons); i++)
		if (has_word(folded, persons[i].words) &&
		    (!persons[i].beside || asks_for_html(folded, persons[i].beside)))
			return true;
	return false;
}

/* --- the HTML says the same --- */

/* The ASCII letters and digits of a text, which are the same bytes in most charsets. */
struct letters {
	size_t n, max;
	char p[2 * STUB_MAX + MORE_MAX];
};

/* false: there are more than max. */
static bool add_letters(struct letters *l, struct span s)
{
	uint32_t code;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		size_t entity = c == '&' ? html_entity(span_sub(s, i, s.n), &code) : 0;

		i += entity ? entity - 1 : 0;
		if (entity || !(ascii_is_alpha(c) || ascii_is_digit(c)))
			continue;
		if (l->n == l->max)
			return false;
		l->p[l->n++] = (char)ascii_lower(c);
	}
	return true;
}

/* Of the text of the HTML; false: there are more than max. */
static bool add_html(struct letters *l, struct span html)
{
	struct html_scan scan = { .rest = html };

	for (enum html_token is; (is = html_next(&scan)) != HTML_END;) {
		if (is == HTML_TEXT && !add_letters(l, scan.text))
			return false;
		if (is == HTML_START &&
		    (span_is_ci(scan.name, "style") || span_is_ci(scan.name, "script") ||
		     span_is_ci(scan.name, "head")))
			html_skip_to_close(&scan, scan.name);
	}
	return true;
}

/* All the words of the plain text, and not many others. */
static bool says_the_same(struct span plain, const struct part *html, struct reading *r)
{
	struct letters ours = { .max = STUB_MAX }, theirs;

	if (html->body.n > HTML_FRONT_MAX || !add_letters(&ours, plain) || ours.n == 0)
		return false;
	theirs.n = 0;
	theirs.max = 2 * ours.n + MORE_MAX;
	if (!add_html(&theirs, body_front(html, html->body.n, r)))
		return false;
	return span_find((struct span){ theirs.p, theirs.n }, (struct span){ ours.p, ours.n }) !=
	       SIZE_MAX;
}

/* --- all of it --- */

bool body_is_stub(const struct part *p, const struct part *html, struct params *scratch,
		  struct reading *r)
{
	struct charset_choice choice;
	struct reply_folded f;
	struct span bytes;

	if (p->body.n > 4 * STUB_MAX)
		return false;
	bytes = span_trim(body_front(p, 4 * STUB_MAX, r));
	if (bytes.n > STUB_MAX)
		return false;
	params_read(p->type_rest, scratch, r);
	charset_choose(r->charsets, param_get(scratch, "charset", r), bytes, false, &choice);
	buf_clear(&r->text);
	charset_decode(choice.charset, bytes, &r->text);
	reply_fold(&f, buf_span(&r->text));
	if (!has_no_words(buf_span(&r->text)) &&
	    (!asks_for_html(reply_folded_span(&f), NULL) || is_of_a_person(reply_folded_span(&f))))
		return false;
	return !html || !says_the_same(buf_span(&r->text), html, r);
}
