#include "gatewayd/identity/mail_identity.h"

#include "gatewayd/identity/header_scan.h"

enum { STABLE_COUNT = 6 };

static const char *const stable_fields[STABLE_COUNT] = {
	"from", "to", "cc", "date", "subject", "message-id",
};

/* The values of stable fields, in the order of the header. */
struct stable {
	struct {
		size_t field; /* STABLE_COUNT: of none of them */
		struct span value;
	} v[HEADER_SCAN_FIELDS_MAX];
	size_t n;
	bool junk; /* there may be lines that are no field */
};

static size_t stable_find(struct span name)
{
	size_t i = 0;

	while (i < STABLE_COUNT && !span_is_ci(name, stable_fields[i]))
		i++;
	return i;
}

static bool is_line_end(const char *from, const char *to)
{
	struct span s = { from, (size_t)(to - from) };

	return s.n == 0 || span_eq(s, SPAN("\n")) || span_eq(s, SPAN("\r\n"));
}

/* Leaves *w behind the header, or where there are too many fields. */
static void stable_read(struct header_walk *w, struct stable *ret)
{
	struct span name, value;
	const char *from = w->rest.p;

	ret->junk = false;
	for (ret->n = 0; ret->n < HEADER_SCAN_FIELDS_MAX && header_walk_next(w, &name, &value);) {
		ret->junk |= name.p != from;
		ret->v[ret->n].field = stable_find(name);
		ret->v[ret->n++].value = value;
		from = w->rest.p;
	}
	ret->junk |= ret->n == HEADER_SCAN_FIELDS_MAX || !is_line_end(from, w->rest.p);
}

/* Runs of white space as one space. */
static void update_folded(struct sha256 *h, struct span value)
{
	while (value.n) {
		size_t n = 0, blanks = 0;

		while (n < value.n && !ascii_is_space((unsigned char)value.p[n]))
			n++;
		while (n + blanks < value.n && ascii_is_space((unsigned char)value.p[n + blanks]))
			blanks++;
		sha256_update(h, span_sub(value, 0, n));
		if (blanks)
			sha256_update(h, SPAN(" "));
		value = span_sub(value, n + blanks, SIZE_MAX);
	}
}

static void update_field(struct sha256 *h, const struct stable *stable, size_t field)
{
	for (size_t i = 0; i < stable->n; i++) {
		if (stable->v[i].field != field)
			continue;
		sha256_update(h, span_of(stable_fields[field]));
		sha256_update(h, SPAN(":"));
		update_folded(h, stable->v[i].value);
		sha256_update(h, SPAN("\n"));
	}
}

/* Blank lines are held back until something follows them. */
static void update_body(struct sha256 *h, struct span body)
{
	struct span line;
	size_t blank = 0;

	while (span_line(&body, &line)) {
		if (line.n == 0) {
			blank++;
			continue;
		}
		for (; blank; blank--)
			sha256_update_line(h, SPAN(""));
		sha256_update_line(h, line);
	}
}

/* Lines of the header that are no field may be all that a broken mail says. */
static void update_junk(struct sha256 *h, const char *from, const char *to)
{
	struct span gap = { from, (size_t)(to - from) }, line;

	while (span_line(&gap, &line)) {
		if (line.n == 0 || span_starts(line, SPAN("From ")))
			continue;
		sha256_update_line(h, line);
	}
}

/* Leaves *w behind the header. */
static void update_junk_lines(struct sha256 *h, struct header_walk *w)
{
	struct span name, value;
	const char *from;
	bool more;

	do {
		from = w->rest.p;
		more = header_walk_next(w, &name, &value);
		update_junk(h, from, more ? name.p : w->rest.p);
	} while (more);
}

void mail_identity(struct span raw, uint8_t ret_identity[SHA256_SIZE])
{
	const struct header_walk start = { .rest = span_sub(raw, 0, HEADER_SCAN_BYTES_MAX) };
	struct header_walk w = start;
	struct stable stable;
	struct sha256 h;

	sha256_init(&h);
	stable_read(&w, &stable);
	for (size_t i = 0; i < STABLE_COUNT; i++)
		update_field(&h, &stable, i);
	sha256_update(&h, SPAN("\n"));
	if (stable.junk) {
		w = start;
		update_junk_lines(&h, &w);
	}
	/* A header past its limit is taken as body from there on. */
	if (raw.n)
		update_body(&h, span_sub(raw, (size_t)(w.rest.p - raw.p), SIZE_MAX));
	sha256_final(&h, ret_identity);
}
