#include "gatewayd/identity/mail_alike.h"

#include "gatewayd/base/utf8.h"

static struct span date_of(struct span raw)
{
	struct header_walk w = { .rest = span_sub(raw, 0, HEADER_SCAN_BYTES_MAX) };
	struct span name, value;
	size_t fields = 0;

	while (fields++ < HEADER_SCAN_FIELDS_MAX && header_walk_next(&w, &name, &value))
		if (span_is_ci(name, "date"))
			return value;
	return SPAN("");
}

/* White space has no part in a date: lists fold it as they like. */
static void put_date(struct span date, struct buf *out)
{
	for (size_t i = 0; i < date.n; i++)
		if (!ascii_is_space((unsigned char)date.p[i]))
			buf_addc(out, date.p[i]);
}

static void put_small(struct span address, struct buf *out)
{
	while (address.n) {
		size_t n = utf8_len(address);

		if (n)
			utf8_put(out, utf8_small(utf8_code(address)));
		address = span_sub(address, n ? n : 1, SIZE_MAX);
	}
}

static struct span text_of(struct arena *a, const char *what, struct span who, struct span date)
{
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	buf_addf(&text, "%s ", what);
	put_date(date, &text);
	buf_addc(&text, ' ');
	put_small(who, &text);
	return arena_dup(a, buf_span(&text));
}

size_t mail_alike(struct span raw, const struct header_scan *scan, bool replies, struct arena *a,
		  struct span v[MAIL_ALIKE_MAX])
{
	struct span date = date_of(raw);
	size_t n = 0;

	if (!date.n)
		return 0;
	if (scan->message_id.n)
		v[n++] = text_of(a, "id", scan->message_id, date);
	if (scan->from.n)
		v[n++] = text_of(a, "author", scan->from, date);
	for (size_t i = 0; replies && i < scan->reply_to.n && n < MAIL_ALIKE_MAX; i++)
		v[n++] = text_of(a, "author", scan->reply_to.v[i], date);
	return n;
}
