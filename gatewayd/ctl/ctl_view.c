#include "gatewayd/ctl/ctl_view.h"

#include <errno.h>
#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/escape.h"
#include "gatewayd/base/file.h"
#include "gatewayd/ctl/ctl_cell.h"
#include "gatewayd/ctl/ctl_safe.h"

enum {
	CELL_BYTES_MAX = 64 * KIB,
	COLUMNS_MAX = 16,
	GAP = 2,
	TEXT_LEAST = 6,	 /* cells of a text that is cut */
	LAST_LEAST = 16, /* of the last one beside the others */
	INDENT = 4,	 /* of the last one below them */
};

const char *ctl_time(struct ctl *c, int64_t at)
{
	char text[TIME_TEXT_MAX];

	return at == INSTANT_NONE ? "" : arena_cstr(c->d->arena, span_of(time_local(at, text)));
}

/* --- cells --- */

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
		escape_visible(value, out);
}

static void value_text(const json_t *v, bool local_time, struct buf *out)
{
	struct span s = { json_string_value(v), json_string_length(v) };

	if (json_is_string(v) && local_time)
		time_text(s, out);
	else if (json_is_string(v))
		escape_visible(s, out);
	else if (json_is_integer(v))
		buf_addf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		buf_addf(out, "%.2f", json_real_value(v));
	else if (json_is_boolean(v))
		buf_adds(out, json_is_true(v) ? "yes" : "no");
}

static bool is_none(const json_t *v, const struct ctl_column *column)
{
	return (column->as == CTL_NUMBER || column->as == CTL_RIGHT_NUMBER) && json_is_integer(v) &&
	       json_integer_value(v) == 0;
}

static bool is_right(const struct ctl_column *column)
{
	return column->as == CTL_RIGHT || column->as == CTL_RIGHT_NUMBER;
}

static void cell_text(const json_t *row, const struct ctl_column *column, bool for_people,
		      struct buf *cell)
{
	const json_t *v = value_at(row, column->key);
	bool local_time = for_people && column->as == CTL_TIME;

	buf_clear(cell);
	if (for_people && is_none(v, column))
		return;
	if (!json_is_array(v))
		value_text(v, local_time, cell);
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (i)
			buf_adds(cell, ", ");
		value_text(json_array_get(v, i), local_time, cell);
	}
}

/* --- tables --- */

struct table {
	struct ctl *c;
	const json_t *rows;
	const struct ctl_column *columns;
	size_t n;
	int widths[COLUMNS_MAX];
	bool below; /* the last column stands below the others */
	struct buf cell;
};

static enum ctl_style style_of(struct span text)
{
	static const struct {
		const char *state;
		enum ctl_style style;
	} styles[] = {
		{ "breached", CTL_RED },       { "failed", CTL_RED },	   { "warned", CTL_YELLOW },
		{ "quarantined", CTL_YELLOW }, { "met", CTL_GREEN },	   { "sent", CTL_GREEN },
		{ "running", CTL_GREEN },      { "not running", CTL_RED },
	};

	for (size_t i = 0; i < sizeof(styles) / sizeof(*styles); i++)
		if (span_is(text, styles[i].state))
			return styles[i].style;
	return CTL_PLAIN;
}

static void pad(struct buf *out, int n)
{
	while (n-- > 0)
		buf_addc(out, ' ');
}

static void add_styled(struct span text, enum ctl_style style, struct buf *out)
{
	if (style != CTL_PLAIN)
		buf_addc(out, (char)style);
	buf_add(out, text);
	if (style != CTL_PLAIN)
		buf_addc(out, CTL_PLAIN);
}

/* Column i with that text, cut to its width. */
static void add_cell(struct table *t, size_t i, struct span text, enum ctl_style style)
{
	const struct ctl_column *column = &t->columns[i];
	int width = t->widths[i], w = ctl_text_width(text);
	bool last = i + 1 + t->below >= t->n, cut = w > width;

	if (cut) {
		text = ctl_text_cut(text, width - 1);
		w = ctl_text_width(text) + 1;
	}
	if (is_right(column))
		pad(t->c->out, width - w);
	add_styled(text, style, t->c->out);
	buf_adds(t->c->out, cut ? "~" : "");
	if (!last) {
		if (!is_right(column))
			pad(t->c->out, width - w);
		pad(t->c->out, GAP);
	}
}

static int widest(struct table *t, size_t i)
{
	int most = ctl_text_width(span_of(t->columns[i].title));

	for (size_t k = 0; k < json_array_size(t->rows); k++) {
		int w;

		cell_text(json_array_get(t->rows, k), &t->columns[i], true, &t->cell);
		w = ctl_text_width(buf_span(&t->cell));
		if (w > most)
			most = w;
	}
	return most;
}

/* A number in a column of texts is whole, too. */
static bool may_be_cut(const struct table *t, size_t i)
{
	for (size_t k = 0; k < json_array_size(t->rows); k++)
		if (json_is_number(value_at(json_array_get(t->rows, k), t->columns[i].key)))
			return false;
	return t->columns[i].as == CTL_TEXT;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* What is left for the last column beside the others. */
static int left_of(const struct table *t)
{
	int left = t->c->columns;

	for (size_t i = 0; i + 1 < t->n; i++)
		left -= t->widths[i] + GAP;
	return left;
}

/* Cells to which a text is cut: its own width, or (again) what can still be read. */
static int least_width(const struct table *t, size_t i, bool again)
{
	int title = ctl_text_width(span_of(t->columns[i].title));
	int to = again ? TEXT_LEAST : t->columns[i].width;

	return !to || !may_be_cut(t, i) ? t->widths[i] : to < title ? title : to;
}

/* Texts but the last, the widest first, until the last one has so much. */
static void narrow(struct table *t, int last, bool again)
{
	int to[COLUMNS_MAX];

	for (size_t i = 0; i + 1 < t->n; i++)
		to[i] = least_width(t, i, again);
	while (left_of(t) < last) {
		size_t at = t->n;

		for (size_t i = 0; i + 1 < t->n; i++)
			if (t->widths[i] > to[i] && (at == t->n || t->widths[i] > t->widths[at]))
				at = i;
		if (at == t->n)
			return;
		t->widths[at]--;
	}
}

/* Each column as wide as its longest cell, where the terminal has the room. */
static void measure(struct table *t)
{
	int widths[COLUMNS_MAX], *last = &t->widths[t->n - 1], some;
	bool cut = may_be_cut(t, t->n - 1);

	for (size_t i = 0; i < t->n; i++)
		widths[i] = t->widths[i] = widest(t, i);
	if (t->c->columns <= 0 || t->c->wide)
		return;
	some = cut ? least(*last, LAST_LEAST) : *last;
	narrow(t, *last, false);
	narrow(t, some, true);
	t->below = left_of(t) < some && t->n > 1;
	if (t->below) {
		memcpy(t->widths, widths, sizeof(widths));
		narrow(t, -GAP, false);
		narrow(t, -GAP, true);
	}
	if (cut)
		*last = least(*last, t->below ? t->c->columns - INDENT : left_of(t));
}

/* Before the last column: the line below. */
static void below(struct table *t, size_t i)
{
	if (!t->below || i + 1 < t->n)
		return;
	buf_addc(t->c->out, '\n');
	pad(t->c->out, INDENT);
}

static void add_row(struct table *t, const json_t *row)
{
	for (size_t i = 0; i < t->n; i++) {
		bool state = t->columns[i].as == CTL_STATE;

		cell_text(row, &t->columns[i], true, &t->cell);
		if (t->below && i + 1 == t->n && !t->cell.n)
			continue;
		below(t, i);
		add_cell(t, i, buf_span(&t->cell),
			 state ? style_of(buf_span(&t->cell)) : CTL_PLAIN);
	}
	buf_addc(t->c->out, '\n');
}

static void add_table(struct table *t)
{
	measure(t);
	for (size_t i = 0; i < t->n; i++) {
		below(t, i);
		add_cell(t, i, span_of(t->columns[i].title), CTL_BOLD);
	}
	buf_addc(t->c->out, '\n');
	for (size_t k = 0; k < json_array_size(t->rows); k++)
		add_row(t, json_array_get(t->rows, k));
}

/* --- CSV --- */

/*
 * Quoted where RFC 4180 wants it.  A spreadsheet takes "=", "+", "-" or "@" at the start of a text
 * for a formula, and the text may be a stranger's: an apostrophe goes before it.
 */
static void add_field(struct buf *out, struct span text, bool is_text)
{
	bool quote = false;

	for (size_t i = 0; i < text.n; i++)
		quote = quote || memchr(",\"\n\r", text.p[i], 4);
	if (quote)
		buf_addc(out, '"');
	if (is_text && text.n && memchr("=+-@", text.p[0], 4))
		buf_addc(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, text.p[i]);
	}
	if (quote)
		buf_addc(out, '"');
}

static void add_csv(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		buf_adds(t->c->out, i ? "," : "");
		add_field(t->c->out, span_of(t->columns[i].key), true);
	}
	buf_adds(t->c->out, "\n");
	for (size_t k = 0; k < json_array_size(t->rows); k++) {
		const json_t *row = json_array_get(t->rows, k);

		for (size_t i = 0; i < t->n; i++) {
			cell_text(row, &t->columns[i], false, &t->cell);
			buf_adds(t->c->out, i ? "," : "");
			add_field(t->c->out, buf_span(&t->cell),
				  json_is_string(value_at(row, t->columns[i].key)));
		}
		buf_adds(t->c->out, "\n");
	}
}

/* --- what verbs call --- */

int ctl_rows(struct ctl *c, json_t *rows, const struct ctl_column *columns, size_t n)
{
	struct table t = { .c = c, .rows = rows, .columns = columns, .n = n };

	buf_init(&t.cell, CELL_BYTES_MAX);
	if (c->json)
		json_write(rows, false, c->out);
	else if (c->csv)
		add_csv(&t);
	else if (json_array_size(rows) == 0)
		buf_adds(c->out, "nothing\n");
	else
		add_table(&t);
	buf_release(&t.cell);
	json_decref(rows);
	return EX_OK;
}

int ctl_list(struct ctl *c, const void *v, size_t n, size_t size, ctl_row_fn *row,
	     const struct ctl_column *columns, size_t column_count)
{
	json_t *rows = json_array();
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++) {
		json_t *one = row(c, (const char *)v + i * size, &e);

		if (!one) {
			json_decref(rows);
			return ctl_fail(c, &e);
		}
		json_array_append_new(rows, one);
	}
	return ctl_rows(c, rows, columns, column_count);
}

int ctl_object(struct ctl *c, json_t *object, const struct ctl_column *lines, size_t n)
{
	struct buf cell BUF_AUTO;
	int widest = 0;

	buf_init(&cell, CELL_BYTES_MAX);
	if (c->json)
		json_write(object, false, c->out);
	for (size_t i = 0; i < n; i++)
		if (ctl_text_width(span_of(lines[i].title)) > widest)
			widest = ctl_text_width(span_of(lines[i].title));
	for (size_t i = 0; i < n && !c->json; i++) {
		cell_text(object, &lines[i], true, &cell);
		if (!cell.n)
			continue;
		add_styled(span_of(lines[i].title), CTL_BOLD, c->out);
		pad(c->out, widest - ctl_text_width(span_of(lines[i].title)) + GAP);
		add_styled(buf_span(&cell),
			   lines[i].as == CTL_STATE ? style_of(buf_span(&cell)) : CTL_PLAIN,
			   c->out);
		buf_addc(c->out, '\n');
	}
	json_decref(object);
	return EX_OK;
}

int ctl_done(struct ctl *c, json_t *object)
{
	if (c->json)
		json_write(object, false, c->out);
	json_decref(object);
	return EX_OK;
}

int ctl_write_file(struct ctl *c, const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), failed;

	failed = fd < 0 || file_write_all(fd, bytes) < 0;
	if (fd >= 0 && close(fd) < 0)
		failed = 1;
	if (!failed)
		return EX_OK;
	buf_addf(c->err, "gatewayctl: %s: %s\n", path, strerror(errno));
	return EX_CANTCREAT;
}
