#include "parser/reply_cut.h"

#include "parser/reply_fold.h"

struct cutter {
	const struct reply_lines *l;
	struct facts_cut *v;
	size_t n, max;
};

static bool is_kept(const struct reply_lines *l, size_t i)
{
	return l->v[i].class == REPLY_TEXT;
}

static size_t line_end(const struct reply_lines *l, size_t i)
{
	return i + 1 < l->total ? l->v[i + 1].start : l->text.n;
}

static bool has_room(const struct cutter *c)
{
	return c->n < c->max;
}

/* Adds to the stretch before when it touches that and has the same reason. */
static void add(struct cutter *c, size_t from, size_t to, enum facts_cut_why why)
{
	struct facts_cut *last = c->n ? &c->v[c->n - 1] : NULL;

	if (from == to)
		return;
	if (last && last->why == why && last->offset + last->length == from) {
		last->length += to - from;
		return;
	}
	if (has_room(c))
		c->v[c->n++] = (struct facts_cut){ from, to - from, why };
}

/*
 * Blank lines from line i on, behind a line that is left out: where the next line stands.  They go
 * too when more is left out behind them, or when a blank line, or nothing, stands above the gap.
 */
static size_t pass_blanks(struct cutter *c, size_t i, bool after_blank, enum facts_cut_why why)
{
	const struct reply_lines *l = c->l;
	size_t next = i;

	while (next < l->total && l->v[next].class == REPLY_BLANK)
		next++;
	if (next < l->total && next > i && (after_blank || !is_kept(l, next)))
		add(c, l->v[i].start, l->v[next].start, why);
	return next;
}

static void collect(struct cutter *c)
{
	const struct reply_lines *l = c->l;
	bool after_blank = true;

	for (size_t i = 0; i < l->total && has_room(c);) {
		const struct reply_line *line = &l->v[i];
		if (line->class == REPLY_BLANK || is_kept(l, i)) {
			after_blank = line->class == REPLY_BLANK;
			if (line->shared)
				add(c, line->to, line_end(l, i) - (i + 1 < l->total),
				    FACTS_CUT_ATTRIBUTION);
			i++;
			continue;
		}
		add(c, line->start, line_end(l, i), (enum facts_cut_why)line->why);
		i = pass_blanks(c, i + 1, after_blank, (enum facts_cut_why)line->why);
	}
}

void reply_cut_make(const struct reply_lines *l, struct arena *arena, struct reply *ret_reply)
{
	struct cutter c = { .l = l, .max = l->total < FACTS_CUTS_MAX ? l->total : FACTS_CUTS_MAX };
	size_t at = 0, n = 0;
	char *p;

	c.v = arena_alloc_n(arena, c.max, sizeof(*c.v));
	collect(&c);
	if (c.n == 0 || (c.n == 1 && c.v[0].offset + c.v[0].length == l->text.n)) {
		size_t end = c.n ? c.v[0].offset : l->text.n;
		*ret_reply = (struct reply){ reply_line_trim(span_sub(l->text, 0, end)), c.v, c.n };
		return;
	}
	p = arena_room(arena, l->text.n);
	for (size_t i = 0; i <= c.n; i++) {
		size_t to = i < c.n ? c.v[i].offset : l->text.n;
		memcpy(p + n, l->text.p + at, to - at);
		n += to - at;
		at = i < c.n ? to + c.v[i].length : to;
	}
	*ret_reply = (struct reply){ reply_line_trim((struct span){ p, n }), c.v, c.n };
}
