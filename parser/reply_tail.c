#include "parser/reply_tail.h"

#include "parser/reply_block.h"
#include "parser/reply_fold.h"

enum {
	SIGNATURE_LINES_MAX = 30, /* below a delimiter that may also part sections: "---", "__" */
	FOOTER_LINE_MAX = 200,	  /* bytes */
	FOOTER_WORDS_MAX = 5,	  /* between the two ends, when no device is named */
	FOOTER_GAP_MAX = 40,	  /* bytes between the two ends, when no device is named */
	DEVICE_SHORT_MAX = 5,	  /* bytes of a name below which it must be a whole word */
	ROUNDS_MAX = 8,		  /* signature below quote below footer ... */
};

static const struct footer {
	const char *lang;
	struct span head, tail;
	bool needs_device;
} footers[] = {
#define FOOTER(lang, head, tail) { lang, SPAN_LITERAL(head), SPAN_LITERAL(tail), false },
#define NAMING(lang, head, tail) { lang, SPAN_LITERAL(head), SPAN_LITERAL(tail), true },
#define LINE(lang, words)
#define DEVICE(words)
#include "parser/tables/reply_footers.h"
#undef FOOTER
#undef NAMING
#undef LINE
};

static const struct whole {
	const char *lang;
	struct span words;
} wholes[] = {
#define FOOTER(lang, head, tail)
#define NAMING(lang, head, tail)
#define LINE(lang, words) { lang, SPAN_LITERAL(words) },
#include "parser/tables/reply_footers.h"
#undef FOOTER
#undef NAMING
#undef LINE
#undef DEVICE
};

static const struct span devices[] = {
#define FOOTER(lang, head, tail)
#define NAMING(lang, head, tail)
#define LINE(lang, words)
#define DEVICE(words) SPAN_LITERAL(words),
#include "parser/tables/reply_footers.h"
#undef FOOTER
#undef NAMING
#undef LINE
#undef DEVICE
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* --- footers --- */

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
	size_t words = 0;

	if (gap.n > FOOTER_GAP_MAX)
		return false;
	for (size_t i = 0; i < gap.n; i++) {
		if (strchr(",;.!?:", gap.p[i]))
			return false;
		words += gap.p[i] != ' ' && (i == 0 || gap.p[i - 1] == ' ');
	}
	return words > 0 && words <= FOOTER_WORDS_MAX;
}

static bool matches_footer(const struct footer *f, struct span s)
{
	if (s.n < f->head.n + f->tail.n || !span_starts(s, f->head) || !span_ends_ci(s, f->tail))
		return false;
	struct span gap = span_sub(s, f->head.n, s.n - f->head.n - f->tail.n);
	if (names_device(s))
		return true;
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
	size_t open = strchr("<([", s.p[i]) != NULL, n = open;

	if (!span_starts(span_sub(s, i + open, s.n), SPAN("http")))
		return 0;
	while (i + n < s.n && !strchr(" >)]", s.p[i + n]))
		n++;
	return n + (open && i + n < s.n);
}

/* Takes the links out, and marks and full stops off both ends. */
static struct span without_links(struct reply_folded *f)
{
	struct span s = { f->p, 0 };

	for (size_t i = 0; i < f->n; i++) {
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

bool reply_is_footer(struct span line)
{
	struct reply_folded f;

	if (line.n > FOOTER_LINE_MAX || line.n < 6)
		return false;
	reply_fold(&f, line);
	struct span s = without_links(&f);
	for (size_t i = 0; i < COUNT(wholes); i++)
		if (matches_line(wholes[i].words, s))
			return true;
	for (size_t i = 0; i < COUNT(footers); i++)
		if (matches_footer(&footers[i], s))
			return true;
	return false;
}

/* --- signatures --- */

/* 2: "--"; 1: a delimiter that may also part sections; 0: none. */
static int delimiter(struct span line)
{
	struct reply_folded f;

	if (line.n < 2 || line.n > 9 || !strchr("-_\xe2", *line.p))
		return 0;
	if (span_is(line, "--") || span_is(line, "- --")) /* the second as PGP writes it */
		return 2;
	if (span_is(line, "\xe2\x80\x94") || span_is(line, "\xe2\x80\x93"))
		return 1;
	reply_fold(&f, line);
	struct span s = reply_folded_span(&f);
	return span_is(s, "--") || span_is(s, "---") || span_is(s, "__") || span_is(s, "___");
}

/* A line that ends in a colon announces what stands between the rules. */
static bool is_announced(const struct reply_lines *l, size_t first, size_t i)
{
	while (i > first && l->v[i - 1].class == REPLY_BLANK)
		i--;
	return i > first && l->v[i - 1].colon;
}

static bool has_text_above(const struct reply_lines *l, size_t first, size_t i)
{
	while (i > first)
		if (l->v[--i].class == REPLY_TEXT && !reply_is_rule(reply_line_text(l, i)))
			return true;
	return false;
}

/* Where the signature that ends the lines [first, end) begins, or end; below: more stood there and
 * is gone. */
static size_t signature(const struct reply_lines *l, size_t first, size_t end, bool below)
{
	size_t at = end, lines = 0;

	for (size_t i = end; i > first; i--) {
		const struct reply_line *line = &l->v[i - 1];
		if (line->class == REPLY_QUOTED || line->class == REPLY_ATTRIBUTION)
			break;
		int strength = line->class == REPLY_TEXT && !line->code
				   ? delimiter(reply_line_text(l, i - 1))
				   : 0;
		if (strength == 2 ||
		    (strength == 1 && (lines > 0 || below) && lines <= SIGNATURE_LINES_MAX &&
		     !is_announced(l, first, i - 1)))
			at = i - 1;
		lines += line->class != REPLY_BLANK;
	}
	return at < end && has_text_above(l, first, at) ? at : end;
}

/* --- all of it --- */

/* The line above i that is not blank stands in a quote. */
static bool is_below_quote(const struct reply_lines *l, size_t i)
{
	while (i > 0 && l->v[i - 1].class == REPLY_BLANK)
		i--;
	return i > 0 && l->v[i - 1].class != REPLY_TEXT;
}

/* A line that ends the mail and goes; a rule goes only when it parted something off that is gone,
 * or will. */
static bool is_dropped(const struct reply_lines *l, size_t i, bool below)
{
	struct span line = reply_line_text(l, i);

	if (l->v[i].class != REPLY_TEXT)
		return true;
	if (l->v[i].code)
		return false;
	if (reply_is_rule(line))
		return below || is_below_quote(l, i);
	return reply_is_footer(line);
}

size_t reply_tail_cut(const struct reply_lines *l, size_t first, size_t end)
{
	bool below = l->cut;

	for (int round = 0; round < ROUNDS_MAX; round++) {
		size_t before = end;
		for (; end > first && is_dropped(l, end - 1, below); end--)
			below |= l->v[end - 1].class != REPLY_BLANK;
		size_t whole = end;
		end = signature(l, first, end, below);
		below |= end < whole;
		if (end == before)
			break;
	}
	return end;
}
