#include "parser/mime.h"

#include "gatewayd/base/utf8.h"

enum { BLANK_NAME_MAX = 40 }; /* bytes of a name that is blank, encoded */

static const struct {
	struct span subtype;
	enum multipart multipart;
} subtypes[] = {
	{ SPAN_LITERAL("mixed"), MULTIPART_MIXED },
	{ SPAN_LITERAL("alternative"), MULTIPART_ALTERNATIVE },
	{ SPAN_LITERAL("related"), MULTIPART_RELATED },
	{ SPAN_LITERAL("signed"), MULTIPART_SIGNED },
	{ SPAN_LITERAL("report"), MULTIPART_REPORT },
	{ SPAN_LITERAL("digest"), MULTIPART_DIGEST },
};

struct walk {
	struct mime *mime;
	struct reading *r;
	struct headers *headers; /* of the part being read */
	struct params *params;
	struct boundaries open;
	int last[LIMIT_DEPTH]; /* per open multipart: its last child so far, -1: none */
	int leaf;	       /* whose body is being read, -1: a preamble or epilogue */
	const char *end;       /* of the mail */
};

static enum multipart multipart_find(struct span type)
{
	static const struct span prefix = SPAN_LITERAL("multipart/");

	if (!span_starts(type, prefix))
		return MULTIPART_NONE;
	for (size_t i = 0; i < sizeof(subtypes) / sizeof(*subtypes); i++)
		if (span_eq(span_sub(type, prefix.n, SIZE_MAX), subtypes[i].subtype))
			return subtypes[i].multipart;
	return MULTIPART_MIXED;
}

static struct part *part_add(struct walk *w)
{
	struct mime *m = w->mime;

	ARENA_GROW(w->r->arena, m->v, (size_t)m->n);
	m->v[m->n] = (struct part){ .parent = -1, .previous = -1 };
	return &m->v[m->n++];
}

static struct span default_type(const struct walk *w)
{
	if (w->open.n && w->mime->v[w->open.v[w->open.n - 1].part].multipart == MULTIPART_DIGEST)
		return SPAN("message/rfc822");
	return SPAN("text/plain");
}

/* The only part of a mail is what its sender wrote (RFC 2045 section 5.2), one of several is a
 * file. */
static struct span unreadable_type(const struct walk *w)
{
	return w->open.n ? SPAN("application/octet-stream") : SPAN("text/plain");
}

static void read_type(struct walk *w, const struct headers *h, struct part *p)
{
	struct span value = header_value(h, HEADER_CONTENT_TYPE);

	p->type = default_type(w);
	if (value.n) {
		p->type = content_type_read(value, &p->type_rest, w->r);
		if (!p->type.p) {
			reading_defect(w->r, FACTS_BAD_CONTENT_TYPE);
			p->type = unreadable_type(w);
		}
	}
	p->is_plain = span_is(p->type, "text/plain");
	p->is_html = span_is(p->type, "text/html");
	p->multipart = multipart_find(p->type);
}

/* The name a person would see; a long value is not decoded to learn that it is one. */
static bool names(struct span rest, const char *name, struct walk *w)
{
	if (!memchr(rest.p ? rest.p : "", '=', rest.n))
		return false;
	params_read(rest, w->params, w->r);
	for (size_t i = 0; i < w->params->n; i++) {
		const struct param *p = &w->params->v[i];

		if (p->value.n && span_is_ci(p->name, name))
			return p->value.n > BLANK_NAME_MAX ||
			       param_text(w->params, name, w->r).n > 0;
	}
	return false;
}

static void read_disposition(struct walk *w, const struct headers *h, struct part *p)
{
	struct span value = header_value(h, HEADER_CONTENT_DISPOSITION);
	size_t n = 0;

	if (value.n && value.p[0] == '"')
		value = span_sub(value, 1, SIZE_MAX);
	while (n < value.n && (ascii_is_alpha((unsigned char)value.p[n]) || value.p[n] == '-'))
		n++;
	if (n < value.n && (value.p[n] == '=' || value.p[n] == '*'))
		n = 0; /* the word was forgotten: parameters from the start */
	p->is_attached = span_is_ci(span_sub(value, 0, n), "attachment");
	p->is_inline = span_is_ci(span_sub(value, 0, n), "inline");
	p->disposition_rest = span_sub(value, n, SIZE_MAX);
	p->has_name = names(p->disposition_rest, "filename", w) || names(p->type_rest, "name", w);
}

/* Opens a multipart that can be taken apart; false: it is a leaf. */
static bool open_multipart(struct walk *w, int index)
{
	struct part *p = &w->mime->v[index];
	struct span boundary;

	params_read(p->type_rest, w->params, w->r);
	boundary = span_sub(param_get(w->params, "boundary", w->r), 0, LIMIT_BOUNDARY);
	if (boundary.n == 0) {
		reading_defect(w->r, FACTS_MISSING_BOUNDARY);
		return false;
	}
	if (w->open.n == LIMIT_DEPTH) {
		reading_defect(w->r, FACTS_TOO_DEEP);
		return false;
	}
	w->last[w->open.n] = -1;
	w->open.v[w->open.n++] = (struct boundary){ boundary, index };
	return true;
}

/* A part whose body begins at `body`; h is its header. */
static void begin_part(struct walk *w, const struct headers *h, const char *body)
{
	int index = w->mime->n, level = w->open.n - 1;
	struct part *p = part_add(w);

	if (level >= 0) {
		p->parent = w->open.v[level].part;
		p->previous = w->last[level];
		w->last[level] = index;
	}
	read_type(w, h, p);
	read_disposition(w, h, p);
	p->encoding = transfer_find(header_value(h, HEADER_CONTENT_TRANSFER_ENCODING));
	p->id = header_value(h, HEADER_CONTENT_ID);
	p->body = (struct span){ body, (size_t)(w->end - body) };
	w->leaf = index;
	if (p->multipart != MULTIPART_NONE && open_multipart(w, index))
		w->leaf = -1;
	else
		p->multipart = MULTIPART_NONE;
}

/* The line end before a delimiter line belongs to the delimiter; that before the end of the mail
 * stays. */
static void end_body(const struct walk *w, struct part *p, const char *line)
{
	bool has_lf = line < w->end && line > p->body.p && line[-1] == '\n';

	if (has_lf)
		line--;
	if (has_lf && line > p->body.p && line[-1] == '\r')
		line--;
	p->body.n = (size_t)(line - p->body.p);
}

/* Closes the innermost multipart; one without a single part becomes a leaf. */
static void close_multipart(struct walk *w, const char *line, bool terminated)
{
	int level = --w->open.n;
	struct part *p = &w->mime->v[w->open.v[level].part];

	if (w->last[level] < 0) {
		reading_defect(w->r, FACTS_MISSING_BOUNDARY);
		p->multipart = MULTIPART_NONE;
	} else if (!terminated) {
		reading_defect(w->r, FACTS_UNTERMINATED_MULTIPART);
	}
	end_body(w, p, line);
}

static void end_parts(struct walk *w, const char *line, int level)
{
	if (w->leaf >= 0)
		end_body(w, &w->mime->v[w->leaf], line);
	w->leaf = -1;
	while (w->open.n > level + 1)
		close_multipart(w, line, false);
}

/* A line of the body that begins with "--"; returns where to go on. */
static const char *dash_line(struct walk *w, struct span line)
{
	struct span rest = { line.p + line.n, (size_t)(w->end - line.p) - line.n };
	bool closing = false;
	int level = boundary_match(&w->open, line, &closing);

	if (level < 0)
		return rest.p;
	end_parts(w, line.p, level);
	if (closing) {
		close_multipart(w, line.p, true);
		return rest.p;
	}
	if (w->mime->n == LIMIT_PARTS) {
		reading_defect(w->r, FACTS_TOO_MANY_PARTS);
		return w->end;
	}
	headers_read_part(w->headers, &rest, &w->open, w->r);
	begin_part(w, w->headers, rest.p);
	return rest.p;
}

static const char *next_line(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));

	return lf ? lf + 1 : end;
}

/* The next line at or behind `at`, the start of one, that begins with a dash: base64 has none, so
 * that the look-out for one passes over all of a file at once. */
static const char *next_dash_line(const char *at, const char *end)
{
	while (at < end) {
		const char *dash = memchr(at, '-', (size_t)(end - at));

		if (!dash || dash == at || dash[-1] == '\n')
			return dash ? dash : end;
		at = next_line(dash, end);
	}
	return end;
}

static void walk(struct walk *w, const char *at)
{
	while (w->open.n && (at = next_dash_line(at, w->end)) < w->end) {
		const char *next = next_line(at, w->end);

		if (next - at > 2 && at[1] == '-')
			next = dash_line(w, (struct span){ at, (size_t)(next - at) });
		at = next;
	}
}

/* A line that may be the delimiter of a multipart whose boundary is wrong: a field of MIME follows.
 */
static bool is_likely_delimiter(const char *line, const char *end)
{
	static const struct span field = SPAN_LITERAL("content-");
	const char *next = memchr(line, '\n', (size_t)(end - line));

	return next && next - line > 4 && line[0] == '-' && line[1] == '-' &&
	       span_starts_ci((struct span){ next + 1, (size_t)(end - next) - 1 }, field);
}

/* The boundary that the mail uses, whatever its header says; p == NULL: none to be seen. */
static struct span guess_boundary(struct span body)
{
	const char *at = body.p, *end = body.p + body.n;

	while (at < end) {
		const char *next = memchr(at, '\n', (size_t)(end - at));

		if (!next)
			break;
		if (at[0] == '-' && is_likely_delimiter(at, end))
			return span_trim((struct span){ at + 2, (size_t)(next - at) - 2 });
		at = next + 1;
	}
	return SPAN_NONE;
}

/* The top is a multipart of which no part was found: once more, with the boundary it shows. */
static void walk_again(struct walk *w, struct span body)
{
	struct span boundary = guess_boundary(body);

	if (boundary.n == 0 || boundary.n > LIMIT_BOUNDARY)
		return;
	w->mime->v[0].multipart = multipart_find(w->mime->v[0].type);
	w->last[0] = -1;
	w->open.v[0] = (struct boundary){ boundary, 0 };
	w->open.n = 1;
	w->leaf = -1;
	walk(w, body.p);
	end_parts(w, w->end, -1);
}

void mime_read(const struct headers *h, struct span body, struct headers *scratch,
	       struct params *params, struct reading *r, struct mime *ret_mime)
{
	struct walk w = {
		.mime = ret_mime,
		.r = r,
		.headers = scratch,
		.params = params,
		.leaf = -1,
	};

	*ret_mime = (struct mime){ 0 };
	if (!body.p)
		body = SPAN("");
	w.end = body.p + body.n;
	begin_part(&w, h, body.p);
	walk(&w, body.p);
	end_parts(&w, w.end, -1);
	if (ret_mime->n == 1 && multipart_find(ret_mime->v[0].type) != MULTIPART_NONE)
		walk_again(&w, body);
}

static int last_child(const struct mime *m, int parent)
{
	for (int i = m->n - 1; i >= 0 && parent >= 0; i--)
		if (m->v[i].parent == parent)
			return i;
	return -1;
}

void mime_read_entity(struct mime *m, int parent, struct span entity, struct headers *scratch,
		      struct params *params, struct reading *r)
{
	struct walk w = {
		.mime = m,
		.r = r,
		.headers = scratch,
		.params = params,
		.leaf = -1,
		.end = entity.p + entity.n,
	};
	int top = m->n, previous = last_child(m, parent);

	headers_read_part(scratch, &entity, &w.open, r);
	begin_part(&w, scratch, entity.p);
	m->v[top].parent = parent;
	m->v[top].previous = previous;
	walk(&w, entity.p);
	end_parts(&w, w.end, -1);
}

/* U+0000 to U+001F, U+007F and U+0080 to U+009F; s is UTF-8. */
static bool is_control(struct span s)
{
	unsigned char c = (unsigned char)s.p[0];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] < 0xa0);
}

/* What must not reach a file system: separators become "_", control characters go. */
struct span mime_safe_name(struct span name, struct reading *r)
{
	struct span safe = { NULL, 0 };
	char *out;

	name = span_trim(name);
	if (name.n > LIMIT_FILENAME)
		reading_defect(r, FACTS_LONG_HEADER);
	name = utf8_prefix(name, LIMIT_FILENAME);
	safe.p = out = arena_room(r->arena, name.n + 1);
	while (name.n) {
		size_t n = utf8_len(name);

		if (name.p[0] == '/' || name.p[0] == '\\') {
			out[safe.n++] = '_';
		} else if (!is_control(name)) {
			memcpy(out + safe.n, name.p, n);
			safe.n += n;
		}
		name = span_sub(name, n ? n : 1, SIZE_MAX);
	}
	return safe.n ? safe : SPAN_NONE;
}

struct span mime_filename(const struct part *p, struct params *scratch, struct reading *r)
{
	struct span name;

	params_read(p->disposition_rest, scratch, r);
	name = mime_safe_name(param_text(scratch, "filename", r), r);
	if (name.p)
		return name;
	params_read(p->type_rest, scratch, r);
	return mime_safe_name(param_text(scratch, "name", r), r);
}
