#include "parser/reply_lines.h"

#include "parser/reply_fold.h"

enum {
	BROKEN_END_MAX = 40,  /* bytes of the end of an attribution that a program broke off */
	BROKEN_LINES_MAX = 3, /* lines above in which its address begins */
	FIELD_NAME_MAX = 48,  /* bytes before the colon of a header line */
	FIELD_BLANKS_MAX = 5, /* and blanks: "  de la part de :" */
};

static bool is_wide_colon(struct span s)
{
	return span_starts(s, SPAN("\xef\xbc\x9a"));
}

/* "AB> " as The Bat! and Gnus put the initials of the writer. */
static size_t initials_of(struct span s)
{
	size_t i = 0;

	while (i < s.n && i < 4 && s.p[i] >= 'A' && s.p[i] <= 'Z')
		i++;
	return i > 0 && i + 1 < s.n && s.p[i] == '>' && strchr(" >", s.p[i + 1]) ? i : 0;
}

static bool is_quoted(struct span s)
{
	if (s.n == 0)
		return false;
	if (span_starts(s, SPAN("\xef\xbc\x9e"))) /* a wide ">" */
		return true;
	if (s.p[0] != '>')
		return false;
	return !span_starts(s, SPAN(">From ")) && !span_starts(s, SPAN(">>>>>>> "));
}

/*
 * GroupWise sets its attribution in ">>> Ann 3/5/2019 10:00 >>>"; that is no quoted line but what
 * stands above one.
 */
static bool is_groupwise(struct span s)
{
	return s.n > 8 && span_starts(s, SPAN(">>> ")) && span_ends_ci(s, SPAN(" >>>"));
}

/* A colon after a few words without a digit: "From:", "Reply to:"; no clock, no log line. */
static bool has_field_colon(struct span s)
{
	size_t blanks = 0;

	s.n = s.n < FIELD_NAME_MAX ? s.n : FIELD_NAME_MAX;
	if (!memchr(s.p, ':', s.n) && !memchr(s.p, 0xef, s.n))
		return false;
	for (size_t i = 0; i < s.n && blanks <= FIELD_BLANKS_MAX; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == ':' || (c == 0xef && is_wide_colon(span_sub(s, i, 3))))
			return i > 0;
		if (ascii_is_digit(c))
			return false;
		blanks += c == ' ';
	}
	return false;
}

static bool ends_in_colon(struct span s)
{
	while (s.n && (s.p[s.n - 1] == '*' || s.p[s.n - 1] == '_'))
		s.n--;
	if (s.n == 0)
		return false;
	return s.p[s.n - 1] == ':' || (s.n >= 3 && is_wide_colon(span_sub(s, s.n - 3, 3)));
}

static void look_at_line(struct span text, struct reply_line *line, size_t end)
{
	struct span raw = span_sub(text, line->start, end - line->start);
	struct span s = raw;

	/* The quick way for lines that begin and end in ASCII. */
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
		s.n--;
	while (s.n && (*s.p == ' ' || *s.p == '\t'))
		s = span_sub(s, 1, s.n);
	if (s.n && (((unsigned char)*s.p | (unsigned char)s.p[s.n - 1]) & 0x80))
		s = reply_line_trim(s);
	line->from = s.n ? (size_t)(s.p - text.p) : line->start;
	line->to = line->from + s.n;
	if (s.n == 0)
		line->class = REPLY_BLANK;
	else if (is_quoted(s) && !is_groupwise(s))
		line->class = REPLY_QUOTED;
	else
		line->class = REPLY_TEXT;
	line->why = FACTS_CUT_QUOTE;
	line->initials = line->class == REPLY_TEXT && initials_of(s) > 0;
	line->colon = line->class == REPLY_TEXT && ends_in_colon(s);
	line->field = line->class == REPLY_TEXT && has_field_colon(s);
}

static bool is_prompt(struct span s)
{
	return span_starts(s, SPAN(">>> ")) || span_is(s, ">>>");
}

/*
 * Lines of a block between two "```" are what they are, whatever they look like.
 */
static void protect_code(struct reply_lines *l)
{
	size_t open = SIZE_MAX;

	for (size_t i = 0; i < l->n; i++) {
		if (!span_starts(reply_line_text(l, i), SPAN("```")))
			continue;
		if (open == SIZE_MAX) {
			open = i;
			continue;
		}
		for (size_t k = open; k <= i; k++) {
			struct reply_line *line = &l->v[k];
			line->class = line->class == REPLY_BLANK ? REPLY_BLANK : REPLY_TEXT;
			line->colon = line->field = line->initials = false;
			line->code = true;
		}
		open = SIZE_MAX;
	}
}

/* Quotes of the third degree without any of the first are the prompts of a Python session. */
static void spare_prompts(struct reply_lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].class == REPLY_QUOTED && !is_prompt(reply_line_text(l, i)))
			return;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].class == REPLY_QUOTED)
			l->v[i].class = REPLY_TEXT;
}

/* Angle brackets that the line opens and does not close. */
static int open_brackets(struct span s)
{
	int open = 0;

	for (size_t i = 0; i < s.n; i++)
		open += (s.p[i] == '<') - (s.p[i] == '>');
	return open;
}

/* Does the text above line i break off within "<ann@example.com"? */
static bool is_within_address(const struct reply_lines *l, size_t i)
{
	int open = 0;

	for (size_t lines = 0; i > 0 && lines < BROKEN_LINES_MAX; lines++) {
		if (l->v[--i].class == REPLY_QUOTED)
			return false;
		open += open_brackets(reply_line_text(l, i));
		if (open > 0)
			return true;
	}
	return false;
}

/* ">:" and "> wrote:" on a line of its own end the address of an attribution and quote nothing. */
static void mend_ends(struct reply_lines *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct span s = reply_line_text(l, i);
		if (l->v[i].class != REPLY_QUOTED || s.n > BROKEN_END_MAX || !ends_in_colon(s) ||
		    span_starts(s, SPAN(">>")) || !is_within_address(l, i))
			continue;
		l->v[i].class = REPLY_TEXT;
		l->v[i].colon = true;
	}
}

void reply_lines_make(struct span text, const struct reply_mail *mail, struct arena *arena,
		      struct reply_lines *ret_lines)
{
	struct reply_lines l = { .text = text, .mail = mail };
	size_t at = 0;

	while (text.n && at <= text.n) {
		const char *lf = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
		size_t end = lf && l.n + 1 < REPLY_LINES_MAX ? (size_t)(lf - text.p) : text.n;
		ARENA_GROW(arena, l.v, l.n);
		l.v[l.n].start = at;
		look_at_line(text, &l.v[l.n++], end);
		at = end + 1;
	}
	l.total = l.n;
	protect_code(&l);
	spare_prompts(&l);
	mend_ends(&l);
	*ret_lines = l;
}

/* --- the client's marks --- */

static size_t line_at(const struct reply_lines *l, size_t offset)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (l->v[mid].start <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : 0;
}

static void mark_line(struct reply_line *line, enum reply_hint_kind kind)
{
	if (line->class == REPLY_BLANK)
		return;
	switch (kind) {
	case REPLY_HINT_QUOTE:
	case REPLY_HINT_FORWARD:
		line->class = REPLY_QUOTED;
		line->boxed = true;
		line->why = kind == REPLY_HINT_QUOTE ? FACTS_CUT_QUOTE : FACTS_CUT_FORWARDED;
		break;
	case REPLY_HINT_ATTRIBUTION:
	case REPLY_HINT_SIGNATURE:
		if (line->class == REPLY_QUOTED)
			break;
		line->class = kind == REPLY_HINT_SIGNATURE ? REPLY_MARKED : REPLY_ATTRIBUTION;
		line->why =
		    kind == REPLY_HINT_SIGNATURE ? FACTS_CUT_SIGNATURE : FACTS_CUT_ATTRIBUTION;
		break;
	case REPLY_HINT_NONE:
	case REPLY_HINT_QUOTE_BOX:
	case REPLY_HINT_COLOUR:
	case REPLY_HINT_REST: break;
	}
}

/*
 * A box holds the attribution and then quoted lines; without any quoted line all of it is the
 * quote.  Lines below the first quoted one keep their class: they may be answers.
 */
static void mark_box(struct reply_lines *l, size_t from, size_t to)
{
	size_t quoted = from;

	while (quoted < to && l->v[quoted].class != REPLY_QUOTED)
		quoted++;
	for (size_t i = from; i < quoted; i++)
		if (l->v[i].class == REPLY_TEXT)
			mark_line(&l->v[i],
				  quoted < to ? REPLY_HINT_ATTRIBUTION : REPLY_HINT_QUOTE);
}

/* The lines [from, to) of which the hint holds the first byte that is no blank. */
static void hint_lines(const struct reply_lines *l, const struct reply_hint *h, size_t *ret_from,
		       size_t *ret_to)
{
	size_t from = line_at(l, h->from);

	if (from < l->n && l->v[from].to > l->v[from].from && l->v[from].from < h->from)
		from++;
	*ret_from = from;
	*ret_to = h->to > h->from ? line_at(l, h->to - 1) + 1 : from;
}

static void mark_rest(struct reply_lines *l, size_t from)
{
	from = reply_lines_next(l, from);
	if (from < l->n)
		l->v[from].rest = true;
}

/* Lines of which some or all is coloured. */
static void mark_colour(struct reply_lines *l, const struct reply_hint *h)
{
	for (size_t i = line_at(l, h->from); i < l->n && l->v[i].start < h->to; i++)
		l->v[i].colour |= l->v[i].to > h->from;
	l->coloured = true;
}

void reply_lines_mark(struct reply_lines *l, const struct reply_hint *hints, size_t hint_count)
{
	size_t done = 0, boxed = 0, coloured = 0; /* lines below are done with */

	for (size_t h = 0; h < hint_count && l->n; h++) {
		size_t from, to;
		enum reply_hint_kind kind = hints[h].kind;
		hint_lines(l, &hints[h], &from, &to);
		if (kind == REPLY_HINT_REST) {
			mark_rest(l, from);
		} else if (kind == REPLY_HINT_COLOUR) {
			if (hints[h].to > coloured)
				mark_colour(l, &hints[h]);
			coloured = hints[h].to > coloured ? hints[h].to : coloured;
		} else if (kind == REPLY_HINT_QUOTE_BOX) {
			if (from >= boxed)
				mark_box(l, from, to);
			boxed = to > boxed ? to : boxed;
		} else {
			for (size_t i = from > done ? from : done; i < to; i++)
				mark_line(&l->v[i], kind);
			done = to > done ? to : done;
		}
	}
}

void reply_lines_drop(struct reply_lines *l, size_t first, size_t end, enum facts_cut_why why)
{
	for (size_t i = first; i < end; i++) {
		if (l->v[i].class == REPLY_BLANK || l->v[i].class == REPLY_GONE)
			continue;
		l->v[i].class = REPLY_GONE;
		l->v[i].why = (uint8_t)why;
	}
}

void reply_lines_end(struct reply_lines *l, size_t first, enum facts_cut_why why)
{
	reply_lines_drop(l, first, l->n, why);
	l->n = first;
}

struct span reply_line_unquoted(const struct reply_lines *l, size_t i)
{
	struct span s = reply_line_text(l, i);
	size_t n = initials_of(s);

	s = span_sub(s, n, s.n);
	while (s.n && (*s.p == '>' || *s.p == ' ' || *s.p == '\t'))
		s = span_sub(s, 1, s.n);
	return reply_line_trim(s);
}

size_t reply_lines_next(const struct reply_lines *l, size_t i)
{
	while (i < l->n && l->v[i].class == REPLY_BLANK)
		i++;
	return i;
}
