#include "store/runs.h"

#include <string.h>

#include "gatewayd/base/base64_block.h"
#include "gatewayd/base/crypto.h"
#include "store/base64_groups.h"

enum {
	GROUPS_MIN = 10, /* of a line */
	LINES_MIN = 4,	 /* of a run */
	OVER = 4,	 /* bytes that base64_groups() may write more */
};

struct shape {
	size_t groups;
	bool crlf;
};

static size_t characters(const struct shape *s)
{
	return 4 * s->groups;
}

static size_t line_size(const struct shape *s)
{
	return characters(s) + 1 + s->crlf;
}

/* --- in --- */

/* Of the line that s begins with, if it may be one of base64. */
static bool shape_of(struct span s, struct shape *ret_shape)
{
	const char *end = s.n ? memchr(s.p, '\n', s.n < RUNS_LINE_MAX ? s.n : RUNS_LINE_MAX) : NULL;
	size_t n = end ? (size_t)(end - s.p) : 0;
	bool crlf = n && end[-1] == '\r';

	n -= crlf;
	*ret_shape = (struct shape){ n / 4, crlf };
	return n % 4 == 0 && n / 4 >= GROUPS_MIN;
}

static bool has_shape(struct span s, const struct shape *shape)
{
	size_t n = line_size(shape);

	return s.n >= n && s.p[n - 1] == '\n' && (!shape->crlf || s.p[n - 2] == '\r');
}

/* A line's end is what its decoding stops at. */
static size_t lines_by_groups(struct span *s, const struct shape *shape, size_t most, char *out)
{
	size_t bytes = 3 * shape->groups, lines = 0;

	for (; lines < most && has_shape(*s, shape); lines++, out += bytes) {
		struct span rest = *s;

		if (base64_groups(&rest, out, bytes + OVER) != bytes)
			break;
		*s = span_sub(*s, line_size(shape), SIZE_MAX);
	}
	return lines;
}

/* Decoded into `out`, as many lines as there are and fit; how many. */
static size_t take_lines(struct span *s, const struct shape *shape, char *out, size_t room)
{
	const struct base64_lines like = { characters(shape), shape->crlf };
	size_t bytes = 3 * shape->groups, most = room < OVER ? 0 : (room - OVER) / bytes, lines;

	if (most > s->n / line_size(shape))
		most = s->n / line_size(shape);
	lines = base64_lines(s->p, &like, most, out);
	*s = span_sub(*s, lines * line_size(shape), SIZE_MAX);
	return lines + lines_by_groups(s, shape, most - lines, out + lines * bytes);
}

static bool is_run(struct span s, struct shape *ret_shape)
{
	char some[LINES_MIN * 3 * RUNS_GROUPS_MAX + OVER];

	return shape_of(s, ret_shape) &&
	       has_shape(span_sub(s, line_size(ret_shape), SIZE_MAX), ret_shape) &&
	       take_lines(&s, ret_shape, some, LINES_MIN * 3 * ret_shape->groups + OVER) ==
		   LINES_MIN;
}

/* How many bytes stand before the first run. */
static size_t text_size(struct span s)
{
	struct span rest = s, line;
	struct shape shape;

	while (rest.n && !is_run(rest, &shape))
		span_line(&rest, &line);
	return s.n - rest.n;
}

bool runs_any(struct span bytes)
{
	return text_size(bytes) < bytes.n;
}

static void put_head(char *out, char kind, size_t groups, size_t n)
{
	memset(out, 0, RUNS_HEAD);
	out[0] = kind;
	out[1] = (char)groups;
	for (size_t i = 0; i < 4; i++)
		out[4 + i] = (char)(n >> (8 * i));
}

static size_t put_text(struct span *rest, char *out, size_t room)
{
	size_t n = text_size(span_sub(*rest, 0, room - RUNS_HEAD));

	put_head(out, 't', 0, n);
	memcpy(out + RUNS_HEAD, rest->p, n);
	*rest = span_sub(*rest, n, SIZE_MAX);
	return RUNS_HEAD + n;
}

static size_t put_lines(struct span *rest, const struct shape *shape, char *out, size_t room)
{
	size_t n = take_lines(rest, shape, out + RUNS_HEAD, room - RUNS_HEAD);

	put_head(out, shape->crlf ? 'c' : 'l', shape->groups, n);
	return RUNS_HEAD + n * 3 * shape->groups;
}

size_t runs_next(struct span *rest, char *out, size_t room)
{
	size_t n = 0;

	while (rest->n && room - n >= RUNS_HEAD + LINES_MIN * 3 * RUNS_GROUPS_MAX + OVER) {
		struct shape shape;

		n += is_run(*rest, &shape) ? put_lines(rest, &shape, out + n, room - n)
					   : put_text(rest, out + n, room - n);
	}
	return n;
}

/* --- out --- */

void runs_begin(struct runs *r, store_piece_fn *fn, void *ctx)
{
	r->head_n = r->left = r->line_n = r->out_n = 0;
	r->fn = fn;
	r->ctx = ctx;
}

static int flush(struct runs *r, struct err *e)
{
	struct span all = { r->out, r->out_n };

	r->out_n = 0;
	return all.n ? r->fn(r->ctx, all, e) : 0;
}

static int put(struct runs *r, struct span s, struct err *e)
{
	while (s.n) {
		size_t room = sizeof(r->out) - r->out_n, n = s.n < room ? s.n : room;

		memcpy(r->out + r->out_n, s.p, n);
		r->out_n += n;
		s = span_sub(s, n, SIZE_MAX);
		if (r->out_n == sizeof(r->out) && flush(r, e) < 0)
			return -1;
	}
	return 0;
}

static bool is_lines(const struct runs *r)
{
	return r->head[0] != 't';
}

static size_t groups_of(const struct runs *r)
{
	return (unsigned char)r->head[1];
}

static int begin_record(struct runs *r, struct err *e)
{
	bool lines = r->head[0] == 'l' || r->head[0] == 'c';

	r->left = 0;
	for (size_t i = 0; i < 4; i++)
		r->left |= (size_t)(unsigned char)r->head[4 + i] << (8 * i);
	if (r->left == 0 || r->head[2] || r->head[3] || (!lines && r->head[0] != 't') ||
	    lines != (groups_of(r) > 0))
		return err_set(e, ERR_PERM, "does not unpack: that is no record");
	return 0;
}

/* The first n bytes of *in, which go. */
static struct span take(struct span *in, size_t n)
{
	struct span taken = span_sub(*in, 0, n);

	*in = span_sub(*in, taken.n, SIZE_MAX);
	return taken;
}

static int take_head(struct runs *r, struct span *in, struct err *e)
{
	struct span s = take(in, RUNS_HEAD - r->head_n);

	memcpy(r->head + r->head_n, s.p, s.n);
	r->head_n += s.n;
	return r->head_n == RUNS_HEAD ? begin_record(r, e) : 0;
}

static int put_line(struct runs *r, struct span bytes, struct err *e)
{
	if (sizeof(r->out) - r->out_n < RUNS_LINE_MAX && flush(r, e) < 0)
		return -1;
	base64_encode(bytes, r->out + r->out_n);
	r->out_n += base64_size(bytes.n);
	if (r->head[0] == 'c')
		r->out[r->out_n++] = '\r';
	r->out[r->out_n++] = '\n';
	r->left--;
	return 0;
}

static int take_line(struct runs *r, struct span *in, struct err *e)
{
	size_t size = 3 * groups_of(r);
	struct span s = take(in, size - r->line_n);

	if (s.n == size)
		return put_line(r, s, e);
	memcpy(r->line + r->line_n, s.p, s.n);
	r->line_n += s.n;
	if (r->line_n < size)
		return 0;
	r->line_n = 0;
	return put_line(r, (struct span){ r->line, size }, e);
}

static int take_text(struct runs *r, struct span *in, struct err *e)
{
	struct span s = take(in, r->left);

	r->left -= s.n;
	return put(r, s, e);
}

int runs_piece(void *ctx, struct span piece, struct err *e)
{
	struct runs *r = ctx;

	while (piece.n) {
		int result = r->head_n < RUNS_HEAD ? take_head(r, &piece, e)
			     : is_lines(r)	   ? take_line(r, &piece, e)
						   : take_text(r, &piece, e);

		if (result < 0)
			return -1;
		if (r->head_n == RUNS_HEAD && r->left == 0)
			r->head_n = 0;
	}
	return 0;
}

int runs_end(struct runs *r, struct err *e)
{
	if (r->head_n)
		return err_set(e, ERR_PERM, "does not unpack: a record ends too early");
	return flush(r, e);
}
