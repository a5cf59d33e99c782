#include "parser/html_table.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"

enum {
	RULED_CELL_MAX = 2000, /* bytes of a cell of data with a border */
	PLAIN_CELL_MAX = 160,  /* and of one without */
	PLAIN_LINES_MAX = 3,
	COLUMNS_MAX = 50,
};

void html_table_release(struct html_table *t)
{
	free(t->cells);
}

static bool has_border(const struct html_attributes *a)
{
	if (html_number(a->border, a->border.p ? 1 : 0) > 0)
		return true;
	return span_find_ci(a->class, SPAN("TableGrid")) != SIZE_MAX;
}

void html_table_begin(struct html_table *t, const struct html_attributes *a)
{
	t->depth++;
	t->is_watched = !span_is_ci(a->role, "presentation") && !span_is_ci(a->role, "none");
	t->is_ruled = has_border(a);
	t->row = 0;
	t->last = SIZE_MAX;
	t->n = 0;
}

void html_table_row(struct html_table *t)
{
	t->row++;
	t->last = SIZE_MAX;
}

/* A cell flows on behind the one before it, unless that has lines of its own. */
static void begin_beside(struct html_table *t, struct html_out *o)
{
	struct span before = span_sub(buf_span(o->buf), t->last, SIZE_MAX);

	if (before.n && memchr(before.p, '\n', before.n))
		html_out_break(o);
	t->last = o->buf->n;
}

void html_table_cell(struct html_table *t, struct html_out *o, bool heading,
		     const struct html_attributes *a)
{
	int columns = html_number(a->colspan, 1);

	begin_beside(t, o);
	if (!t->is_watched)
		return;
	if (t->n == HTML_CELLS_MAX) {
		t->is_watched = false;
		return;
	}
	if (t->n == 0)
		html_out_break(o);
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->cells = mem_resize_n(t->cells, t->cap, sizeof(*t->cells));
	}
	t->is_ruled |= heading;
	o->fence = o->buf->n;
	t->cells[t->n++] = (struct html_cell){
		.at = o->buf->n,
		.row = t->row,
		.columns = columns < 1		   ? 1
			   : columns > COLUMNS_MAX ? COLUMNS_MAX
						   : (uint32_t)columns,
	};
}

static struct span cell_text(const struct html_table *t, const struct html_out *o, size_t i)
{
	size_t from = t->cells[i].at, to = i + 1 < t->n ? t->cells[i + 1].at : o->buf->n;

	return span_sub(buf_span(o->buf), from, to > from ? to - from : 0);
}

/* The next line of a cell without the quote marks that stand before all. */
static bool next_line(struct span *text, const struct html_out *o, struct span *ret)
{
	if (!span_line(text, ret))
		return false;
	for (size_t q = 0; q < o->quotes && ret->n && ret->p[0] == '>'; q++)
		*ret = span_sub(*ret, ret->n > 1 && ret->p[1] == ' ' ? 2 : 1, SIZE_MAX);
	*ret = span_trim(*ret);
	return true;
}

struct size {
	size_t bytes, lines;
	bool colon; /* ends in one: it is a label */
};

static struct size size_of(const struct html_table *t, const struct html_out *o, size_t i)
{
	struct span text = cell_text(t, o, i), line;
	struct size size = { 0 };

	while (next_line(&text, o, &line)) {
		if (line.n == 0)
			continue;
		size.bytes += line.n;
		size.lines++;
		size.colon = line.p[line.n - 1] == ':';
	}
	return size;
}

/* Rows of at least two cells with words, none of them long; "Name:" beside a value flows. */
static bool is_data(const struct html_table *t, const struct html_out *o)
{
	size_t max = t->is_ruled ? RULED_CELL_MAX : PLAIN_CELL_MAX, rows = 0, full = 0, labels = 0;

	for (size_t i = 0; i < t->n;) {
		uint32_t row = t->cells[i].row;
		size_t cells = 0, words = 0;
		bool label = false;

		for (; i < t->n && t->cells[i].row == row; i++) {
			struct size size = size_of(t, o, i);

			if (size.bytes > max || (!t->is_ruled && size.lines > PLAIN_LINES_MAX))
				return false;
			label |= words == 0 && size.colon;
			words += size.bytes > 0;
			cells++;
		}
		rows++;
		full += t->is_ruled ? cells >= 2 : words >= 2;
		labels += label && words <= 2;
	}
	return full >= 2 && 2 * full > rows && labels < rows;
}

static void put_cell(const struct html_table *t, const struct html_out *o, size_t i,
		     struct buf *out)
{
	struct span text = cell_text(t, o, i), line;
	bool any = false;

	while (next_line(&text, o, &line)) {
		if (line.n == 0)
			continue;
		if (any)
			buf_addc(out, ' ');
		buf_add(out, line);
		any = true;
	}
}

static void put_bar(struct buf *out)
{
	char last = out->n ? out->p[out->n - 1] : '\n';

	buf_adds(out, last == ' ' || last == '\n' ? "| " : " | ");
}

/* A cell over several columns keeps their place; a row without words is none. */
static void put_rows(const struct html_table *t, const struct html_out *o, struct buf *out)
{
	size_t row = 0, words = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool last = i + 1 == t->n || t->cells[i + 1].row != t->cells[i].row;
		size_t before;

		if (i == 0 || t->cells[i - 1].row != t->cells[i].row) {
			row = out->n;
			words = 0;
			for (size_t q = 0; q < o->quotes; q++)
				buf_adds(out, "> ");
		}
		before = out->n;
		put_cell(t, o, i, out);
		words += out->n - before;
		for (uint32_t c = last ? t->cells[i].columns : 0; c < t->cells[i].columns; c++)
			put_bar(out);
		if (!last)
			continue;
		while (out->n && out->p[out->n - 1] == ' ')
			out->n--;
		buf_addc(out, '\n');
		out->n = words ? out->n : row;
	}
}

static void write_again(struct html_table *t, struct html_out *o)
{
	struct buf rows BUF_AUTO;
	size_t from = t->cells[0].at;
	struct span rest = span_sub(buf_span(o->buf), from, SIZE_MAX), line;

	buf_init(&rows, o->buf->max);
	if (from > o->from && next_line(&rest, o, &line) && line.n == 0)
		from += (size_t)(rest.p - (o->buf->p + from)); /* the empty line above it stays */
	put_rows(t, o, &rows);
	o->buf->n = from;
	buf_add(o->buf, buf_span(&rows));
	o->fence = o->buf->n;
	o->has_line = o->has_space = o->wants_empty = false;
}

bool html_table_end(struct html_table *t, struct html_out *o, bool keep)
{
	bool again;

	if (t->depth == 0)
		return false;
	t->depth--;
	again = t->is_watched && !keep && !o->buf->full && t->n >= 4 && is_data(t, o);
	t->last = SIZE_MAX;
	t->is_watched = false; /* what is around it has a table in it */
	if (again)
		write_again(t, o);
	return again;
}
