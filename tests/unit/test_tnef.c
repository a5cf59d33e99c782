#include "tests/unit/parser_unit.h"

#include "parser/limits.h"
#include "parser/rtf.h"
#include "parser/tnef.h"

enum {
	MESSAGE = 1,
	FILE_LEVEL = 2,
	RENDDATA = 0x00069002,
	MAPI = 0x00069003,
	ATTACHMENT = 0x00069005,
	CODEPAGE = 0x00069007,
	TITLE = 0x00018010,
	DATA = 0x0006800f,
};

static void put(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_addc(b, (char)(v >> (8 * i)));
}

static void put_attribute(struct buf *b, int level, uint32_t id, struct span data)
{
	put(b, (uint64_t)level, 1);
	put(b, id, 4);
	put(b, data.n, 4);
	buf_add(b, data);
	put(b, 0, 2);
}

static void put_property(struct buf *b, unsigned int type, unsigned int id, struct span value)
{
	put(b, type, 2);
	put(b, id, 2);
	put(b, 1, 4);
	put(b, value.n, 4);
	buf_add(b, value);
	put(b, 0, (int)(-value.n & 3));
}

static void put_file(struct buf *b, struct span title, struct span data)
{
	put_attribute(b, FILE_LEVEL, RENDDATA, SPAN(""));
	put_attribute(b, FILE_LEVEL, TITLE, title);
	put_attribute(b, FILE_LEVEL, DATA, data);
}

static void begin(struct buf *b)
{
	buf_init(b, 1 << 24);
	put(b, 0x223e9f78, 4);
	put(b, 0, 2);
}

static void note(void *ctx, const struct tnef_file *file)
{
	struct buf *b = ctx;

	buf_add(b, file->name);
	buf_addc(b, '|');
	buf_add(b, file->type);
	buf_addc(b, '|');
	buf_add(b, file->data);
	buf_addc(b, ';');
}

static void assert_files(struct span stream, const char *want, uint64_t defects)
{
	struct bench b BENCH_AUTO;
	struct buf got BUF_AUTO;

	bench_init(&b);
	buf_init(&got, 1 << 20);
	tnef_read(stream, &b.r, note, &got);
	assert_string_equal(buf_cstr(&got), want);
	assert_int_equal(b.r.defects, defects);
}

static void files_come_with_their_best_name(void **state)
{
	struct buf s BUF_AUTO, p BUF_AUTO;

	(void)state;
	begin(&s);
	buf_init(&p, 1000);
	put_attribute(&s, MESSAGE, CODEPAGE, SPAN("\xe3\x04\0\0\0\0\0\0")); /* 1251 */
	put_file(&s, SPAN("\xcf\0"), SPAN("one"));
	put_file(&s, SPAN("SHORT~1.TXT\0"), SPAN("two"));
	put(&p, 3, 4);
	put_property(&p, 0x1e, 0x3707, SPAN("long name.txt\0"));
	put_property(&p, 0x1e, 0x370e, SPAN("Text/PLAIN\0"));
	put_property(&p, 0x1f, 0x3704, SPAN("s\0\0\0"));
	put_attribute(&s, FILE_LEVEL, ATTACHMENT, buf_span(&p));
	put_attribute(&s, FILE_LEVEL, RENDDATA, SPAN(""));
	buf_clear(&p);
	put(&p, 2, 4);
	put_property(&p, 0x1f, 0x3707, SPAN("\xf6\0.\0x\0\0\0"));
	put_property(&p, 0x102, 0x3701, SPAN("three"));
	put_attribute(&s, FILE_LEVEL, ATTACHMENT, buf_span(&p));
	assert_files(buf_span(&s), "\xd0\x9f||one;long name.txt|text/plain|two;\xc3\xb6.x||three;",
		     0);
}

static void the_body_is_a_file(void **state)
{
	struct buf s BUF_AUTO, p BUF_AUTO, rtf BUF_AUTO;

	(void)state;
	begin(&s);
	buf_init(&p, 1000);
	buf_init(&rtf, 1000);
	put(&rtf, 0, 4);
	put(&rtf, 7, 4);
	put(&rtf, 0x414c454d, 4);
	put(&rtf, 0, 4);
	buf_adds(&rtf, "{\\rtf1}");
	put(&p, 3, 4);
	put_property(&p, 0x102, 0x1009, buf_span(&rtf));
	put_property(&p, 0x102, 0x1009, buf_span(&rtf));
	put_property(&p, 0x102, 0x1013, SPAN("<p>"));
	put_attribute(&s, MESSAGE, MAPI, buf_span(&p));
	assert_files(buf_span(&s), "message.rtf|text/rtf|{\\rtf1};message.html|text/html|<p>;", 0);
}

/* MS-OXRTFCP section 4.1, its first example. */
static void compressed_rtf_expands(void **state)
{
	static const char stream[] = "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7"
				     "\xa7\x03\x00\x0a\x00\x72\x63"
				     "\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00"
				     "\x20\x62\x77\x05\xb0\x6c\x64"
				     "\x7d\x0a\x80\x0f\xa0";
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 1000);
	assert_true(rtf_expand((struct span){ stream, sizeof(stream) - 1 }, &out));
	assert_string_equal(buf_cstr(&out), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	buf_clear(&out);
	assert_false(rtf_expand((struct span){ stream, 30 }, &out));
}

static void rubbish_keeps_what_came_before(void **state)
{
	struct buf s BUF_AUTO;
	size_t good;

	(void)state;
	assert_files(SPAN("nonsense"), "", (uint64_t)1 << FACTS_BAD_TNEF);
	begin(&s);
	put_file(&s, SPAN("a"), SPAN("one"));
	good = s.n;
	buf_adds(&s, "rubbish");
	assert_files(buf_span(&s), "a||one;", (uint64_t)1 << FACTS_BAD_TNEF);
	s.n = good;
	put_attribute(&s, FILE_LEVEL, ATTACHMENT,
		      SPAN("\xff\xff\xff\xff\x1e\x10\x07\x37\xff\xff\xff\xff"));
	assert_files(buf_span(&s), "a||one;", (uint64_t)1 << FACTS_BAD_TNEF);
}

static void files_have_their_limit(void **state)
{
	(void)state;
	for (int n = LIMIT_TNEF_FILES - 1; n <= LIMIT_TNEF_FILES + 1; n++) {
		struct bench b BENCH_AUTO;
		struct buf s BUF_AUTO, got BUF_AUTO;

		bench_init(&b);
		begin(&s);
		buf_init(&got, 1 << 20);
		for (int i = 0; i < n; i++)
			put_file(&s, SPAN(""), SPAN(""));
		tnef_read(buf_span(&s), &b.r, note, &got);
		assert_int_equal(got.n / 3, n > LIMIT_TNEF_FILES ? LIMIT_TNEF_FILES : n);
		assert_int_equal(has_defect(b.r.defects, FACTS_TNEF_CUT), n > LIMIT_TNEF_FILES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_with_their_best_name),
		cmocka_unit_test(the_body_is_a_file),
		cmocka_unit_test(compressed_rtf_expands),
		cmocka_unit_test(rubbish_keeps_what_came_before),
		cmocka_unit_test(files_have_their_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
