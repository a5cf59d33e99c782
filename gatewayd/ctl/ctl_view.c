/* How rows and objects are shown: as JSON, or as people read them. */
#include <stdio.h>
#include <sysexits.h>
#include <wchar.h>

#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/ctl.h"

enum { CELL_MAX = 400, COLUMNS_MAX = 16, GAP = 2, LAST_LEAST = 10 };

const char *ctl_time(struct ctl *c, int64_t at)
{
	char text[TIME_TEXT_MAX];

	return at == INSTANT_NONE ? "" : arena_cstr(c->d->arena, span_of(time_local(at, text)));
}

static const json_t *value_at(const json_t *row, const char *key)
{
	struct span rest = span_of(key);

	while (rest.n && row) {
		struct span name = span_cut(&rest, '.');

		row = json_object_getn(row, name.p, name.n);
	}
	return row;
}

/* "2026-11-21T22:39:00Z" to the local zone. */
static void time_text(struct span value, struct buf *out)
{
	char text[TIME_TEXT_MAX];
	int64_t at;

	if (time_parse_rfc3339(value, &at))
		buf_adds(out, time_local(at, text));
	else
		buf_add(out, value);
}

static void list_text(const json_t *v, struct buf *out)
{
	for (size_t i = 0; i < json_array_size(v); i++) {
		const json_t *item = json_array_get(v, i);

		if (i)
			buf_adds(out, ", ");
		if (json_is_string(item))
			buf_adds(out, json_string_value(item));
		else if (json_is_integer(item))
			buf_addf(out, "%lld", (long long)json_integer_value(item));
	}
}

static void cell_text(const json_t *v, const struct ctl_column *column, struct buf *out)
{
	struct span s;

	if (json_is_string(v)) {
		s = (struct span){ json_string_value(v), json_string_length(v) };
		if (column->as == CTL_TIME)
			time_text(s, out);
		else
			buf_add(out, s);
	} else if (json_is_integer(v)) {
		buf_addf(out, "%lld", (long long)json_integer_value(v));
	} else if (json_is_real(v)) {
		buf_addf(out, "%.2f", json_real_value(v));
	} else if (json_is_boolean(v)) {
		buf_adds(out, json_is_true(v) ? "yes" : "no");
	} else if (json_is_array(v)) {
		list_text(v, out);
	}
}

/* Columns of a terminal that a character takes; controls take none. */
static int width_of(uint32_t code)
{
	bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
		    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
		    (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
		    (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd);

	if (code < 0x20 || code == 0x7f || (code >= 0x300 && code <= 0x36f))
		return 0;
	return wide ? 2 : 1;
}

/* The text in at most `room` columns, controls as blanks; what is cut ends in "~". */
static int add_cut(struct span s, int room, struct buf *out)
{
	int used = 0;

	while (s.n) {
		size_t n = utf8_len(s);
		uint32_t code = utf8_code(s);
		int w = code < 0x20 || code == 0x7f ? 1 : width_of(code);

		if (used + w > room || (used + w == room && s.n > n)) {
			buf_addc(out, '~');
			return used + 1;
		}
		if (code < 0x20 || code == 0x7f)
			buf_addc(out, ' ');
		else
			buf_add(out, span_sub(s, 0, n));
		used += w;
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
	return used;
}

static int text_width(struct span s)
{
	int w = 0;

	while (s.n) {
		size_t n = utf8_len(s);

		w += width_of(utf8_code(s));
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
	return w;
}

static void pad(struct buf *out, int n)
{
	while (n-- > 0)
		buf_addc(out, ' ');
}

static void add_cell(struct span text, const struct ctl_column *column, int width, bool last,
		     struct buf *out)
{
	int w = text_width(text);

	if (column->as == CTL_RIGHT && w < width)
		pad(out, width - w);
	w = add_cut(text, width, out);
	if (!last) {
		if (column->as != CTL_RIGHT)
			pad(out, width - w);
		pad(out, GAP);
	}
}

static void cell_of(const json_t *row, const struct ctl_column *column, struct buf *cell)
{
	buf_clear(cell);
	cell_text(value_at(row, column->key), column, cell);
}

/* Each column as wide as its longest cell, at most its own width; the last takes what is left. */
static void measure(const struct ctl *c, const json_t *rows, const struct ctl_column *columns,
		    size_t n, int *widths)
{
	struct buf cell BUF_AUTO;
	int left = c->columns > 0 ? c->columns : 80;

	buf_init(&cell, CELL_MAX);
	for (size_t i = 0; i < n; i++) {
		widths[i] = text_width(span_of(columns[i].title));
		for (size_t k = 0; k < json_array_size(rows); k++) {
			int w;

			cell_of(json_array_get(rows, k), &columns[i], &cell);
			w = text_width(buf_span(&cell));
			if (w > widths[i])
				widths[i] = w;
		}
		if (columns[i].width && widths[i] > columns[i].width)
			widths[i] = columns[i].width;
		if (i + 1 < n)
			left -= widths[i] + GAP;
	}
	if (widths[n - 1] > left)
		widths[n - 1] = left > LAST_LEAST ? left : LAST_LEAST;
}

static void add_table(struct ctl *c, const json_t *rows, const struct ctl_column *columns, size_t n)
{
	struct buf cell BUF_AUTO;
	int widths[COLUMNS_MAX] = { 0 };

	if (n > COLUMNS_MAX)
		n = COLUMNS_MAX;
	buf_init(&cell, CELL_MAX);
	measure(c, rows, columns, n, widths);
	for (size_t i = 0; i < n; i++)
		add_cell(span_of(columns[i].title), &columns[i], widths[i], i + 1 == n, c->out);
	buf_addc(c->out, '\n');
	for (size_t k = 0; k < json_array_size(rows); k++) {
		for (size_t i = 0; i < n; i++) {
			cell_of(json_array_get(rows, k), &columns[i], &cell);
			add_cell(buf_span(&cell), &columns[i], widths[i], i + 1 == n, c->out);
		}
		buf_addc(c->out, '\n');
	}
}

int ctl_rows(struct ctl *c, json_t *rows, const struct ctl_column *columns, size_t n)
{
	if (c->json)
		json_write(rows, false, c->out);
	else if (json_array_size(rows) == 0)
		buf_adds(c->out, "nothing\n");
	else
		add_table(c, rows, columns, n);
	json_decref(rows);
	return EX_OK;
}

int ctl_object(struct ctl *c, json_t *object, const struct ctl_column *lines, size_t n)
{
	struct buf cell BUF_AUTO;
	int widest = 0;

	buf_init(&cell, CELL_MAX * 10);
	if (c->json)
		json_write(object, false, c->out);
	for (size_t i = 0; i < n; i++)
		if (text_width(span_of(lines[i].title)) > widest)
			widest = text_width(span_of(lines[i].title));
	for (size_t i = 0; i < n && !c->json; i++) {
		cell_of(object, &lines[i], &cell);
		if (!cell.n)
			continue;
		buf_adds(c->out, lines[i].title);
		pad(c->out, widest - text_width(span_of(lines[i].title)) + GAP);
		add_cut(buf_span(&cell), CELL_MAX * 10, c->out);
		buf_addc(c->out, '\n');
	}
	json_decref(object);
	return EX_OK;
}
