#include "gatewayd/mail/picture.h"

static uint32_t byte_at(struct span s, size_t i)
{
	return i < s.n ? (unsigned char)s.p[i] : 0;
}

static uint32_t big16(struct span s, size_t i)
{
	return byte_at(s, i) << 8 | byte_at(s, i + 1);
}

static uint32_t little16(struct span s, size_t i)
{
	return byte_at(s, i + 1) << 8 | byte_at(s, i);
}

/* A segment that says the size (ITU-T T.81, table B.1): SOF0 to SOF15, without DHT, JPG and DAC. */
static bool is_frame(uint32_t marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

/* Markers with a length each, up to the one of the frame. */
static bool read_jpeg(struct span s, struct picture *p)
{
	size_t at = 2;

	while (at + 9 <= s.n && byte_at(s, at) == 0xff) {
		uint32_t marker = byte_at(s, at + 1);

		if (is_frame(marker)) {
			*p = (struct picture){ big16(s, at + 7), big16(s, at + 5) };
			return true;
		}
		at += marker == 0xff ? 1 : 2 + big16(s, at + 2);
	}
	return false;
}

bool picture_read(struct span bytes, struct picture *ret_picture)
{
	if (span_starts(bytes, SPAN("\x89PNG\r\n\x1a\n")) && bytes.n >= 24) {
		*ret_picture = (struct picture){ big16(bytes, 16) << 16 | big16(bytes, 18),
						 big16(bytes, 20) << 16 | big16(bytes, 22) };
		return true;
	}
	if (span_starts(bytes, SPAN("GIF8")) && bytes.n >= 10) {
		*ret_picture = (struct picture){ little16(bytes, 6), little16(bytes, 8) };
		return true;
	}
	return span_starts(bytes, SPAN("\xff\xd8")) && read_jpeg(bytes, ret_picture);
}
