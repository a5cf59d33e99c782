#include "conf/brackets.h"

#include <stdio.h>

#include "conf/schema.h"

struct opener {
	char c;
	int line, indent;
	size_t file; /* index into the files that are open */
	bool busy;   /* something stands behind it on its line */
	bool seen;   /* a line inside of it */
	bool flat;   /* that one stood no deeper, though it is the first */
};

/* The line on or after which something is probably missing, and the bracket that is open there. */
struct guess {
	int line, of_line;
	char c;
	bool after;
};

struct scan {
	const struct source *s;
	struct span rest;
	int line, last, indent; /* last: the line of the last token */
	bool fresh;		/* nothing but space on this line so far */
	bool flat;		/* this text is not indented */
	char before;		/* the last byte of what stands before */
	const char *files[SOURCE_DEPTH_MAX + 2];
	size_t file;
	struct opener stack[BRACKETS_DEPTH_MAX];
	size_t n;
	struct guess indented, section, deeper;
	struct brackets *found;
	bool done;
};

static char closer_of(char c)
{
	return c == '{' ? '}' : c == '[' ? ']' : ')';
}

static bool is_closer(char c)
{
	return c == '}' || c == ']' || c == ')';
}

static int line_in_file(const struct scan *x, int line)
{
	return source_at(x->s, line).line;
}

static void guess(struct scan *x, struct guess *g, const struct opener *o)
{
	if (!g->line)
		*g = (struct guess){ x->line, o->line, o->c, false };
}

/* Behind the last line that has anything, unless that stands in another file. */
static void guess_before(struct scan *x, struct guess *g, const struct opener *o)
{
	int line = x->last;

	if (source_at(x->s, line).file != source_at(x->s, x->line).file)
		line = x->line > 1 ? x->line - 1 : x->line;
	if (!g->line)
		*g = (struct guess){ line, o->line, o->c, true };
}

static void tell_missing(struct scan *x, const struct guess *g)
{
	x->done = true;
	x->found->line = g->line;
	x->found->surplus = false;
	(void)snprintf(
	    x->found->text, sizeof(x->found->text),
	    "%s this line a \"%c\" is probably missing; the \"%c\" of line %d is still open",
	    g->after ? "after" : "on", closer_of(g->c), g->c, line_in_file(x, g->of_line));
}

static void tell_unclosed(struct scan *x, const struct opener *o)
{
	x->done = true;
	x->found->line = o->line;
	x->found->surplus = false;
	(void)snprintf(x->found->text, sizeof(x->found->text),
		       "the \"%c\" of this line is never closed; add its \"%c\"", o->c,
		       closer_of(o->c));
}

static void tell_surplus(struct scan *x, char c)
{
	const struct guess *g = &x->deeper;

	x->done = true;
	x->found->surplus = true;
	x->found->line = g->line ? g->line : x->line;
	if (g->line)
		(void)snprintf(x->found->text, sizeof(x->found->text),
			       "this \"%c\" closes the \"%c\" of line %d and is probably one too "
			       "many",
			       closer_of(g->c), g->c, line_in_file(x, g->of_line));
	else
		(void)snprintf(x->found->text, sizeof(x->found->text),
			       "this \"%c\" closes nothing; remove it, or open what it closes", c);
}

/* What is missing, at the best guess there is; o is open at least. */
static void tell_open(struct scan *x, const struct opener *o)
{
	if (x->indented.line)
		tell_missing(x, &x->indented);
	else if (x->section.line)
		tell_missing(x, &x->section);
	else
		tell_unclosed(x, o);
}

static bool is_word(char c)
{
	return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) || c == '-' ||
	       c == '_';
}

static size_t skip_space(struct span s, size_t i)
{
	while (i < s.n && ascii_is_space((unsigned char)s.p[i]))
		i++;
	return i;
}

/* The name of the setting that begins at s ("name =", "name:"), and what its value begins with. */
static struct span setting_at(struct span s, char *ret_value)
{
	size_t n = 0, i;

	while (n < s.n && is_word(s.p[n]))
		n++;
	i = skip_space(s, n);
	if (!n || i >= s.n || (s.p[i] != '=' && s.p[i] != ':'))
		return SPAN_NONE;
	i = skip_space(s, i + 1);
	*ret_value = i < s.n ? s.p[i] : '\0';
	return span_sub(s, 0, n);
}

static bool is_section(struct span name, char value)
{
	for (size_t i = 0; i < schema_root.row_count; i++) {
		const struct schema_row *row = &schema_root.rows[i];

		if (span_is(name, row->key))
			return (row->type == SCHEMA_TABLE && (value == '{' || value == '(')) ||
			       (row->type == SCHEMA_GROUP && value == '{');
	}
	return false;
}

/* Inside of a row of a table, which has no groups. */
static bool is_row(const struct scan *x)
{
	return x->n >= 2 && x->stack[x->n - 1].c == '{' && x->stack[x->n - 2].c == '{';
}

/* How deep a line stands means something inside of this one. */
static bool tells(const struct scan *x, const struct opener *o)
{
	return o->busy ? !x->flat : !o->flat;
}

/* The first token of a line, inside of the bracket that was opened last. */
static void look_at_line(struct scan *x)
{
	struct opener *o = &x->stack[x->n - 1];
	char c = x->rest.p[0], value = '\0';
	struct span name = setting_at(x->rest, &value);

	if (o->line == x->line || o->file != x->file)
		return;
	if (!o->seen)
		o->flat = !o->busy && !is_closer(c) && x->indent <= o->indent;
	o->seen = true;
	x->flat |= o->flat;
	if (name.n && o->c != '{')
		guess_before(x, &x->indented, o); /* no list has settings in it */
	else if (tells(x, o) && (is_closer(c) ? x->indent < o->indent : x->indent <= o->indent))
		guess_before(x, &x->indented, o);
	else if (is_section(name, value) || (value == '{' && is_row(x)))
		guess_before(x, &x->section, o);
}

/* An included file begins or ends here; what was opened in one must be closed in it. */
static void look_at_file(struct scan *x)
{
	const char *file = source_at(x->s, x->line).file;
	size_t i = x->file + 1;

	if (file == x->files[x->file])
		return;
	while (i > 0 && x->files[i - 1] != file)
		i--;
	if (i == 0 && x->file + 1 < sizeof(x->files) / sizeof(*x->files))
		x->files[++x->file] = file;
	else if (i > 0)
		x->file = i - 1;
	if (x->n && x->stack[x->n - 1].file > x->file)
		tell_open(x, &x->stack[x->n - 1]);
}

static void open_one(struct scan *x, char c)
{
	const struct opener *o = x->n ? &x->stack[x->n - 1] : NULL;

	if (o && o->c == '{' && x->before != '=' && x->before != ':')
		guess_before(x, &x->indented, o); /* a group has settings only */
	if (x->n == BRACKETS_DEPTH_MAX) {
		tell_open(x, o);
		return;
	}
	x->stack[x->n++] =
	    (struct opener){ .c = c, .line = x->line, .indent = x->indent, .file = x->file };
}

static void close_one(struct scan *x, char c, bool begins_line)
{
	const struct opener *o = x->n ? &x->stack[x->n - 1] : NULL;

	if (!o || o->file != x->file)
		tell_surplus(x, c);
	else if (closer_of(o->c) != c) {
		guess(x, &x->indented, o);
		tell_open(x, o);
	} else {
		if (begins_line && o->line != x->line && x->indent > o->indent)
			guess(x, &x->deeper, o);
		x->n--;
	}
}

static void skip(struct scan *x, size_t n)
{
	x->rest = span_sub(x->rest, n, SIZE_MAX);
}

/* The length of a text or a comment that begins here; 0: neither. */
static size_t quoted(struct span s)
{
	size_t i = 1;

	if (s.p[0] == '"') {
		while (i < s.n && s.p[i] != '"')
			i += s.p[i] == '\\' ? 2 : 1;
		return i + 1;
	}
	if (s.p[0] == '#' || span_starts(s, SPAN("//")))
		return span_find(s, SPAN("\n"));
	return 0;
}

static void skip_block_comment(struct scan *x)
{
	size_t end = span_find(x->rest, SPAN("*/"));
	struct span comment = span_sub(x->rest, 0, end == SIZE_MAX ? end : end + 2);

	for (size_t i = 0; i < comment.n; i++)
		x->line += comment.p[i] == '\n';
	skip(x, comment.n);
}

static void look_at_token(struct scan *x)
{
	char c = x->rest.p[0];
	bool begins_line = x->fresh;

	if (x->fresh)
		look_at_file(x);
	if (x->fresh && x->n && !x->done)
		look_at_line(x);
	x->fresh = false;
	if (x->done)
		return;
	if (x->n && x->stack[x->n - 1].line == x->line)
		x->stack[x->n - 1].busy = true;
	if (c == '{' || c == '[' || c == '(')
		open_one(x, c);
	else if (is_closer(c))
		close_one(x, c, begins_line);
	else if (c == ';' && x->n && x->stack[x->n - 1].c != '{')
		guess(x, &x->indented, &x->stack[x->n - 1]); /* nor is there a ; in lists */
}

static void step(struct scan *x)
{
	char c = x->rest.p[0];
	size_t n = c == '"' ? 0 : quoted(x->rest);

	if (c == '\n') {
		x->line++;
		x->indent = 0;
		x->fresh = true;
		skip(x, 1);
	} else if (ascii_is_space((unsigned char)c)) {
		if (x->fresh)
			x->indent = c == '\t' ? (x->indent / 8 + 1) * 8 : x->indent + 1;
		skip(x, 1);
	} else if (span_starts(x->rest, SPAN("/*"))) {
		skip_block_comment(x);
	} else if (n) {
		skip(x, n);
	} else {
		look_at_token(x);
		x->last = x->line;
		x->before = c;
		skip(x, c == '"' ? quoted(x->rest) : 1);
	}
}

bool brackets_find(const struct source *s, struct brackets *ret_found)
{
	struct scan x = { .s = s, .rest = buf_span(&s->text), .line = 1, .last = 1, .fresh = true };

	x.found = ret_found;
	x.files[0] = source_at(s, 1).file;
	while (x.rest.n && !x.done)
		step(&x);
	if (!x.done && x.n)
		tell_open(&x, &x.stack[0]);
	return x.done;
}
