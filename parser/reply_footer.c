#include "parser/reply_footer.h"

#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	FOOTER_LINE_MAX = 200, /* bytes */
	FOOTER_WORDS_MAX = 5,  /* between the two ends, when no device is named */
	FOOTER_GAP_MAX = 40,   /* bytes between the two ends, when no device is named */
	DEVICE_WORDS_MAX = 12, /* words of a line that names one */
	DEVICE_SHORT_MAX = 5,  /* bytes of a name below which it must be a whole word */
};

static const struct footer {
	const char *lang;
	char first; /* of head; 0: it has none */
	bool needs_device, bare;
	struct span head, tail;
} footers[] = {
#define ENDS(head, tail)	 SPAN_LITERAL(head), SPAN_LITERAL(tail)
#define FOOTER(lang, head, tail) { lang, (head)[0], false, false, ENDS(head, tail) },
#define NAMING(lang, head, tail) { lang, (head)[0], true, false, ENDS(head, tail) },
#define BARE(lang, head, tail)	 { lang, (head)[0], false, true, ENDS(head, tail) },
#define LINE(lang, words)
#include "parser/tables/reply_footers.h"
#undef FOOTER
#undef NAMING
#undef BARE
#undef LINE
};

static const struct whole {
	const char *lang;
	char first;
	struct span words;
} wholes[] = {
#define FOOTER(lang, head, tail)
#define NAMING(lang, head, tail)
#define BARE(lang, head, tail)
#define LINE(lang, words) { lang, (words)[0], SPAN_LITERAL(words) },
#include "parser/tables/reply_footers.h"
#undef FOOTER
#undef NAMING
#undef BARE
#undef LINE
};

static const struct span lists[] = {
#define LIST(lang, words) SPAN_LITERAL(words),
#include "parser/tables/reply_lists.h"
#undef LIST
};

static const struct span devices[] = {
#define DEVICE(words) SPAN_LITERAL(words),
#include "parser/tables/reply_devices.h"
#undef DEVICE
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* --- footers --- */

static size_t count_words(struct span s)
{
	size_t words = 0;

	for (size_t i = 0; i < s.n; i++)
		words += s.p[i] != ' ' && (i == 0 || s.p[i - 1] == ' ');
	return words;
}

/* The name stands in s, with an ending of the language perhaps ("iPhonesta"), if it is no short
 * one. */
static bool begins_word(struct span s, struct span name)
{
	size_t at = name.n < DEVICE_SHORT_MAX ? reply_words_find(s, name) : span_find(s, name);

	return at != SIZE_MAX && (at == 0 || !ascii_is_alpha((unsigned char)s.p[at - 1]));
}

static bool names_device(struct span s)
{
	for (size_t i = 0; i < COUNT(devices); i++)
		if (begins_word(s, devices[i]))
			return true;
	return false;
}

static bool is_short(struct span gap)
{
	if (gap.n > FOOTER_GAP_MAX)
		return false;
	for (size_t i = 0; i < gap.n; i++)
		if (strchr(",;.!?:", gap.p[i]))
			return false;
	size_t words = count_words(gap);
	return words > 0 && words <= FOOTER_WORDS_MAX;
}

static bool matches_footer(const struct footer *f, struct span s)
{
	if (s.n < f->head.n + f->tail.n || !span_starts(s, f->head) || !span_ends_ci(s, f->tail))
		return false;
	struct span gap = span_sub(s, f->head.n, s.n - f->head.n - f->tail.n);
	if (names_device(s))
		return count_words(s) <= DEVICE_WORDS_MAX;
	return !f->needs_device && (gap.n == 0 || is_short(gap));
}

static bool matches_line(struct span words, struct span s)
{
	if (span_ends_ci(words, SPAN("...")))
		return span_starts(s, span_sub(words, 0, words.n - 3));
	return span_eq(s, words);
}

/* The length of the link at i with its brackets, "<https://...>", "(https://...)" or bare; 0: none.
 */
static size_t link_at(struct span s, size_t i)
{
	size_t open = s.p[i] == '<' || s.p[i] == '(' || s.p[i] == '[', n = open;

	if (!span_starts(span_sub(s, i + open, s.n), SPAN("http")))
		return 0;
	while (i + n < s.n && !strchr(" >)]", s.p[i + n]))
		n++;
	return n + (open && i + n < s.n);
}

/* Takes the links out, and marks and full stops off both ends. */
static struct span without_links(struct reply_folded *f)
{
	struct span s = reply_folded_span(f);
	bool links = span_find(s, SPAN("http")) != SIZE_MAX;

	s.n = links ? 0 : f->n;
	for (size_t i = 0; links && i < f->n; i++) {
		size_t link = link_at(reply_folded_span(f), i);
		if (link)
			i += link - 1;
		else
			f->p[s.n++] = f->p[i];
	}
	while (s.n && strchr(" .>)]-_", s.p[s.n - 1]))
		s.n--;
	while (s.n && strchr(" <([-_", *s.p))
		s = span_sub(s, 1, s.n);
	return s;
}

static bool is_whole(struct span s)
{
	for (size_t i = 0; s.n && i < COUNT(wholes); i++)
		if (wholes[i].first == *s.p && matches_line(wholes[i].words, s))
			return true;
	return false;
}

/* The first row that the line, folded and without links, matches. */
static const struct footer *row_of(struct span s)
{
	for (size_t i = 0; s.n && i < COUNT(footers); i++)
		if ((footers[i].first == *s.p || !footers[i].first) &&
		    matches_footer(&footers[i], s))
			return &footers[i];
	return NULL;
}

bool reply_is_footer(struct span line)
{
	struct reply_folded f;

	if (line.n > FOOTER_LINE_MAX || line.n < 6)
		return false;
	reply_fold(&f, line);
	struct span s = without_links(&f);
	return is_whole(s) || row_of(s);
}

bool reply_is_bare_footer(struct span line)
{
	struct reply_folded f;

	if (line.n > FOOTER_LINE_MAX)
		return false;
	reply_fold(&f, line);
	const struct footer *row = row_of(without_links(&f));
	return row && row->bare;
}

bool reply_is_list_footer(struct span line)
{
	struct reply_folded f;

	reply_fold(&f, line);
	for (size_t i = 0; i < COUNT(lists); i++)
		if (span_find(reply_folded_span(&f), lists[i]) != SIZE_MAX)
			return true;
	return false;
}
