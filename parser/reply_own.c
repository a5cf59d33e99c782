#include "parser/reply_own.h"

#include "parser/reply_divider.h"
#include "parser/reply_field.h"
#include "parser/reply_fold.h"
#include "parser/reply_signature.h"

enum {
	BELOW_MAX = 200,       /* lines that are looked at */
	FRAME_MARKS_MIN = 3,   /* at both ends of a line that frames a mail */
	FRAME_BYTES_MAX = 120, /* of it */
	SAID_WORDS_MIN = 4,    /* of a line that ends in a full stop */
	CLOSING_WORDS_MAX = 4, /* of "Regards, Ann Example" */
};

static size_t marks_of(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == *line.p)
		n++;
	return n;
}

bool reply_own_frame(struct span line)
{
	size_t end = 0;

	if (line.n < FRAME_MARKS_MIN || line.n > FRAME_BYTES_MAX || !strchr("-_=*~#", *line.p))
		return false;
	while (end < line.n && line.p[line.n - 1 - end] == *line.p)
		end++;
	return marks_of(line) >= FRAME_MARKS_MIN && end >= FRAME_MARKS_MIN;
}

static bool begins_header(struct span line)
{
	struct reply_folded f;
	size_t colon = span_find(line, SPAN(":"));

	reply_fold(&f, span_sub(line, 0, colon == SIZE_MAX ? 0 : colon));
	return reply_field_find(reply_folded_span(&f)) == REPLY_FIELD_FROM;
}

/* The last word is one of the sender's name: "Ann", "Regards, Ann". */
static bool is_closing(const struct reply_lines *l, struct span line)
{
	struct span name = l->mail->name, last = line;
	size_t words = 0;

	for (struct span rest = line; rest.n; words++)
		last = span_cut(&rest, ' ');
	while (last.n && strchr(".!", last.p[last.n - 1]))
		last.n--;
	if (words > CLOSING_WORDS_MAX || memchr(line.p, ':', line.n))
		return false;
	while (name.n) {
		struct span part = span_cut(&name, ' ');
		if (part.n > 1 && span_eq_ci(part, last))
			return true;
	}
	return false;
}

/* A sentence, or a few words with a full stop: in German most of them may have a capital. */
static bool is_said(struct span line)
{
	size_t blanks = 0;

	if (line.n == 0)
		return false;
	for (size_t i = 0; i < line.n; i++)
		blanks += line.p[i] == ' ';
	return reply_is_sentence(line) || reply_is_question(line) ||
	       (blanks + 1 >= SAID_WORDS_MIN && strchr(".!", line.p[line.n - 1]));
}

/* The last line is said, or a name below such a line. */
static bool ends_in_words(const struct reply_lines *l, size_t from, size_t last)
{
	struct span line = reply_line_text(l, last);

	if (is_said(line) || !reply_is_name(line))
		return is_said(line);
	while (last > from && l->v[last - 1].class == REPLY_BLANK)
		last--;
	return last > from && is_said(reply_line_text(l, last - 1));
}

enum reply_own reply_own_below(const struct reply_lines *l, size_t from, size_t frame)
{
	size_t last = l->n;
	bool closed = false, closes = false;

	if (l->n - from > BELOW_MAX)
		return REPLY_OWN_NONE;
	for (size_t i = from; i < l->n; i++) {
		struct span line = reply_line_text(l, i);
		if (l->v[i].class == REPLY_BLANK)
			continue;
		if (l->v[i].rest || (l->v[i].field && begins_header(line)))
			return REPLY_OWN_NONE;
		closed |= closes;
		closes |= frame < l->n && reply_own_frame(line) &&
			  *line.p == *reply_line_text(l, frame).p;
		last = i;
	}
	if (last == l->n || l->v[last].class != REPLY_TEXT)
		return REPLY_OWN_NONE;
	if (closed || is_closing(l, reply_line_text(l, last)))
		return REPLY_OWN_SURE;
	return ends_in_words(l, from, last) ? REPLY_OWN_LIKELY : REPLY_OWN_NONE;
}

bool reply_own_announces(const struct reply_lines *l, size_t i)
{
	static const struct span ends[] = {
		SPAN_LITERAL(":-"),	      SPAN_LITERAL(": -"),
		SPAN_LITERAL(":--"),	      SPAN_LITERAL("->"),
		SPAN_LITERAL("=>"),	      SPAN_LITERAL("\xe2\x86\x93"),
		SPAN_LITERAL("\xe2\x86\x92"), SPAN_LITERAL("\xe2\xac\x87")
	};

	for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
		if (span_ends_ci(reply_line_text(l, i), ends[k]))
			return true;
	return l->v[i].colon;
}
