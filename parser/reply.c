#include "parser/reply.h"

#include "gatewayd/base/buf.h"
#include "parser/reply_attribution.h"
#include "parser/reply_block.h"
#include "parser/reply_fold.h"
#include "parser/reply_tail.h"

enum {
	LONG_LINE_MIN = 60, /* bytes of a quoted line that a program may have broken */
	REMNANT_MAX = 32,   /* bytes of what it broke off */
};

/* --- finding what is history --- */

static bool is_quoted_line(const struct reply_lines *l, size_t i)
{
	return i < l->n && l->v[i].class == REPLY_QUOTED;
}

static void set_class(struct reply_lines *l, size_t first, size_t end, enum reply_class class)
{
	for (size_t i = first; i < end; i++)
		if (l->v[i].class == REPLY_TEXT)
			l->v[i].class = (uint8_t) class;
}

/* The line behind a divider, header block or attribution at or above line i, and where it begins;
 * or 0. */
static size_t find_intro(const struct reply_lines *l, size_t floor, size_t i, size_t *ret_first)
{
	enum reply_attribution is;
	size_t end = reply_header_block(l, i);

	*ret_first = i;
	if (end)
		return end;
	if (reply_is_divider(l, i))
		return i + 1;
	end = reply_notes_block(l, i, ret_first);
	if (end)
		return end;
	if (!l->v[i].colon)
		return 0;
	is = reply_attribution_find(l, floor, i, ret_first);
	if (is == REPLY_ATTRIBUTION_STRONG)
		return i + 1;
	size_t next = reply_lines_next(l, i + 1);
	return is && next < l->n && (is_quoted_line(l, next) || l->v[next].initials) ? i + 1 : 0;
}

/* Below an attribution "| text" is quoted; a line that ends in a bar too is a row of a table. */
static void take_bars_for_quotes(struct reply_lines *l, size_t i)
{
	for (; i < l->n && (l->v[i].class == REPLY_TEXT || l->v[i].class == REPLY_BLANK); i++) {
		struct span s = reply_line_text(l, i);
		if (s.n == 0)
			continue;
		if (*s.p != '|' || (s.n > 1 && s.p[s.n - 1] == '|'))
			break;
		l->v[i].class = REPLY_QUOTED;
	}
}

/* Below an attribution "AB> text" is quoted, down to the end. */
static void take_initials_for_quotes(struct reply_lines *l, size_t i)
{
	if (i == l->n || !l->v[i].initials)
		return;
	for (; i < l->n; i++) {
		if (l->v[i].initials && l->v[i].class == REPLY_TEXT)
			l->v[i].class = REPLY_QUOTED;
		l->v[i].initials = false;
	}
}

/*
 * Looks for what stands above earlier messages.  When quoted lines follow, it is marked as their
 * attribution and the search goes on below; else the earlier message reaches to the end.  The
 * number of lines before that.
 */
static size_t cut_history(struct reply_lines *l)
{
	size_t floor = 0, tries = 0, first, end;

	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].class != REPLY_TEXT) {
			floor = l->v[i].class == REPLY_BLANK ? floor : i + 1;
			continue;
		}
		if (l->v[i].colon && ++tries > REPLY_TRIES_MAX)
			l->v[i].colon = false;
		end = find_intro(l, floor, i, &first);
		if (end == 0)
			continue;
		size_t next = reply_lines_next(l, end), ignored;
		take_bars_for_quotes(l, next);
		take_initials_for_quotes(l, next);
		if (next < l->n && l->v[next].class == REPLY_TEXT && !reply_header_block(l, i) &&
		    find_intro(l, next, next, &ignored))
			end = next; /* a divider above a header block or an attribution */
		else if (!is_quoted_line(l, next))
			return first;
		set_class(l, first, end, REPLY_ATTRIBUTION);
		floor = end;
		i = end - 1;
	}
	return l->n;
}

static size_t cut_below_reply_line(const struct reply_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct span s;
		if (l->v[i].class == REPLY_QUOTED)
			s = reply_line_unquoted(l, i);
		else if (l->v[i].class == REPLY_TEXT)
			s = reply_line_text(l, i);
		else
			continue;
		bool marked = s.n && strchr("#-=*_~<[(", *s.p);
		bool alone = (i == 0 || l->v[i - 1].class == REPLY_BLANK) &&
			     (i + 1 == l->n || l->v[i + 1].class == REPLY_BLANK);
		if ((marked || alone) && reply_is_above_line(s))
			return i;
	}
	return l->n;
}

/* --- quotes with text below --- */

/* A program broke a long quoted line and left the end of it without a ">". */
static bool is_remnant(const struct reply_lines *l, size_t i)
{
	if (i == 0 || !is_quoted_line(l, i - 1) || !is_quoted_line(l, i + 1))
		return false;
	struct span above = reply_line_text(l, i - 1), line = reply_line_text(l, i);
	return line.n <= REMNANT_MAX && above.n >= LONG_LINE_MIN &&
	       !strchr(".?!:", above.p[above.n - 1]);
}

static void mend_broken_quotes(struct reply_lines *l)
{
	for (size_t i = 1; i + 1 < l->n; i++)
		if (l->v[i].class == REPLY_TEXT && is_remnant(l, i))
			l->v[i].class = REPLY_QUOTED;
}

/* Runs of quoted lines in [first, end); blank lines do not end a run. */
static size_t count_quotes(const struct reply_lines *l, size_t first, size_t end)
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

/* "> On ... wrote:", "> From: ...": the quote that begins at i has its attribution in it. */
static bool is_introduced_inside(const struct reply_lines *l, size_t i)
{
	return reply_attribution_quoted(l, i) || reply_header_quoted(l, i);
}

/* The quoted lines in what was cut from the end go on with the message answered above: no
 * attribution is their own. */
static bool begins_with_bare_quote(const struct reply_lines *l, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		if (l->v[i].class == REPLY_ATTRIBUTION)
			return false;
		if (l->v[i].class == REPLY_QUOTED)
			return !is_introduced_inside(l, i);
	}
	return false;
}

/* Is the run of quoted lines that begins at i introduced by an attribution above or in it? */
static bool is_attributed(const struct reply_lines *l, size_t first, size_t i)
{
	size_t k = i;

	while (k > first && l->v[k - 1].class == REPLY_BLANK)
		k--;
	return (k > first && l->v[k - 1].class == REPLY_ATTRIBUTION) || is_introduced_inside(l, i);
}

/* Which lines of [first, end) are left out. */
static void drop_quotes(struct reply_lines *l, size_t first, size_t end, bool keep_quotes)
{
	bool inside = false, drop = false;

	for (size_t i = first; i < end; i++) {
		uint8_t class = l->v[i].class;
		if (class == REPLY_QUOTED) {
			if (!inside)
				drop = !keep_quotes && is_attributed(l, first, i);
			inside = true;
			if (!drop)
				l->v[i].class = REPLY_TEXT;
		} else if (class != REPLY_BLANK) {
			inside = false;
		}
	}
}

/* The lines of [first, end) that are still text, with the blank lines between them. */
static struct span join(const struct reply_lines *l, size_t first, size_t end, struct arena *arena)
{
	size_t room = end > first ? l->v[end - 1].to - l->v[first].start + 1 : 0;
	char *p = arena_room(arena, room + 1);
	size_t n = 0;
	bool gap = false;

	for (size_t i = first; i < end; i++) {
		if (l->v[i].class != REPLY_TEXT && l->v[i].class != REPLY_BLANK) {
			gap = true;
			continue;
		}
		if (l->v[i].class == REPLY_BLANK && (gap || n == 0))
			continue;
		if (gap && n && p[n - 1] == '\n' && (n < 2 || p[n - 2] != '\n'))
			p[n++] = '\n';
		gap = false;
		struct span line = span_sub(l->text, l->v[i].start, l->v[i].to - l->v[i].start);
		memcpy(p + n, line.p, line.n);
		n += line.n;
		p[n++] = '\n';
	}
	return reply_line_trim((struct span){ p, n });
}

static bool is_whole(const struct reply_lines *l, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (l->v[i].class != REPLY_TEXT && l->v[i].class != REPLY_BLANK)
			return false;
	return true;
}

static void cut_at(struct reply_lines *l, size_t n)
{
	l->cut |= n < l->n;
	l->n = n;
}

static struct span reply_of(struct reply_lines *l, struct arena *arena)
{
	mend_broken_quotes(l);
	cut_at(l, cut_history(l));
	size_t quotes = count_quotes(l, 0, l->n);
	size_t end = reply_tail_cut(l, 0, l->n);
	size_t kept = count_quotes(l, 0, end);
	bool answers =
	    kept >= 2 || (kept == 1 && quotes > 1 && begins_with_bare_quote(l, end, l->n));

	drop_quotes(l, 0, end, answers);
	if (end == 0)
		return SPAN_NONE;
	if (is_whole(l, 0, end))
		return reply_line_trim(span_sub(l->text, 0, l->v[end - 1].to));
	return join(l, 0, end, arena);
}

static struct span trim_with(struct span text, const struct reply_hint *hints, size_t hint_count,
			     struct arena *arena)
{
	struct reply_lines l;

	reply_lines_make(text, arena, &l);
	cut_at(&l, reply_lines_mark(&l, hints, hint_count));
	cut_at(&l, cut_below_reply_line(&l));
	return reply_of(&l, arena);
}

/* The hints but for those of signatures: people do write inside their program's signature. */
static struct span trim_without_signatures(struct span text, const struct reply_hint *hints,
					   size_t hint_count, struct arena *arena)
{
	struct reply_hint *others = arena_alloc_n(arena, hint_count, sizeof(*others));
	size_t n = 0;

	for (size_t i = 0; i < hint_count; i++)
		if (hints[i].kind != REPLY_HINT_SIGNATURE)
			others[n++] = hints[i];
	return trim_with(text, others, n, arena);
}

void reply_trim(struct span text, const struct reply_hint *hints, size_t hint_count,
		struct arena *arena, struct span *ret_reply)
{
	struct span reply = trim_with(text, hints, hint_count, arena);

	if (reply.n == 0 && hint_count)
		reply = trim_without_signatures(text, hints, hint_count, arena);
	*ret_reply = reply.n ? reply : reply_line_trim(text);
}
