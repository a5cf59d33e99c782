#include "gatewayd/ctl/csv.h"

void csv_init(struct csv *c, struct span text)
{
	struct span mark = SPAN("\xef\xbb\xbf");

	*c = (struct csv){ .left = text, .line = 1 };
	if (span_starts(text, mark))
		c->left = span_sub(text, mark.n, SIZE_MAX);
}

/* Empty rows and comments. */
static bool skip(struct csv *c)
{
	struct span rest = c->left, line;

	if (!span_line(&rest, &line))
		return false;
	line = span_trim(line);
	if (line.n && line.p[0] != '#')
		return false;
	c->left = rest;
	c->line++;
	return true;
}

static char separator_of(struct span text)
{
	struct span line;

	if (span_line(&text, &line))
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] == ',' || line.p[i] == ';' || line.p[i] == '\t')
				return line.p[i];
	return ',';
}

/* c->left begins with the opening quote; -1: there is no closing one. */
static int quoted(struct csv *c, struct arena *a, struct span *ret_field)
{
	char *out = arena_room(a, c->left.n);
	size_t n = 0, i = 1;

	for (; i < c->left.n; i++) {
		if (c->left.p[i] == '"') {
			if (i + 1 == c->left.n || c->left.p[i + 1] != '"')
				break;
			i++;
		}
		c->line += c->left.p[i] == '\n';
		out[n++] = c->left.p[i];
	}
	if (i == c->left.n)
		return -1;
	c->left = span_sub(c->left, i + 1, SIZE_MAX);
	*ret_field = (struct span){ out, n };
	return 0;
}

/* Up to the separator or the end of the line, neither taken. */
static struct span plain(struct csv *c)
{
	size_t n = 0;

	while (n < c->left.n && c->left.p[n] != c->separator && c->left.p[n] != '\n')
		n++;
	c->left.n -= n;
	c->left.p += n;
	return span_trim((struct span){ c->left.p - n, n });
}

static void skip_blanks(struct csv *c)
{
	while (c->left.n && c->left.p[0] == ' ')
		c->left = span_sub(c->left, 1, SIZE_MAX);
}

static int field(struct csv *c, struct arena *a, struct span *ret_field, struct err *e)
{
	c->wrong = c->line;
	skip_blanks(c);
	if (!c->left.n || c->left.p[0] != '"') {
		*ret_field = plain(c);
		return 0;
	}
	if (quoted(c, a, ret_field) < 0)
		return err_set(e, ERR_PERM, "a quote is opened and not closed");
	c->wrong = c->line;
	if (plain(c).n)
		return err_set(e, ERR_PERM, "text behind a closing quote");
	return 0;
}

int csv_next(struct csv *c, struct arena *a, struct csv_row *ret_row, struct err *e)
{
	while (skip(c))
		;
	if (!c->left.n)
		return 0;
	if (!c->separator)
		c->separator = separator_of(c->left);
	ret_row->n = 0;
	ret_row->line = c->line;
	for (;;) {
		bool more;

		c->wrong = c->line;
		if (ret_row->n == CSV_FIELDS_MAX)
			return err_set(e, ERR_PERM, "more than %d fields", CSV_FIELDS_MAX);
		if (field(c, a, &ret_row->v[ret_row->n++], e) < 0)
			return -1;
		more = c->left.n && c->left.p[0] == c->separator;
		c->line += c->left.n && !more;
		c->left = span_sub(c->left, 1, SIZE_MAX);
		if (!more)
			return 1;
	}
}

size_t csv_rows_most(struct span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}
