#include "gatewayd/identity/mail_identity.h"

#include "gatewayd/identity/header_scan.h"

static const char *const stable_fields[] = {
	"from", "to", "cc", "date", "subject", "message-id",
};

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

static void update_field(struct sha256 *h, struct span raw, const char *wanted)
{
	struct header_walk w = { .rest = raw };
	struct span name, value;
	size_t fields = 0;

	while (fields++ < HEADER_SCAN_FIELDS_MAX && header_walk_next(&w, &name, &value)) {
		if (!span_is_ci(name, wanted))
			continue;
		sha256_update(h, span_of(wanted));
		sha256_update(h, SPAN(":"));
		update_folded(h, value);
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
			sha256_update(h, SPAN("\n"));
		sha256_update(h, line);
		sha256_update(h, SPAN("\n"));
	}
}

/* Lines of the header that are no field may be all that a broken mail says. */
static void update_junk(struct sha256 *h, const char *from, const char *to)
{
	struct span gap = { from, (size_t)(to - from) }, line;

	while (span_line(&gap, &line)) {
		if (line.n == 0 || span_starts(line, SPAN("From ")))
			continue;
		sha256_update(h, line);
		sha256_update(h, SPAN("\n"));
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
	struct header_walk w = { .rest = span_sub(raw, 0, HEADER_SCAN_BYTES_MAX) };
	struct sha256 h;

	sha256_init(&h);
	for (size_t i = 0; i < sizeof(stable_fields) / sizeof(*stable_fields); i++)
		update_field(&h, w.rest, stable_fields[i]);
	sha256_update(&h, SPAN("\n"));
	update_junk_lines(&h, &w);
	/* A header past its limit is taken as body from there on. */
	if (raw.n)
		update_body(&h, span_sub(raw, (size_t)(w.rest.p - raw.p), SIZE_MAX));
	sha256_final(&h, ret_identity);
}
