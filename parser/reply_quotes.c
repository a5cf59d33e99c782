#include "parser/reply_quotes.h"

#include "parser/reply_attribution.h"
#include "parser/reply_block.h"
#include "parser/reply_divider.h"
#include "parser/reply_fold.h"
#include "parser/reply_inside.h"
#include "parser/reply_own.h"
#include "parser/reply_signature.h"
#include "parser/reply_thread.h"

enum {
	LONG_LINE_MIN = 60, /* bytes of a quoted line that a program may have broken */
	NEXT_LINE_MIN = 40, /* and of one below such a line */
	REMNANT_MAX = 32,   /* bytes of what it broke off */
	MARKER_LINES_MAX =
	    4, /* of a quote in which a line that asks to reply above it is looked for */
	PASTED_LINES_MAX = 8, /* of a quote in which its writer is looked for */
	WIDE_PROSE_MIN = 12,  /* bytes of a line in a script without blanks that is prose */
	PROMPT_MAX = 60,      /* bytes of "ann@web1:~/src$" */
};

/* --- broken lines --- */

static bool is_quoted(const struct reply_lines *l, size_t i)
{
	return i < l->n && l->v[i].class == REPLY_QUOTED;
}

/* Parentheses that the line leaves open, or closes without having opened them. */
static int open_parentheses(struct span s)
{
	int open = 0;

	for (size_t i = 0; i < s.n; i++)
		open += (s.p[i] == '(') - (s.p[i] == ')');
	return open;
}

/* A link that was set apart, "(https://example.com/c/1) >", or the end of one. */
static bool is_link_remnant(struct span above, struct span line)
{
	if (line.n == 0 || memchr(line.p, ' ', line.n - (line.n > 2 && line.p[line.n - 1] == '>')))
		return span_starts(line, SPAN("(http")) && span_ends_ci(line, SPAN(") >"));
	if (span_starts(line, SPAN("(http")) && span_ends_ci(line, SPAN(")")))
		return true;
	return open_parentheses(above) > 0 && line.p[line.n - 1] == ')' &&
	       span_find(above, SPAN("(http")) != SIZE_MAX;
}

/* A program broke a long quoted line and left the end of it without a ">". */
static bool is_remnant(const struct reply_lines *l, size_t i, bool breaks)
{
	struct span above = reply_line_text(l, i - 1), line = reply_line_text(l, i);

	if (!is_quoted(l, i - 1))
		return false;
	if (is_quoted(l, i + 1) && is_link_remnant(above, line))
		return true;
	bool last = breaks && (i + 1 == l->n || l->v[i + 1].class == REPLY_BLANK);
	if (!is_quoted(l, i + 1) && !last)
		return false;
	return line.n <= REMNANT_MAX && above.n >= (breaks ? NEXT_LINE_MIN : LONG_LINE_MIN) &&
	       !strchr(".?!:", above.p[above.n - 1]);
}

/* "> it" alone on a line, between quotes of the second degree. */
void reply_quotes_mend(struct reply_lines *l)
{
	bool breaks = false; /* the program is known to break lines */

	for (size_t i = 1; i < l->n; i++) {
		if (l->v[i].class != REPLY_TEXT)
			continue;
		if (!is_remnant(l, i, breaks))
			continue;
		l->v[i].class = REPLY_QUOTED;
		breaks = true;
	}
}

/* --- which are left out --- */

size_t reply_quotes_count(const struct reply_lines *l, size_t first, size_t end)
{
	size_t runs = 0;
	bool inside = false;

	for (size_t i = first; i < end; i++) {
		if (l->v[i].class == REPLY_QUOTED && !inside)
			runs++;
		if (l->v[i].class != REPLY_BLANK)
			inside = l->v[i].class == REPLY_QUOTED;
	}
	return runs;
}

/* "> On ... wrote:", "> From: ...": the quote that begins at i shows in it what it is. */
static bool is_introduced_inside(const struct reply_lines *l, size_t i)
{
	if (reply_attribution_quoted(l, i) || reply_header_quoted(l, i) || l->v[i].boxed)
		return true;
	for (size_t k = i; is_quoted(l, k) && k < i + MARKER_LINES_MAX; k++)
		if (reply_is_above_line(reply_line_unquoted(l, k)))
			return true;
	return false;
}

/* The line above i that is not blank, or SIZE_MAX. */
static size_t line_above(const struct reply_lines *l, size_t i)
{
	while (i > 0 && l->v[i - 1].class == REPLY_BLANK)
		i--;
	return i > 0 ? i - 1 : SIZE_MAX;
}

/* The line behind the run of quoted lines that begins at line i. */
static size_t run_end(const struct reply_lines *l, size_t i)
{
	while (i < l->n && (l->v[i].class == REPLY_QUOTED || l->v[i].class == REPLY_BLANK))
		i++;
	return i;
}

/*
 * A mail of somebody else's that the sender shows: she announces the run that begins at line i, and
 * goes on below it.
 */
static bool is_pasted(const struct reply_lines *l, size_t i, size_t above)
{
	if (above == SIZE_MAX || l->v[above].class != REPLY_TEXT || l->v[i].boxed ||
	    !reply_own_announces(l, above))
		return false;
	for (size_t k = i; is_quoted(l, k) && k < i + PASTED_LINES_MAX; k++)
		if (reply_names_recipient(l->mail, reply_line_text(l, k)))
			return false;
	size_t below = run_end(l, i);
	return below < l->n && l->v[below].class == REPLY_TEXT;
}

/* Is the run of quoted lines that begins at line i introduced by an attribution above or in it? */
static bool is_attributed(const struct reply_lines *l, size_t i)
{
	size_t above = line_above(l, i);

	if (above != SIZE_MAX && (l->v[above].class == REPLY_ATTRIBUTION || l->v[above].shared))
		return true;
	return is_introduced_inside(l, i) && !is_pasted(l, i, above);
}

void reply_quotes_keep(struct reply_lines *l)
{
	size_t i = 0, end;

	while (i < l->n && (!is_quoted(l, i) || !is_attributed(l, i)))
		i = is_quoted(l, i) ? run_end(l, i) : i + 1;
	end = run_end(l, i);
	if (i == l->n || !reply_answers_inside(l, i, i, end, true))
		return;
	size_t words = reply_attribution_quoted(l, i);
	if (words) {
		reply_lines_drop(l, i, words, FACTS_CUT_ATTRIBUTION);
		i = words;
	}
	for (; i < end; i++)
		if (l->v[i].class == REPLY_QUOTED)
			l->v[i].class = REPLY_TEXT;
}

/* No attribution, and the line above the run that begins at line i ends in a colon. */
static bool is_announced(const struct reply_lines *l, size_t i)
{
	size_t above = line_above(l, i);

	return above != SIZE_MAX && l->v[above].class == REPLY_TEXT &&
	       reply_own_announces(l, above) && !is_attributed(l, i);
}

/* "switch# show run", "C:\\> dir", "$ ls": the line begins with a prompt. */
static bool has_prompt(struct span line)
{
	size_t n = 0;

	if (span_starts(line, SPAN("PS ")))
		line = span_sub(line, 3, line.n);
	while (n < line.n && n < PROMPT_MAX && line.p[n] != ' ')
		n++;
	return n > 0 && n < PROMPT_MAX && strchr("#$%>", line.p[n - 1]) && *line.p != '<';
}

/* A line in a script that has no blanks between words, and not always a full stop. */
static bool is_wide_prose(struct span line)
{
	size_t wide = 0;

	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		wide += c == 0xe0 || c >= 0xe3 ? 3 : 0;
	}
	return wide >= WIDE_PROSE_MIN && wide > line.n / 2;
}

static bool is_prose(struct span line)
{
	return line.n &&
	       (is_wide_prose(line) || reply_is_question(line) || reply_is_sentence(line));
}

/* ">" at the beginning of the line, blanks between them. */
static size_t degree_of(struct span line)
{
	size_t degree = 0;

	for (size_t i = 0; i < line.n && strchr("> ", line.p[i]); i++)
		degree += line.p[i] == '>';
	return degree;
}

/* Some line of the run quotes within the quote. */
static bool is_nested(const struct reply_lines *l, size_t first, size_t end)
{
	size_t degree = degree_of(reply_line_text(l, first));

	for (size_t i = first; i < end; i++) {
		struct span line = reply_line_text(l, i);
		if (is_quoted(l, i) &&
		    (degree_of(line) != degree || span_starts(line, SPAN("> >"))))
			return true;
	}
	return false;
}

static bool has_prose(const struct reply_lines *l, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (is_quoted(l, i) && is_prose(reply_line_unquoted(l, i)))
			return true;
	return false;
}

/* The line goes on in what stands below it. */
static bool is_unfinished(struct span line)
{
	return ascii_is_alpha((unsigned char)line.p[line.n - 1]) && !reply_is_name(line);
}

/* The sender's line stands directly above the run that begins at line i, or is a prompt. */
static bool is_shown(const struct reply_lines *l, size_t i)
{
	size_t above = line_above(l, i);

	if (above == SIZE_MAX || l->v[above].class != REPLY_TEXT)
		return false;
	struct span line = reply_line_text(l, above);
	if (above + 1 < i)
		return has_prompt(line);
	return !l->mail->html || is_unfinished(line);
}

struct reply_quotes reply_quotes_look(const struct reply_lines *l)
{
	struct reply_quotes q = { l->n, l->n };

	for (size_t i = 0; i < l->n; i++) {
		if (!is_quoted(l, i))
			continue;
		size_t end = run_end(l, i);
		if (is_announced(l, i)) {
			q.cited = i;
			break;
		}
		if (q.earlier == l->n &&
		    (is_attributed(l, i) || is_nested(l, i, end) || has_prose(l, i, end)))
			q.earlier = i;
		i = end - 1;
	}
	return q;
}

/* The sender shows the run, which has no attribution. */
static bool is_cited(const struct reply_lines *l, size_t first, size_t end,
		     const struct reply_quotes *q)
{
	if (line_above(l, first) == SIZE_MAX)
		return false;
	if (first >= q->cited || is_announced(l, first) || first < q->earlier)
		return true;
	return first == q->earlier && is_shown(l, first) && !is_nested(l, first, end);
}

size_t reply_quotes_drop_last(struct reply_lines *l, size_t end, const struct reply_quotes *q)
{
	size_t first = end;

	while (first > 0 && (is_quoted(l, first - 1) || l->v[first - 1].class == REPLY_BLANK))
		first--;
	while (!is_quoted(l, first))
		first++;
	bool attributed = is_attributed(l, first);
	if (!attributed && is_cited(l, first, end, q))
		return end;
	l->bare = !attributed;
	for (size_t i = first; i < end; i++)
		reply_lines_drop(l, i, i + 1, (enum facts_cut_why)l->v[i].why);
	return first;
}

/* Two runs, or one and what was left out at the end goes on with the same message: no attribution
 * is its own. */
static bool has_answers(const struct reply_lines *l, size_t end, size_t quotes)
{
	size_t kept = reply_quotes_count(l, 0, end);

	return kept >= 2 || (kept == 1 && quotes > 1 && l->bare);
}

void reply_quotes_drop(struct reply_lines *l, size_t end, size_t quotes)
{
	bool inside = false, drop = false, answers = has_answers(l, end, quotes);

	for (size_t i = 0; i < end; i++) {
		uint8_t class = l->v[i].class;
		if (class == REPLY_QUOTED) {
			if (!inside)
				drop = !answers && is_attributed(l, i);
			inside = true;
			if (!drop)
				l->v[i].class = REPLY_TEXT;
		} else if (class != REPLY_BLANK) {
			inside = false;
		}
	}
}
