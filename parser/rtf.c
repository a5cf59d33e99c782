#include "parser/rtf.h"

enum {
	WINDOW = 4096,
	HEADER = 16,
	COMPRESSED = 0x75465a4c,   /* "LZFu" */
	UNCOMPRESSED = 0x414c454d, /* "MELA" */
};

/* MS-OXRTFCP section 2.1.2.1: what the window holds before the first byte. */
static const struct span preset = SPAN_LITERAL(
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx");

static uint32_t u32(const char *at)
{
	const unsigned char *p = (const unsigned char *)at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

struct window {
	char bytes[WINDOW];
	size_t at;
};

static void put(struct window *w, struct buf *out, char c)
{
	w->bytes[w->at] = c;
	w->at = (w->at + 1) % WINDOW;
	buf_addc(out, c);
}

/* A pair of bytes: twelve bits of place, four of length; its own place ends the stream. */
static bool copy(struct window *w, struct span pair, struct buf *out)
{
	size_t code = (size_t)(unsigned char)pair.p[0] << 8 | (unsigned char)pair.p[1];
	size_t from = code >> 4, n = (code & 15) + 2;

	if (from == w->at)
		return false;
	for (size_t i = 0; i < n; i++)
		put(w, out, w->bytes[(from + i) % WINDOW]);
	return true;
}

static bool expand(struct span s, size_t end, struct buf *out)
{
	struct window w = { .at = preset.n };

	memcpy(w.bytes, preset.p, preset.n);
	while (s.n && out->n < end && !out->full) {
		unsigned int flags = (unsigned char)s.p[0];

		s = span_sub(s, 1, SIZE_MAX);
		for (int bit = 0; bit < 8 && s.n && out->n < end; bit++) {
			bool pair = flags >> bit & 1;

			if (pair && (s.n < 2 || !copy(&w, s, out)))
				return s.n >= 2;
			if (!pair)
				put(&w, out, s.p[0]);
			s = span_sub(s, pair ? 2 : 1, SIZE_MAX);
		}
	}
	return out->n >= end;
}

bool rtf_expand(struct span stream, struct buf *out)
{
	size_t size, end;

	if (stream.n < HEADER)
		return false;
	size = u32(stream.p + 4);
	end = size > out->max - out->n ? out->max : out->n + size;
	if (u32(stream.p + 8) == UNCOMPRESSED) {
		buf_add(out, span_sub(stream, HEADER, end - out->n));
		return true;
	}
	if (u32(stream.p + 8) != COMPRESSED ||
	    !expand(span_sub(stream, HEADER, SIZE_MAX), end, out))
		return false;
	if (out->n > end)
		out->n = end;
	return true;
}
