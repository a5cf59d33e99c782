#include "gatewayd/base/template.h"

#include <stdarg.h>
#include <stdio.h>

#include "gatewayd/base/escape.h"

enum { STEPS_MAX = 200 * 1000 }; /* pieces written, rows times what is in them */

/* --- data --- */

enum value_kind { VALUE_TEXT, VALUE_FLAG, VALUE_LIST };

struct value {
	struct value *next;
	struct span name;
	enum value_kind kind;
	struct span text;
	bool on;
	struct template_data *first, *last; /* rows */
	size_t rows;
};

struct template_data {
	struct arena *arena;
	const struct template_data *outer;
	struct template_data *next_row;
	struct value *values;
};

struct template_data *template_data_new(struct arena *a)
{
	struct template_data *d = arena_alloc(a, sizeof(*d));

	d->arena = a;
	return d;
}

static struct value *value_own(const struct template_data *d, struct span name)
{
	for (struct value *v = d->values; v; v = v->next)
		if (span_eq(name, v->name))
			return v;
	return NULL;
}

static const struct value *value_find(const struct template_data *d, struct span name)
{
	const struct value *v = NULL;

	for (; d && !v; d = d->outer)
		v = value_own(d, name);
	return v;
}

static struct value *value_make(struct template_data *d, const char *name, enum value_kind kind)
{
	const struct span key = span_of(name);
	struct value *v = value_own(d, key);

	if (!v) {
		v = arena_alloc(d->arena, sizeof(*v));
		v->name = key;
		v->next = d->values;
		d->values = v;
	}
	v->kind = kind;
	return v;
}

void template_set(struct template_data *d, const char *name, struct span text)
{
	value_make(d, name, VALUE_TEXT)->text = text;
}

void template_setf(struct template_data *d, const char *name, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	template_set(d, name, arena_dup(d->arena, span_of(text)));
}

void template_set_int(struct template_data *d, const char *name, int64_t n)
{
	template_set(d, name, arena_decimal(d->arena, n));
}

void template_set_flag(struct template_data *d, const char *name, bool on)
{
	value_make(d, name, VALUE_FLAG)->on = on;
}

struct template_data *template_row(struct template_data *d, const char *list)
{
	struct value *v = value_make(d, list, VALUE_LIST);
	struct template_data *row = template_data_new(d->arena);

	row->outer = d;
	if (v->rows++ >= TEMPLATE_ROWS_MAX)
		return row; /* filled and not shown */
	if (v->last)
		v->last->next_row = row;
	else
		v->first = row;
	v->last = row;
	return row;
}

struct span template_text(const struct template_data *d, const char *name)
{
	const struct value *at = value_own(d, span_of(name));

	return at && at->kind == VALUE_TEXT ? at->text : SPAN("");
}

void template_replace(struct template_data *d, const char *name, struct span text)
{
	if (template_text(d, name).n)
		template_set(d, name, text);
}

void template_alias(struct template_data *d, const char *name, const char *other)
{
	const struct value *from = value_own(d, span_of(name));
	struct value *to;

	if (!from)
		return;
	to = value_make(d, other, from->kind);
	*to = (struct value){
		.next = to->next,
		.name = to->name,
		.kind = from->kind,
		.text = from->text,
		.on = from->on,
		.first = from->first,
		.last = from->last,
		.rows = from->rows,
	};
}

/* Recursion is as deep as lists are inside each other. */
void template_keep(struct template_data *d, bool (*keep)(struct span name))
{
	for (struct value *v = d->values; v; v = v->next) {
		if (!keep(v->name))
			*v = (struct value){ .next = v->next, .name = v->name };
		for (struct template_data *row = v->first; row; row = row->next_row)
			template_keep(row, keep);
	}
}

static bool value_holds(const struct value *v)
{
	if (!v)
		return false;
	switch (v->kind) {
	case VALUE_FLAG: return v->on;
	case VALUE_LIST: return v->first != NULL;
	case VALUE_TEXT: break;
	}
	return v->text.n != 0;
}

/* --- syntax --- */

enum tag { TAG_END, TAG_VALUE, TAG_SECTION, TAG_INVERTED, TAG_CLOSE, TAG_COMMENT };

struct reader {
	struct span text;
	const char *file;
	const struct template_names *names; /* NULL: any */
	size_t at;
};

struct piece { /* what stands before a tag, and the tag */
	struct span literal;
	enum tag tag;
	struct span name;
	size_t tag_at;
};

static int complain(const struct reader *r, size_t at, struct span what, const char *problem,
		    struct err *e)
{
	size_t line = 1;

	for (size_t i = 0; i < at && i < r->text.n; i++)
		line += r->text.p[i] == '\n';
	what = span_cut(&what, '\n');
	what = span_sub(what, 0, TEMPLATE_NAME_MAX);
	return err_set(e, ERR_PERM, "%s:%zu: {{" SPAN_FMT "}}: %s", r->file, line, SPAN_ARG(what),
		       problem);
}

/* Of what is no name, or none that is known. */
static int complain_name(const struct reader *r, size_t at, struct span name, const char *problem,
			 struct err *e)
{
	const struct template_names *names = r->names;
	const char *near = names && names->near && name.n && name.n <= TEMPLATE_NAME_MAX
			       ? names->near(name, names->ctx)
			       : NULL;
	char text[2 * TEMPLATE_NAME_MAX];

	snprintf(text, sizeof(text), near ? "%s; did you mean {{%s}}?" : "%s", problem, near);
	return complain(r, at, name, text, e);
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && c != '_')
			return false;
	}
	return s.n && s.n <= TEMPLATE_NAME_MAX;
}

static enum tag tag_kind(struct span *inside)
{
	static const char signs[] = "#^/!";
	static const enum tag tags[] = { TAG_SECTION, TAG_INVERTED, TAG_CLOSE, TAG_COMMENT };
	const char *sign = inside->n && inside->p[0] ? strchr(signs, inside->p[0]) : NULL;

	if (!sign)
		return TAG_VALUE;
	*inside = span_trim(span_sub(*inside, 1, SIZE_MAX));
	return tags[sign - signs];
}

/*
 * Where to go on behind the tag from..to: when it is alone on its line, behind the line, and the
 * literal before it ends before the line.
 */
static size_t behind_tag(const struct reader *r, size_t from, size_t to, struct span *literal)
{
	size_t start = from, end = to;
	bool crlf;

	while (start > 0 && (r->text.p[start - 1] == ' ' || r->text.p[start - 1] == '\t'))
		start--;
	if (start > 0 && r->text.p[start - 1] != '\n')
		return to;
	while (end < r->text.n && (r->text.p[end] == ' ' || r->text.p[end] == '\t'))
		end++;
	crlf = end + 1 < r->text.n && r->text.p[end] == '\r' && r->text.p[end + 1] == '\n';
	if (end < r->text.n && r->text.p[end] != '\n' && !crlf)
		return to;
	/* What stands before start was read already or is in the literal: a line ends there. */
	*literal = span_sub(r->text, r->at, start - r->at);
	return end < r->text.n ? end + 1 + crlf : end;
}

static int next_piece(struct reader *r, struct piece *ret, struct err *e)
{
	struct span rest = span_sub(r->text, r->at, SIZE_MAX), inside;
	size_t open = span_find(rest, SPAN("{{")), close, end;

	*ret = (struct piece){ .literal = rest, .tag_at = r->text.n };
	if (open == SIZE_MAX) {
		r->at = r->text.n;
		return 0;
	}
	inside = span_sub(rest, open + 2, SIZE_MAX);
	close = span_find(inside, SPAN("}}"));
	ret->tag_at = r->at + open;
	if (close == SIZE_MAX)
		return complain(r, ret->tag_at, span_sub(inside, 0, 20), "no closing braces", e);
	inside = span_trim(span_sub(inside, 0, close));
	ret->tag = tag_kind(&inside);
	ret->name = inside;
	if (ret->tag != TAG_COMMENT && !is_name(inside))
		return complain_name(r, ret->tag_at, inside, "not a name of [a-z0-9_]", e);
	ret->literal = span_sub(rest, 0, open);
	end = ret->tag_at + 2 + close + 2;
	if (ret->tag != TAG_VALUE)
		end = behind_tag(r, ret->tag_at, end, &ret->literal);
	r->at = end;
	return 0;
}

/* --- the check --- */

struct nesting {
	struct span names[TEMPLATE_DEPTH_MAX];
	size_t at[TEMPLATE_DEPTH_MAX];
	size_t depth;
};

static int nest(const struct reader *r, struct nesting *n, const struct piece *p, struct err *e)
{
	if (p->tag == TAG_SECTION || p->tag == TAG_INVERTED) {
		if (n->depth == TEMPLATE_DEPTH_MAX)
			return complain(r, p->tag_at, p->name,
					"too many sections inside each other", e);
		n->names[n->depth] = p->name;
		n->at[n->depth++] = p->tag_at;
	} else if (p->tag == TAG_CLOSE) {
		if (n->depth == 0 || !span_eq(n->names[n->depth - 1], p->name))
			return complain(r, p->tag_at, p->name, "closes what is not open", e);
		n->depth--;
	} else if (p->tag == TAG_END && n->depth) {
		return complain(r, n->at[n->depth - 1], n->names[n->depth - 1], "is not closed", e);
	}
	return 0;
}

int template_check(struct span text, const char *file, const struct template_names *names,
		   struct err *e)
{
	struct reader r = { .text = text, .file = file, .names = names };
	struct nesting n = { .depth = 0 };
	struct piece p;

	do {
		if (next_piece(&r, &p, e) < 0 || nest(&r, &n, &p, e) < 0)
			return -1;
		if (p.name.p && p.tag != TAG_COMMENT && !names->known(p.name, names->ctx))
			return complain_name(&r, p.tag_at, p.name, "unknown placeholder", e);
	} while (p.tag != TAG_END);
	return 0;
}

/* --- compiling --- */

/* A piece of a template that is sound. */
struct step {
	struct span literal;
	enum tag tag;
	struct span name;
	size_t behind; /* of a section: the step behind its end */
};

struct template
{
	const char *file;
	struct step *v;
	size_t n;
};

/* Each section learns where it ends; those that are open are never more than TEMPLATE_DEPTH_MAX. */
static void close_sections(struct template *t)
{
	size_t open[TEMPLATE_DEPTH_MAX], depth = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].tag == TAG_SECTION || t->v[i].tag == TAG_INVERTED)
			open[depth++] = i;
		else if (t->v[i].tag == TAG_CLOSE)
			t->v[open[--depth]].behind = i + 1;
	}
}

int template_compile(struct span text, const char *file, struct arena *a,
		     const struct template **ret_template, struct err *e)
{
	struct template *t = arena_alloc(a, sizeof(*t));
	struct reader r = { .text = text, .file = file };
	struct nesting n = { .depth = 0 };
	struct piece p;

	t->file = file;
	do {
		if (next_piece(&r, &p, e) < 0 || nest(&r, &n, &p, e) < 0)
			return -1;
		ARENA_GROW(a, t->v, t->n);
		t->v[t->n++] = (struct step){ p.literal, p.tag, p.name, 0 };
	} while (p.tag != TAG_END);
	close_sections(t);
	*ret_template = t;
	return 0;
}

/* --- the making --- */

struct render {
	const struct template *t;
	size_t at; /* the next step */
	enum template_mode mode;
	struct buf *out;
	struct err *e;
	size_t steps;
};

static void put_value(struct render *r, const struct value *v)
{
	if (!v || v->kind != VALUE_TEXT)
		return;
	if (r->mode == TEMPLATE_HTML)
		escape_html(v->text, r->out);
	else
		escape_text(v->text, r->out);
}

static int render_block(struct render *r, const struct template_data *d);

/* Recursion is as deep as sections are, TEMPLATE_DEPTH_MAX. */
static int render_rows(struct render *r, const struct value *v)
{
	size_t start = r->at;

	for (const struct template_data *row = v->first; row; row = row->next_row) {
		r->at = start;
		if (render_block(r, row) < 0)
			return -1;
	}
	return 0;
}

/* "cases_found" stands for the list "cases" and does not walk it. */
static const struct value *section_value(const struct template_data *d, struct span name,
					 bool *ret_walk)
{
	const struct span suffix = SPAN("_found");
	const struct value *v = value_find(d, name);

	*ret_walk = v && v->kind == VALUE_LIST;
	if (!v && span_ends_ci(name, suffix))
		v = value_find(d, span_sub(name, 0, name.n - suffix.n));
	return v;
}

static int render_section(struct render *r, const struct template_data *d, const struct step *s)
{
	bool walk;
	const struct value *v = section_value(d, s->name, &walk);

	if (value_holds(v) == (s->tag == TAG_INVERTED)) {
		r->at = s->behind;
		return 0;
	}
	if (walk && s->tag == TAG_SECTION)
		return render_rows(r, v);
	return render_block(r, d);
}

/* Up to the end of the text, or of the section that is rendered. */
static int render_block(struct render *r, const struct template_data *d)
{
	for (;;) {
		const struct step *s = &r->t->v[r->at++];

		if (++r->steps > STEPS_MAX || r->out->full)
			return err_set(r->e, ERR_PERM, "%s: makes too much text", r->t->file);
		buf_add(r->out, s->literal);
		if (s->tag == TAG_END || s->tag == TAG_CLOSE)
			return 0;
		if (s->tag == TAG_VALUE)
			put_value(r, value_find(d, s->name));
		else if (s->tag != TAG_COMMENT && render_section(r, d, s) < 0)
			return -1;
	}
}

int template_make(const struct template *t, const struct template_data *d, enum template_mode mode,
		  struct buf *out, struct err *e)
{
	struct render r = { .t = t, .mode = mode, .out = out, .e = e };

	if (render_block(&r, d) < 0)
		return -1;
	if (out->full)
		return err_set(e, ERR_PERM, "%s: makes too much text", t->file);
	return 0;
}

int template_render(struct span text, const char *file, const struct template_data *d,
		    enum template_mode mode, struct buf *out, struct err *e)
{
	const struct template *t;

	if (template_compile(text, file, d->arena, &t, e) < 0)
		return -1;
	return template_make(t, d, mode, out, e);
}
