#include "parser/reply_signature.h"

#include "parser/reply_divider.h"
#include "parser/reply_fold.h"
#include "parser/reply_footer.h"

enum {
	LINES_MAX = 8,	      /* of a signature */
	LINE_MAX_BYTES = 120, /* of a line of it */
	DELIMITER_MAX = 30,   /* bytes of a line that may be a delimiter */
	NAME_WORDS_MAX = 5,   /* of a line that is a name */
	NAME_BYTES_MAX = 60,
	WIDE_NAME_MAX = 24, /* bytes of one without spaces, in Chinese or Japanese */
	DIGITS_MIN = 6,	    /* of a telephone number */
	SENTENCE_WORDS_MIN = 3,
	SENTENCE_LOWER_MIN = 2,
	LONG_WORDS_MIN = 9, /* words of a line that is a sentence without a full stop */
	LONG_LOWER_MIN = 6,
	WIDE_SENTENCE_MIN = 18, /* bytes of a sentence in a script without spaces */
};

/* --- sentences --- */

struct words {
	size_t all, lower; /* how many, and of these how many begin in lower case */
};

static struct words count_words(struct span s)
{
	struct words w = { 0 };

	while (s.n) {
		struct span word = span_cut(&s, ' ');
		if (word.n == 0 || !reply_is_letter(word))
			continue;
		w.all++;
		w.lower += reply_is_lower(word);
	}
	return w;
}

static bool ends_wide(struct span s)
{
	return span_ends_ci(s, SPAN("。")) || span_ends_ci(s, SPAN("！")) ||
	       span_ends_ci(s, SPAN("？"));
}

bool reply_is_sentence(struct span line)
{
	while (line.n && strchr("\"')*_", line.p[line.n - 1]))
		line.n--;
	if (line.n == 0)
		return false;
	if (ends_wide(line))
		return line.n >= WIDE_SENTENCE_MIN;
	bool ends = strchr(".!?", line.p[line.n - 1]) != NULL;
	struct words w = count_words(line);
	if (w.all >= LONG_WORDS_MIN && w.lower >= LONG_LOWER_MIN)
		return true;
	if (memchr(line.p, '@', line.n) || span_find(line, SPAN("://")) != SIZE_MAX)
		return false;
	return ends && w.all >= SENTENCE_WORDS_MIN && w.lower >= SENTENCE_LOWER_MIN;
}

/* A letter of the Greek script is in it. */
static bool is_greek(struct span line)
{
	for (size_t i = 0; i + 1 < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i], next = (unsigned char)line.p[i + 1];
		if ((c == 0xce && next >= 0x86) || (c == 0xcf && next <= 0x8e))
			return true;
	}
	return false;
}

bool reply_is_question(struct span line)
{
	unsigned char last = (unsigned char)line.p[line.n - 1];

	if (last == '?' || (last == ';' && is_greek(line)))
		return true;
	return last == 0x9f &&
	       (span_ends_ci(line, SPAN("\xef\xbc\x9f")) || span_ends_ci(line, SPAN("\xd8\x9f")));
}

/* --- what a signature looks like --- */

static bool is_list_item(struct span line)
{
	size_t n = 0;

	if (line.n > 1 && strchr("-*+", *line.p) && line.p[1] == ' ')
		return true;
	while (n < line.n && ascii_is_digit((unsigned char)line.p[n]))
		n++;
	return n > 0 && n < 3 && n + 1 < line.n && strchr(".)", line.p[n]) && line.p[n + 1] == ' ';
}

/* An address, a link or a telephone number. */
static bool is_contact(struct span line)
{
	size_t digits = 0, others = 0;

	if (span_find(line, SPAN("://")) != SIZE_MAX ||
	    span_find_ci(line, SPAN("www.")) != SIZE_MAX)
		return true;
	for (size_t i = 0; i < line.n; i++) {
		digits += ascii_is_digit((unsigned char)line.p[i]);
		others += strchr(" +-/().", line.p[i]) == NULL;
		if (line.p[i] == '@' && i > 0 && line.p[i - 1] != ' ')
			return true;
	}
	others -= digits < others ? digits : others;
	return digits >= DIGITS_MIN && (others <= digits || *line.p == '+');
}

bool reply_is_name(struct span line)
{
	struct words w = count_words(line);

	if (line.n > NAME_BYTES_MAX || memchr(line.p, ':', line.n) || w.all == 0)
		return false;
	if (!memchr(line.p, ' ', line.n) && ((unsigned char)*line.p & 0x80))
		return line.n <= WIDE_NAME_MAX;
	return w.all <= NAME_WORDS_MAX && w.lower == 0;
}

static bool is_part_of_name(struct span name, struct span word)
{
	while (word.n && strchr(",.;|", word.p[word.n - 1]))
		word.n--;
	while (name.n) {
		struct span part = span_cut(&name, ' ');
		if (part.n > 2 && span_eq_ci(part, word))
			return true;
	}
	return false;
}

static bool names_sender(const struct reply_lines *l, struct span line)
{
	while (line.n)
		if (is_part_of_name(l->mail->name, span_cut(&line, ' ')))
			return true;
	return false;
}

/* "PS: ...": words to the reader, below a signature too. */
static bool is_postscript(struct span line)
{
	static const struct span forms[] = { SPAN_LITERAL("PS:"),   SPAN_LITERAL("PS "),
					     SPAN_LITERAL("PS."),   SPAN_LITERAL("P.S."),
					     SPAN_LITERAL("P. S."), SPAN_LITERAL("PPS") };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (span_starts(line, forms[i]))
			return true;
	return false;
}

/* Of the lines (at, end), which are not blank. */
struct look {
	size_t lines;
	bool fits;   /* short, and nothing that a signature has not */
	bool speaks; /* a full sentence is in it */
	bool name;   /* the first line is a name */
};

static void look_at(const struct reply_lines *l, size_t at, size_t end, struct look *ret)
{
	*ret = (struct look){ .fits = true };
	for (size_t i = end; i > at + 1; i--) {
		struct span line = reply_line_text(l, i - 1);
		if (line.n == 0)
			continue;
		if (l->v[i - 1].code || line.n > LINE_MAX_BYTES || l->v[i - 1].colon ||
		    is_list_item(line) || (is_postscript(line) && reply_is_sentence(line)))
			ret->fits = false;
		ret->speaks |= reply_is_sentence(line) && !reply_is_footer(line);
		ret->name = reply_is_name(line); /* from below: the first line's stays */
		ret->lines++;
	}
}

static bool has_contact(const struct reply_lines *l, size_t at, size_t end)
{
	for (size_t i = at + 1; i < end; i++)
		if (is_contact(reply_line_text(l, i)))
			return true;
	return false;
}

static bool has_sender(const struct reply_lines *l, size_t at, size_t end)
{
	for (size_t i = at + 1; i < end; i++)
		if (names_sender(l, reply_line_text(l, i)))
			return true;
	return false;
}

/* --- delimiters --- */

enum delimiter {
	NONE,
	RULE,	/* "---", "__", an em dash: may also part sections */
	DASHES, /* "--" */
	MARK,	/* "-- ", which is nothing else */
};

static enum delimiter delimiter_of(const struct reply_lines *l, size_t i)
{
	struct span line = reply_line_text(l, i);
	struct reply_folded f;

	if (l->v[i].class != REPLY_TEXT || l->v[i].code || line.n == 0 || line.n > DELIMITER_MAX ||
	    !strchr("-_\xe2", *line.p))
		return NONE;
	if (span_is(line, "--") || span_is(line, "- --")) { /* the second as PGP writes it */
		size_t end = l->v[i].to;
		return end < l->text.n && l->text.p[end] == ' ' ? MARK : DASHES;
	}
	if (span_is(line, "\xe2\x80\x94") || span_is(line, "\xe2\x80\x93"))
		return RULE;
	reply_fold(&f, line);
	if (f.n < 2 || f.n > LINES_MAX)
		return NONE;
	for (size_t k = 0; k < f.n; k++)
		if (f.p[k] != f.p[0] || !strchr("-_", f.p[k]))
			return NONE;
	return RULE;
}

/* A line that ends in a colon announces what stands below the delimiter. */
static bool is_announced(const struct reply_lines *l, size_t i)
{
	while (i > 0 && l->v[i - 1].class == REPLY_BLANK)
		i--;
	return i > 0 && l->v[i - 1].colon;
}

static bool has_text_above(const struct reply_lines *l, size_t i)
{
	while (i > 0)
		if (l->v[--i].class == REPLY_TEXT && !reply_is_rule(reply_line_text(l, i)))
			return true;
	return false;
}

/* Another line like delimiter i stands above: they part sections. */
static bool is_repeated(const struct reply_lines *l, size_t i)
{
	struct span line = reply_line_text(l, i);

	for (size_t k = 0; k < i; k++)
		if (l->v[k].class == REPLY_TEXT && span_eq(reply_line_text(l, k), line))
			return true;
	return false;
}

/* A rule parts other things off too, a number or a link; sections have more than one, and only the
 * sender's name tells a signature. */
static bool looks_like_one(const struct reply_lines *l, size_t at, size_t end,
			   const struct look *look)
{
	if (!is_repeated(l, at))
		return look->name || delimiter_of(l, at) == DASHES || has_sender(l, at, end) ||
		       (look->lines > 1 && has_contact(l, at, end));
	if (has_sender(l, at, end))
		return look->name || has_contact(l, at, end);
	return look->name && l->mail->name.n == 0 && has_contact(l, at, end);
}

static bool is_signature(const struct reply_lines *l, size_t at, size_t end)
{
	enum delimiter d = delimiter_of(l, at);
	struct look look;

	look_at(l, at, end, &look);
	if (look.lines == 0 || !look.fits || !has_text_above(l, at))
		return false;
	if (look.speaks) /* a disclaimer below a name, where a program has put the mark */
		return d == MARK && look.name;
	return d == MARK || (!is_announced(l, at) && looks_like_one(l, at, end, &look));
}

/* The last line above `end` that passes, not too many lines up and with only text below; end: none.
 */
static size_t find_above(const struct reply_lines *l, size_t end, size_t lines_max,
			 bool (*passes)(const struct reply_lines *l, size_t i))
{
	size_t lines = 0;

	for (size_t i = end; i > 0 && lines <= lines_max; i--) {
		if (l->v[i - 1].class == REPLY_BLANK)
			continue;
		if (l->v[i - 1].class != REPLY_TEXT)
			break;
		if (passes(l, i - 1))
			return i - 1;
		lines++;
	}
	return end;
}

static bool is_delimiter(const struct reply_lines *l, size_t i)
{
	return delimiter_of(l, i) != NONE;
}

size_t reply_signature_find(const struct reply_lines *l, size_t end)
{
	size_t at = find_above(l, end, LINES_MAX, is_delimiter);

	return at < end && is_signature(l, at, end) ? at : end;
}
