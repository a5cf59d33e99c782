#include "parser/header.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "parser/boundary.h"
#include "parser/limits.h"

static const struct {
	struct span name;
	bool once;
} known[] = {
#define X(id, name, once) { SPAN_LITERAL(name), once },
	HEADER_KNOWN(X)
#undef X
};

void headers_init(struct headers *h)
{
	*h = (struct headers){ 0 };
	memset(h->first, -1, sizeof(h->first));
}

void headers_release(struct headers *h)
{
	free(h->v);
	headers_init(h);
}

static enum header_id identify(struct span name)
{
	for (int i = 0; i < HEADER_ID_COUNT; i++)
		if (known[i].name.n == name.n &&
		    ascii_lower((unsigned char)name.p[0]) == (unsigned char)known[i].name.p[0] &&
		    span_eq_ci(name, known[i].name))
			return (enum header_id)i;
	return HEADER_OTHER;
}

static void add(struct headers *h, struct span name, struct span value, struct reading *r)
{
	enum header_id id = identify(name);

	if (h->n == LIMIT_HEADERS) {
		reading_defect(r, FACTS_TOO_MANY_HEADERS);
		return;
	}
	MEM_GROW(h->v, h->n, &h->cap);
	if (id != HEADER_OTHER && h->first[id] < 0)
		h->first[id] = (int)h->n;
	else if (id != HEADER_OTHER && known[id].once)
		reading_defect(r, FACTS_DUPLICATE_HEADER);
	h->v[h->n++] = (struct header){ name, value, id };
}

/* The first line of s with its line end. */
static struct span first_line(struct span s)
{
	const char *end = memchr(s.p, '\n', s.n);

	return span_sub(s, 0, end ? (size_t)(end - s.p) + 1 : s.n);
}

/* Also "\r\r\n", which mailers make that turn LF into CRLF once too often. */
static bool is_blank(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '\r')
		n++;
	return n == line.n || line.p[n] == '\n';
}

static bool is_delimiter(struct span line, const struct boundaries *open)
{
	bool closing;

	return open && line.n > 2 && line.p[0] == '-' && line.p[1] == '-' &&
	       boundary_match(open, line, &closing) >= 0;
}

/* The length of the name of the field that starts here and in *ret_colon where its colon stands. */
static size_t field_name(struct span line, size_t *ret_colon)
{
	size_t n = 0, colon;

	while (n < line.n && line.p[n] > 32 && line.p[n] < 127 && line.p[n] != ':')
		n++;
	colon = n;
	while (colon < line.n && (line.p[colon] == ' ' || line.p[colon] == '\t'))
		colon++;
	if (n == 0 || colon == line.n || line.p[colon] != ':')
		return 0;
	*ret_colon = colon;
	return n;
}

/* The lines from s on that are passed over because a field follows them before the header ends. */
static size_t junk(struct span s, const struct boundaries *open)
{
	size_t at = 0, colon;

	while (at < s.n) {
		struct span line = first_line(span_sub(s, at, SIZE_MAX));

		if (is_blank(line) || is_delimiter(line, open))
			return 0;
		if (field_name(line, &colon))
			return at;
		at += line.n;
	}
	return 0;
}

/* The line and those that continue it. */
static size_t field_length(struct span s, size_t line)
{
	while (line < s.n && (s.p[line] == ' ' || s.p[line] == '\t'))
		line += first_line(span_sub(s, line, SIZE_MAX)).n;
	return line;
}

static void read_fields(struct headers *h, struct span *raw, const struct boundaries *open,
			struct reading *r)
{
	while (raw->n) {
		struct span line = first_line(*raw), name, value;
		size_t n, skip, colon;

		if (is_blank(line)) {
			*raw = span_sub(*raw, line.n, SIZE_MAX);
			return;
		}
		if (is_delimiter(line, open))
			return;
		n = field_name(line, &colon);
		if (n == 0) {
			reading_defect(r, FACTS_BAD_HEADER_LINE);
			skip = junk(*raw, open);
			if (skip == 0)
				return;
			*raw = span_sub(*raw, skip, SIZE_MAX);
			continue;
		}
		skip = field_length(*raw, line.n);
		name = span_sub(*raw, 0, n);
		value = span_sub(*raw, colon + 1, skip - colon - 1);
		add(h, name, span_trim(value), r);
		*raw = span_sub(*raw, skip, SIZE_MAX);
	}
}

static void clear(struct headers *h)
{
	h->n = 0;
	memset(h->first, -1, sizeof(h->first));
}

struct span headers_skip_envelope(struct span raw)
{
	if (span_starts(raw, SPAN("\xef\xbb\xbf")))
		raw = span_sub(raw, 3, SIZE_MAX);
	while (raw.n) {
		struct span line = first_line(raw);

		if (span_trim(line).n && !span_starts(line, SPAN("From ")) &&
		    !span_starts(line, SPAN(">From ")))
			break;
		raw = span_sub(raw, line.n, SIZE_MAX);
	}
	return raw;
}

/* " From: Ann" as the first line goes on with no field: it is one. */
static struct span without_indent(struct span raw)
{
	struct span s = raw;
	size_t n = 0;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_sub(s, 1, SIZE_MAX);
	while (n < s.n && (ascii_is_alpha((unsigned char)s.p[n]) || s.p[n] == '-'))
		n++;
	return n > 0 && n < s.n && s.p[n] == ':' ? s : raw;
}

void headers_read_message(struct headers *h, struct span *raw, struct reading *r)
{
	clear(h);
	*raw = without_indent(headers_skip_envelope(*raw));
	read_fields(h, raw, NULL, r);
	if (h->n == 0)
		reading_defect(r, FACTS_NO_HEADER);
}

void headers_read_part(struct headers *h, struct span *raw, const struct boundaries *open,
		       struct reading *r)
{
	clear(h);
	read_fields(h, raw, open, r);
}

const struct header *header_find(const struct headers *h, const char *name)
{
	struct span key = span_of(name);
	unsigned char first = ascii_lower((unsigned char)name[0]);

	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].name.n == key.n &&
		    ascii_lower((unsigned char)h->v[i].name.p[0]) == first &&
		    span_eq_ci(h->v[i].name, key))
			return &h->v[i];
	return NULL;
}

struct span header_value(const struct headers *h, enum header_id id)
{
	return h->first[id] < 0 ? SPAN_NONE : h->v[h->first[id]].value;
}
