#include "parser/reply_list.h"

#include "parser/reply_divider.h"
#include "parser/reply_fold.h"
#include "parser/reply_person.h"

enum {
	RULE_MIN = 20,	     /* marks of the rule above */
	LINES_MAX = 10,	     /* below it */
	WRAP_MAX = 3,	     /* lines that one instruction is wrapped over */
	NAME_WORDS_MAX = 5,  /* of the line that names the list */
	LABEL_WORDS_MAX = 8, /* in front of a place: "More majordomo info at http://..." */
};

/* What a line of a footer is. */
enum part {
	OTHER, /* of none */
	NAME,  /* "users mailing list" */
	HOW,   /* "To unsubscribe ...": down to the place where */
	TOLD,  /* "You received this message because ..." */
	PLACE, /* an address or a link, a few words in front of it perhaps */
	LABEL, /* a few words and a colon, a place below */
};

static const struct row {
	const char *lang;
	enum part part;
	struct span words;
} rows[] = {
#define ROW(lang, part, words) { lang, part, SPAN_LITERAL(words) },
#include "parser/tables/reply_list_parts.h"
#undef ROW
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* --- one line --- */

static bool is_link(struct span s)
{
	return span_find(s, SPAN("://")) != SIZE_MAX || span_starts(s, SPAN("www."));
}

static bool is_place(struct span s)
{
	struct reply_evidence e;

	reply_evidence_find(s, &e);
	return e.address || is_link(s);
}

/* The last word of s; ret_rest: what stands in front of it. */
static struct span last_word(struct span s, struct span *ret_rest)
{
	size_t n = 0;

	while (n < s.n && s.p[s.n - 1 - n] != ' ')
		n++;
	*ret_rest = reply_line_trim(span_sub(s, 0, s.n - n));
	return span_sub(s, s.n - n, n);
}

static size_t count_words(struct span s)
{
	size_t n = s.n > 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

static bool has_any(struct span s, const char *marks)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(marks, s.p[i]))
			return true;
	return false;
}

/* As no program does. */
static bool speaks_of_self(struct span s)
{
	struct sieve sieve = sieve_of(s);

	return reply_person_speaks(s, &sieve);
}

/* The line, folded, without what it is listed with: "<*> To visit your group ...". */
static struct span bare_line(const struct reply_lines *l, size_t i, struct reply_folded *f)
{
	reply_fold(f, reply_line_text(l, i));
	struct span s = reply_folded_span(f);
	if (span_starts(s, SPAN("<> ")))
		s = span_sub(s, 3, s.n);
	return s;
}

/* The name of the list beside what a list is called, and its address perhaps. */
static bool names_list(struct span s, struct span words)
{
	struct span rest;

	if (is_place(last_word(s, &rest)))
		s = rest;
	while (s.n && strchr(" -(<", s.p[s.n - 1]))
		s.n--;
	return s.n > words.n && (span_starts(s, words) || span_ends_ci(s, words)) &&
	       count_words(s) <= NAME_WORDS_MAX && !is_place(s) && !has_any(s, ":;,.!?");
}

static enum part part_of(struct span s)
{
	struct span rest;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].part == NAME ? names_list(s, rows[i].words)
					 : span_starts(s, rows[i].words))
			return rows[i].part;
	if (s.n == 0 || ascii_is_digit((unsigned char)*s.p))
		return OTHER;
	if (is_place(last_word(s, &rest)))
		return count_words(rest) <= LABEL_WORDS_MAX && !speaks_of_self(rest) ? PLACE
										     : OTHER;
	return s.p[s.n - 1] == ':' && count_words(s) <= LABEL_WORDS_MAX ? LABEL : OTHER;
}

/* --- the footer --- */

struct footer {
	bool named, told; /* it names a list; says what to do, or why one has the mail */
	bool place, link;
};

/* The line behind the instruction that begins at line i: the place ends it, or what to write to
 * it.  0: it is none. */
static size_t behind_instruction(const struct reply_lines *l, size_t i, size_t end, bool how)
{
	struct reply_folded f = { 0 };
	struct span rest;

	for (size_t lines = 0; i < end && lines < WRAP_MAX; lines++) {
		reply_fold_add(&f, reply_line_text(l, i));
		i = reply_lines_next(l, i + 1);
		struct span s = reply_folded_span(&f);
		if (speaks_of_self(s) || s.p[s.n - 1] == '?')
			return 0;
		if (is_place(last_word(s, &rest)) || (is_place(s) && has_any(s, "\"")) ||
		    (!how && s.p[s.n - 1] == '.'))
			return i;
	}
	return 0;
}

/* The line behind the part of a footer that begins at line i; 0: it is none. */
static size_t read_part(const struct reply_lines *l, size_t i, size_t end, struct footer *to)
{
	struct reply_folded f;
	struct span line = bare_line(l, i, &f);
	enum part part = part_of(line);
	size_t next = reply_lines_next(l, i + 1);

	to->named |= part == NAME;
	to->told |= part == HOW || part == TOLD;
	to->place |= part == HOW || (part == PLACE) || (part == NAME && is_place(line));
	to->link |= (part == PLACE || part == NAME) && is_link(line);
	if (part == HOW || part == TOLD)
		return behind_instruction(l, i, end, part == HOW);
	if (part == LABEL && next < end)
		part = part_of(bare_line(l, next, &f)) == PLACE ? LABEL : OTHER;
	return part == OTHER || (part == LABEL && next >= end) ? 0 : next;
}

static bool is_footer(const struct reply_lines *l, size_t rule, size_t end)
{
	struct footer f = { 0 };

	for (size_t i = reply_lines_next(l, rule + 1); i < end;) {
		i = read_part(l, i, end, &f);
		if (i == 0)
			return false;
	}
	return f.told ? f.place : f.named && f.link;
}

/* --- the rule --- */

/* The rule does not part sections, nor show what the line above announces. */
static bool is_alone(const struct reply_lines *l, size_t rule)
{
	struct span line = reply_line_text(l, rule);
	bool text = false;
	size_t above = rule;

	for (size_t i = 0; i < rule; i++) {
		if (l->v[i].class == REPLY_BLANK)
			continue;
		above = i;
		if (l->v[i].class != REPLY_TEXT)
			continue;
		if (span_eq(reply_line_text(l, i), line))
			return false;
		text |= !reply_is_rule(reply_line_text(l, i));
	}
	return text && !l->v[above].colon;
}

size_t reply_list_footer_find(const struct reply_lines *l, size_t end)
{
	size_t lines = 0;

	for (size_t i = end; i > 0 && lines <= LINES_MAX; i--) {
		struct span line = reply_line_text(l, i - 1);
		if (l->v[i - 1].class == REPLY_BLANK)
			continue;
		if (l->v[i - 1].class != REPLY_TEXT)
			break;
		if (line.n >= RULE_MIN && reply_is_rule(line))
			return lines && is_footer(l, i - 1, end) && is_alone(l, i - 1) ? i - 1
										       : end;
		lines++;
	}
	return end;
}
