#include "gatewayd/net/imap_guard.h"

void imap_guard_init(struct imap_guard *g)
{
	*g = (struct imap_guard){ 0 };
	buf_init(&g->line, IMAP_SEARCH_LINE_MAX);
	buf_init(&g->held, IMAP_HELD_MAX);
	imap_guard_command(g, IMAP_SEARCH_LINE_MAX, 0);
}

void imap_guard_release(struct imap_guard *g)
{
	buf_release(&g->line);
	buf_release(&g->held);
}

void imap_guard_command(struct imap_guard *g, int64_t answer_max, int64_t body_max)
{
	g->command_left = answer_max;
	g->uids_left = IMAP_SEARCH_UIDS_MAX;
	g->body_max = body_max;
}

void imap_guard_ahead(struct imap_guard *g, int64_t answer_max, int64_t body_max)
{
	g->command_left += answer_max;
	g->body_max = body_max > g->body_max ? body_max : g->body_max;
}

/* 0: none of ours. */
static uint64_t tag_of(struct span line)
{
	uint64_t tag;

	return span_u64(span_cut(&line, ' '), &tag) ? tag : 0;
}

/* Between two responses: what was held for the command whose turn it is. */
static void give_held(struct imap_guard *g, struct buf *out)
{
	struct span rest = buf_span(&g->held), line;

	if (g->literals > 0 || g->looked == g->tag)
		return;
	g->looked = g->tag; /* what comes early from now on is of later ones */
	while (span_line(&rest, &line)) {
		char *p = g->held.p + (line.p - g->held.p);

		if (tag_of(line) != g->tag)
			continue;
		buf_add(out, line);
		buf_adds(out, "\r\n");
		g->ended = true;
		memmove(p, rest.p, rest.n);
		g->held.n = (size_t)(p - g->held.p) + rest.n;
		return;
	}
}

void imap_guard_turn(struct imap_guard *g, uint32_t tag, struct buf *out)
{
	if (tag <= g->tag)
		return; /* what comes is taken for its answer already */
	g->tag = tag;
	g->ended = false;
	give_held(g, out);
}

/* A response begins: behind the end of a command it is of the next one. */
static void next_turns(struct imap_guard *g, struct buf *out)
{
	while (g->ended)
		imap_guard_turn(g, g->tag + 1, out);
}

static bool is_early(const struct imap_guard *g, struct span line)
{
	uint64_t tag = g->tag ? tag_of(line) : 0;

	return tag > g->tag && tag <= g->last_tag;
}

static int refuse(struct imap_guard *g, struct err *e, const char *why)
{
	g->broken = true;
	return err_set(e, ERR_TEMP, "the IMAP server's answer is refused: %s", why);
}

static bool is_untagged(struct span line)
{
	return line.n && line.p[0] == '*';
}

/* What stands behind the "*", and however many blanks: libetpan takes any. */
static struct span untagged(struct span line)
{
	return is_untagged(line) ? span_trim(span_sub(line, 1, SIZE_MAX)) : SPAN_NONE;
}

/* Lines of free text, in which "{5}" at the end announces nothing. */
static bool is_status(struct span line)
{
	static const char *const words[] = { "OK", "NO", "BAD", "PREAUTH", "CAPABILITY" };
	struct span rest = untagged(line), word = span_cut(&rest, ' ');

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is_ci(word, words[i]))
			return true;
	return !is_untagged(line);
}

static bool begins_atom(struct span s)
{
	return s.n && (unsigned char)s.p[0] > ' ' && !memchr("(){}%*\"\\]", s.p[0], 10);
}

/* "[PERMANENTFLAGS (" with neither a flag nor ")" behind it: libetpan reads a list that is none. */
static bool has_no_flags(struct span line)
{
	static const struct span code = SPAN_LITERAL("PERMANENTFLAGS");
	size_t at = span_find_ci(line, code);

	if (at == SIZE_MAX)
		return false;
	line = span_trim(span_sub(line, at + code.n, SIZE_MAX));
	if (!span_starts(line, SPAN("(")))
		return false;
	line = span_trim(span_sub(line, 1, SIZE_MAX));
	if (!span_starts(line, SPAN("\\")))
		return !span_starts(line, SPAN(")")) && !begins_atom(line);
	line = span_sub(line, 1, SIZE_MAX);
	return !span_starts(line, SPAN("*")) && !begins_atom(line);
}

/* The end of a line that announces a literal: "{123}" or "~{123}" (RFC 3516). */
static bool announces_literal(struct span line, uint64_t *ret_size)
{
	size_t open;

	if (line.n < 3 || line.p[line.n - 1] != '}')
		return false;
	for (open = line.n - 1; open > 0 && line.p[open - 1] != '{'; open--)
		if (line.n - open > 20)
			return false;
	return open > 0 && span_u64(span_sub(line, open, line.n - 1 - open), ret_size);
}

/* Whether the literal at the end of the line is the whole or the head of a message. */
static bool is_body_literal(struct span line)
{
	size_t open = line.n;

	while (open > 0 && line.p[open - 1] != '{')
		open--;
	line = span_trim(span_sub(line, 0, open - 1));
	return span_ends_ci(line, SPAN("BODY[]")) || span_ends_ci(line, SPAN("BODY[]<0>"));
}

/* Parentheses outside quotes; a quote that is not closed in its line counts as text. */
static int depth_of(struct span line)
{
	int depth = 0, most = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '(')
			most = ++depth > most ? depth : most;
		else if (!quoted && c == ')')
			depth--;
	}
	return most;
}

/* "* 23 EXISTS" → the word; empty for anything else. */
static struct span number_word(struct span line)
{
	struct span rest = untagged(line), number = span_cut(&rest, ' ');

	if (number.n == 0 || !ascii_is_digit((unsigned char)number.p[0]))
		return SPAN_NONE;
	rest = span_trim(rest);
	return span_cut(&rest, ' ');
}

static int say_bye(struct imap_guard *g, struct span why, struct err *e)
{
	size_t n = 0;

	g->bye = true;
	for (size_t i = 0; i < why.n && n < sizeof(g->bye_text) - 1; i++)
		if (why.p[i] >= ' ' && why.p[i] <= '~')
			g->bye_text[n++] = why.p[i];
	g->bye_text[n] = '\0';
	return err_set(e, ERR_TEMP, "the IMAP server closes the session:%s", g->bye_text);
}

static int64_t count_numbers(struct span s)
{
	bool within = false;
	int64_t n = 0;

	for (size_t k = 0; k < s.n; k++) {
		bool digit = s.p[k] >= '0' && s.p[k] <= '9';

		n += digit && !within;
		within = digit;
	}
	return n;
}

static bool finds_too_many(struct imap_guard *g, struct span line)
{
	if (g->literals == 0 && span_starts_ci(untagged(line), SPAN("SEARCH")))
		g->uids_left -= count_numbers(line);
	return g->uids_left < 0;
}

static int check_line(struct imap_guard *g, struct span line, struct err *e)
{
	struct span word = number_word(line), bye = SPAN("BYE");

	if (memchr(line.p, '\0', line.n) != NULL)
		return refuse(g, e, "NUL in a line");
	if (g->literals == 0 && span_starts_ci(untagged(line), bye))
		return say_bye(g, span_sub(untagged(line), bye.n, SIZE_MAX), e);
	if (is_status(line) && has_no_flags(line))
		return refuse(g, e, "a list of flags that is none");
	if (finds_too_many(g, line))
		return refuse(g, e, "too many UIDs");
	if (depth_of(line) > IMAP_DEPTH_MAX)
		return refuse(g, e, "parentheses nest too deep");
	if (span_is_ci(word, "FETCH") && (span_find_ci(line, SPAN("BODYSTRUCTURE")) != SIZE_MAX ||
					  span_find_ci(line, SPAN("ENVELOPE")) != SIZE_MAX))
		return refuse(g, e, "a structure that was not asked for");
	if (span_is_ci(word, "EXISTS") || span_is_ci(word, "RECENT"))
		g->exists = true;
	return 0;
}

static bool is_search(const struct imap_guard *g)
{
	return g->literals == 0 && span_starts_ci(buf_span(&g->line), SPAN("* SEARCH"));
}

static bool is_dropped(const struct imap_guard *g)
{
	return g->no_search && is_search(g);
}

/* "* 23 EXPUNGE": one for each mail that was moved, and nobody asks which. */
static bool is_expunge(struct span line)
{
	return span_ends_ci(line, SPAN(" EXPUNGE")) && span_is_ci(number_word(line), "EXPUNGE");
}

/* A line is whole, with its line end: lets it through and sets up what follows. */
static int line_done(struct imap_guard *g, struct buf *out, struct err *e)
{
	struct span line = span_trim(buf_span(&g->line));
	bool begins = g->literals == 0;
	uint64_t size = 0;

	if (check_line(g, line, e) < 0)
		return -1;
	if (begins) {
		next_turns(g, out);
		g->hush = g->hush && is_untagged(line);
		g->ended = g->tag && tag_of(line) == g->tag;
	}
	if (begins && g->news_tag && tag_of(line) == g->news_tag)
		g->exists = false;
	if ((g->literals > 0 || !is_status(line)) && announces_literal(line, &size)) {
		uint64_t max = is_body_literal(line) ? (uint64_t)g->body_max : IMAP_LITERAL_MAX;

		if (size > max)
			return refuse(g, e, "a literal is too large");
		if (++g->literals > IMAP_LITERALS_MAX)
			return refuse(g, e, "too many literals in a line");
		g->literal_left = size;
	} else {
		g->literals = 0;
		g->line_bytes = 0;
	}
	if (begins && is_early(g, line))
		buf_add(&g->held, buf_span(&g->line));
	else if (!g->hush && !is_dropped(g) && !(begins && is_expunge(line)))
		buf_add(out, buf_span(&g->line));
	buf_clear(&g->line);
	give_held(g, out);
	return g->held.full ? refuse(g, e, "too many answers at once") : 0;
}

static size_t line_max(const struct imap_guard *g)
{
	if (is_dropped(g))
		return SIZE_MAX; /* it takes no room */
	return is_search(g) ? IMAP_SEARCH_LINE_MAX : IMAP_LINE_MAX;
}

/* Takes what belongs to the line; *ret_taken bytes are used up. */
static int feed_line(struct imap_guard *g, struct span bytes, struct buf *out, size_t *ret_taken,
		     struct err *e)
{
	const char *lf = memchr(bytes.p, '\n', bytes.n);
	size_t n = lf ? (size_t)(lf - bytes.p) + 1 : bytes.n;

	buf_add(&g->line, span_sub(bytes, 0, n));
	if (!lf && is_dropped(g))
		g->line.n = SPAN("* SEARCH").n; /* it can be long: only what it is stays */
	g->line_bytes += n;
	*ret_taken = n;
	if (g->line.full || g->line_bytes > line_max(g))
		return refuse(g, e, "a line is too long");
	return lf ? line_done(g, out, e) : 0;
}

int imap_guard_feed(struct imap_guard *g, struct span bytes, struct buf *out, struct err *e)
{
	if (g->broken || g->bye)
		return err_set(e, ERR_TEMP, "the IMAP session is over");
	g->command_left -= (int64_t)bytes.n;
	if (g->command_left < 0)
		return refuse(g, e, "the answer to one command is too large");
	while (bytes.n > 0) {
		size_t n = bytes.n;

		if (g->literal_left > 0) {
			n = g->literal_left < n ? (size_t)g->literal_left : n;
			if (!g->hush)
				buf_add(out, span_sub(bytes, 0, n));
			g->literal_left -= n;
		} else if (feed_line(g, bytes, out, &n, e) < 0) {
			return -1;
		}
		bytes = span_sub(bytes, n, SIZE_MAX);
	}
	return out->full ? refuse(g, e, "too much at once") : 0;
}
