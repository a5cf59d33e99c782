#include "parser/part.h"

void part_decode(enum transfer encoding, struct span body, const struct transfer_out *out,
		 struct reading *r)
{
	static const enum facts_defect defects[] = {
		[TRANSFER_BASE64] = FACTS_BAD_BASE64,
		[TRANSFER_QUOTED_PRINTABLE] = FACTS_BAD_QUOTED_PRINTABLE,
		[TRANSFER_UUENCODE] = FACTS_BAD_UUENCODE,
		[TRANSFER_UNKNOWN] = FACTS_UNKNOWN_ENCODING,
	};

	if (!transfer_decode(encoding, body, out))
		reading_defect(r, defects[encoding]);
}

static void write_buf(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

struct span part_bytes(const struct part *p, size_t max, struct reading *r)
{
	struct transfer_out out = { write_buf, &r->bytes };

	if (p->encoding == TRANSFER_IDENTITY)
		return span_sub(p->body, 0, max);
	buf_clear(&r->bytes);
	r->bytes.max = max;
	part_decode(p->encoding, p->body, &out, r);
	return buf_span(&r->bytes);
}
