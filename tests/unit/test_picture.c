/* The size of a picture from its first bytes, cut anywhere, and of nothing else. */
#include "tests/unit/unit.h"

#include "gatewayd/mail/picture.h"

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02"
#define GIF "GIF89a\xb4\0\x3c\0\xf0"
#define JPEG                                                                                       \
	"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0\x04xx\xff\xff\xc2\0\x11" \
	"\x08\0\x3c\0\xb4\x03"

static const struct {
	struct span bytes;
	uint32_t width, height; /* 0: none */
	size_t needs;		/* bytes */
} pictures[] = {
	{ SPAN_LITERAL(PNG), 800, 600, 24 },
	{ SPAN_LITERAL(GIF), 180, 60, 10 },
	{ SPAN_LITERAL(JPEG), 180, 60, sizeof(JPEG) - 2 },
	{ SPAN_LITERAL("\xff\xd8\xff\xe0\0\0\0\0\0\0\0\0\0\0"), 0, 0,
	  0 }, /* a segment of nothing */
	{ SPAN_LITERAL("\xff\xd8\xff\xc4\0\x11\x08\0\x3c\0\xb4\x03"), 0, 0, 0 },
	{ SPAN_LITERAL("BM a picture of another kind ........"), 0, 0, 0 },
	{ SPAN_LITERAL(""), 0, 0, 0 },
};

static void sizes_are_read_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pictures) / sizeof(*pictures); i++) {
		for (size_t n = 0; n <= pictures[i].bytes.n; n++) {
			struct picture p = { 0, 0 };
			bool whole = pictures[i].width && n >= pictures[i].needs;

			assert_int_equal(picture_read(span_sub(pictures[i].bytes, 0, n), &p),
					 whole);
			assert_int_equal(p.width, whole ? pictures[i].width : 0);
			assert_int_equal(p.height, whole ? pictures[i].height : 0);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_read_however_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
