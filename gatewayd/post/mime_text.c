#include "gatewayd/post/mime_text.h"

#include "gatewayd/base/utf8.h"
#include "parser/transfer.h"

static void add(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

/* From the first text/plain part on: its encoding, and what follows its header. */
static bool find_part(struct span message, enum transfer *ret_encoding, struct span *ret_body)
{
	const struct span type = SPAN("Content-Type: text/plain"),
			  encoding = SPAN("Content-Transfer-Encoding:");
	struct span rest = message, line;
	bool found = false;

	*ret_encoding = TRANSFER_IDENTITY;
	while (span_line(&rest, &line)) {
		found = found || span_starts_ci(line, type);
		if (found && span_starts_ci(line, encoding))
			*ret_encoding =
			    transfer_find(span_trim(span_sub(line, encoding.n, SIZE_MAX)));
		if (found && !line.n) {
			*ret_body = rest;
			return true;
		}
	}
	return false;
}

/* It ends where the next part begins; a line of its own that begins so is encoded. */
static struct span until_delimiter(struct span body)
{
	size_t end = span_find(body, SPAN("\r\n--=_"));

	return span_sub(body, 0, end);
}

struct span mime_text(struct span message, struct arena *a)
{
	struct buf text BUF_AUTO, clean BUF_AUTO;
	struct transfer_out out = { add, &text };
	enum transfer encoding;
	struct span body;

	buf_init(&text, SIZE_MAX);
	buf_init(&clean, SIZE_MAX);
	if (!find_part(message, &encoding, &body))
		return SPAN("");
	(void)transfer_decode(encoding, until_delimiter(body), &out);
	utf8_scrub(buf_span(&text), &clean);
	return arena_dup(a, buf_span(&clean));
}
