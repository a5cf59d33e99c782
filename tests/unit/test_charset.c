#include "tests/unit/parser_unit.h"

#include <iconv.h>
#include <stdio.h>

#include "parser/tables/charset_labels.h"

static const struct {
	const char *label;
	struct span bytes;
	const char *want;
	bool good;
} labels[] = {
	{ "utf-8", SPAN_LITERAL("\xc3\xb6"), "\xc3\xb6", true },
	{ " \"UTF8\" ", SPAN_LITERAL("\xc3\xb6"), "\xc3\xb6", true },
	{ "utf-8",
	  SPAN_LITERAL("a\xff"
		       "b\xe2\x82"),
	  "a\xef\xbf\xbd"
	  "b\xef\xbf\xbd\xef\xbf\xbd",
	  false },
	{ "utf-8", SPAN_LITERAL("a\0b"), "ab", true },
	{ "'utf-8';", SPAN_LITERAL("a"), "a", true },
	{ "cp850", SPAN_LITERAL("\x94"), "\xc3\xb6", true },
	{ "us-ascii", SPAN_LITERAL("\x80\xf6\x81"), "\xe2\x82\xac\xc3\xb6\xc2\x81", true },
	{ "iso-8859-1", SPAN_LITERAL("\x93x\x94"), "\xe2\x80\x9cx\xe2\x80\x9d", true },
	{ "latin1", SPAN_LITERAL("\xf6"), "\xc3\xb6", true },
	{ "iso-8859-15", SPAN_LITERAL("\xa4"), "\xe2\x82\xac", true },
	{ "windows-1251", SPAN_LITERAL("\xcf\xf0"), "\xd0\x9f\xd1\x80", true },
	{ "koi8-r", SPAN_LITERAL("\xf0\xd2"), "\xd0\x9f\xd1\x80", true },
	{ "windows-1253", SPAN_LITERAL("\xaa"), "\xef\xbf\xbd", false },
	{ "gb2312", SPAN_LITERAL("\xc4\xe3\x81\x40"), "\xe4\xbd\xa0\xe4\xb8\x82", true },
	{ "gbk", SPAN_LITERAL("\xc4\xe3"), "\xe4\xbd\xa0", true },
	{ "gb18030", SPAN_LITERAL("\x81\x30\x81\x30"), "\xc2\x80", true },
	{ "big5", SPAN_LITERAL("\xa7\x41"), "\xe4\xbd\xa0", true },
	{ "shift_jis", SPAN_LITERAL("\x82\xa0\x87\x40"), "\xe3\x81\x82\xe2\x91\xa0", true },
	{ "euc-jp", SPAN_LITERAL("\xa4\xa2\xad\xa1"), "\xe3\x81\x82\xe2\x91\xa0", true },
	{ "iso-2022-jp", SPAN_LITERAL("\033$B$\"-!\033(Bx"), "\xe3\x81\x82\xe2\x91\xa0x", true },
	{ "iso-2022-jp", SPAN_LITERAL("\xe3\x81\x82"), "\xe3\x81\x82", false },
	{ "ks_c_5601-1987", SPAN_LITERAL("\xb0\xa1\x81\x41"), "\xea\xb0\x80\xea\xb0\x82", true },
	{ "iso-2022-kr", SPAN_LITERAL("\033$)C\x0e\x30\x21\x0f"), "\xea\xb0\x80", true },
	{ "hz-gb-2312", SPAN_LITERAL("~{Dc~}~~x"), "\xe4\xbd\xa0~x", true },
	{ "utf-7", SPAN_LITERAL("J+APY-rg"), "J\xc3\xb6rg", true },
	{ "utf-16",
	  SPAN_LITERAL("\xff\xfe"
		       "a\0"),
	  "a", true },
	{ "utf-16", SPAN_LITERAL("\xfe\xff\0a"), "a", true },
	{ "utf-16be", SPAN_LITERAL("\0a\xd8\0"), "a\xef\xbf\xbd\xef\xbf\xbd", false },
	{ "big5",
	  SPAN_LITERAL("\xff"
		       "a\xa7"),
	  "\xef\xbf\xbd"
	  "a\xef\xbf\xbd",
	  false },
};

static const struct {
	const char *written, *meant;
} written[] = {
	{ "windows1251", "windows-1251" },
	{ "win-1251", "windows-1251" },
	{ "cp-1251", "windows-1251" },
	{ "cp1251", "windows-1251" },
	{ "WIN1251", "windows-1251" },
	{ "windows_1251", "windows-1251" },
	{ "x-cp-1251", "windows-1251" },
	{ "windows 1251", "windows-1251" },
	{ "1251", "windows-1251" },
	{ "x-win-1251", "windows-1251" },
	{ "koi8r", "koi8-r" },
	{ "koi8_r", "koi8-r" },
	{ "KOI8 R", "koi8-r" },
	{ "koi-8-r", "koi8-r" },
	{ "iso88591", "iso-8859-1" },
	{ "iso_8859-1", "iso-8859-1" },
	{ "latin-1", "iso-8859-1" },
	{ "iso8859_1", "iso-8859-1" },
	{ "ISO 8859-1", "iso-8859-1" },
	{ "iso-88591", "iso-8859-1" },
	{ "8859-1", "iso-8859-1" },
	{ "l-1", "iso-8859-1" },
	{ "iso88592", "iso-8859-2" },
	{ "latin-2", "iso-8859-2" },
	{ "iso885915", "iso-8859-15" },
	{ "latin-9", "iso-8859-15" },
	{ "latin-5", "iso-8859-9" },
	{ "shiftjis", "shift_jis" },
	{ "sjis", "shift_jis" },
	{ "Shift JIS", "shift_jis" },
	{ "s-jis", "shift_jis" },
	{ "cp932", "shift_jis" },
	{ "x_sjis", "shift_jis" },
	{ "ms932", "shift_jis" },
	{ "eucjp", "euc-jp" },
	{ "euc_jp", "euc-jp" },
	{ "gb-2312", "gb2312" },
	{ "gb 2312", "gb2312" },
	{ "euc_cn", "gb2312" },
	{ "cp936", "gb2312" },
	{ "gb-18030", "gb18030" },
	{ "euckr", "euc-kr" },
	{ "euc_kr", "euc-kr" },
	{ "cp949", "euc-kr" },
	{ "ks_c_5601", "euc-kr" },
	{ "big-5", "big5" },
	{ "cp950", "big5" },
	{ "Big 5", "big5" },
	{ "utf_8", "utf-8" },
	{ "utf8mb4", "utf-8" },
	{ "unicode-1-1-utf-8", "utf-8" },
	{ "utf 8", "utf-8" },
	{ "UTF8-MB4", "utf-8" },
	{ "x-utf-8", "utf-8" },
	{ "cp65001", "utf-8" },
	{ "utf.8", "utf-8" },
	{ "iso2022jp", "iso-2022-jp" },
	{ "iso_2022_jp", "iso-2022-jp" },
	{ "jis", "iso-2022-jp" },
	{ "usascii", "us-ascii" },
	{ "us_ascii", "us-ascii" },
	{ "ascii-7bit", "us-ascii" },
	{ "dos-866", "ibm866" },
	{ "cp-866", "ibm866" },
	{ "cp-850", "ibm850" },
	{ "dos850", "ibm850" },
};

static void labels_are_known_however_they_are_written(void **state)
{
	static const char *const none[] = { "x-unknown", "unknown-8bit", "nonsense", "-",
					    "utf",	 "windows-",	 "12511" };
	struct charsets *cs = charsets_new();

	(void)state;
	for (size_t i = 0; i < ROWS(written); i++) {
		const struct charset *c = charset_find(cs, span_of(written[i].written));

		if (!c || c != charset_find(cs, span_of(written[i].meant)))
			fail_msg("%s", written[i].written);
	}
	for (size_t i = 0; i < ROWS(none); i++)
		if (charset_find(cs, span_of(none[i])))
			fail_msg("%s", none[i]);
	charsets_free(&cs);
}

static void labels_mean_what_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(labels); i++) {
		struct bench b BENCH_AUTO;
		const struct charset *c;

		bench_init(&b);
		c = charset_find(b.charsets, span_of(labels[i].label));
		assert_non_null(c);
		buf_clear(&b.r.text);
		assert_int_equal(charset_decode(c, labels[i].bytes, &b.r.text), labels[i].good);
		assert_span(buf_span(&b.r.text), labels[i].want);
	}
}

static const struct {
	const char *label, *iconv;
} singles[] = {
	{ "ibm437", "CP437" },
	{ "cp850", "CP850" },
	{ "cp852", "CP852" },
	{ "ibm866", "CP866" },
	{ "iso-8859-2", "ISO-8859-2" },
	{ "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "ISO-8859-4" },
	{ "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "ISO-8859-6" },
	{ "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" },
	{ "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-13", "ISO-8859-13" },
	{ "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "ISO-8859-15" },
	{ "iso-8859-16", "ISO-8859-16" },
	{ "iso-8859-8-i", "ISO-8859-8" },
	{ "koi8-r", "KOI8-R" },
	{ "koi8-u", "KOI8-U" },
	{ "macintosh", "MACINTOSH" },
	{ "windows-874", "CP874" },
	{ "windows-1250", "CP1250" },
	{ "windows-1251", "CP1251" },
	{ "windows-1252", "CP1252" },
	{ "windows-1253", "CP1253" },
	{ "windows-1254", "CP1254" },
	{ "windows-1255", "CP1255" },
	{ "windows-1256", "CP1256" },
	{ "windows-1257", "CP1257" },
	{ "windows-1258", "CP1258" },
	{ "x-mac-cyrillic", "MAC-UK" },
};

/* UTF-8; a hole below 0xa0 is a control character in the standard, and glibc refuses it. */
static void byte_of_iconv(iconv_t cd, unsigned int byte, char *ret_text)
{
	char in_byte = (char)byte, *in = &in_byte, *out = ret_text;
	size_t in_n = 1, out_n = 8;

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &in, &in_n, &out, &out_n) != (size_t)-1 &&
	    iconv(cd, NULL, NULL, &out, &out_n) != (size_t)-1)
		*out = '\0';
	else if (byte < 0xa0)
		snprintf(ret_text, 8, "\xc2%c", (int)byte);
	else
		snprintf(ret_text, 8, "\xef\xbf\xbd");
}

static void single_bytes_are_what_iconv_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(singles); i++) {
		iconv_t cd = iconv_open("UTF-8", singles[i].iconv);
		struct bench b BENCH_AUTO;
		const struct charset *c;

		assert_true(cd != (iconv_t)-1);
		bench_init(&b);
		c = charset_find(b.charsets, span_of(singles[i].label));
		for (unsigned int byte = 0x80; byte <= 0xff; byte++) {
			char want[8], bytes = (char)byte;

			byte_of_iconv(cd, byte, want);
			buf_clear(&b.r.text);
			charset_decode(c, (struct span){ &bytes, 1 }, &b.r.text);
			assert_span(buf_span(&b.r.text), want);
		}
		iconv_close(cd);
	}
}

static void unknown_labels_are_guessed_from_the_bytes(void **state)
{
	struct bench b BENCH_AUTO;

	(void)state;
	bench_init(&b);
	assert_null(charset_find(b.charsets, SPAN("x-nonsense")));
	assert_null(charset_find(b.charsets, SPAN("")));
	assert_null(charset_find(b.charsets, SPAN("utf-8\0x")));
	assert_true(charset_is_utf8(charset_guess(b.charsets, SPAN("\xc3\xb6"))));
	assert_false(charset_is_utf8(charset_guess(b.charsets, SPAN("\xf6"))));
}

static void a_converter_starts_anew_each_time(void **state)
{
	struct bench b BENCH_AUTO;
	const struct charset *c;

	(void)state;
	bench_init(&b);
	c = charset_find(b.charsets, SPAN("iso-2022-kr"));
	charset_decode(c, SPAN("\033$)C\x0e\x30\x21"), &b.r.text);
	buf_clear(&b.r.text);
	charset_decode(c, SPAN("abc"), &b.r.text);
	assert_span(buf_span(&b.r.text), "abc");
}

/* Wherever the windows of the converter fall. */
static void a_long_text_has_no_seams(void **state)
{
	struct bench b BENCH_AUTO;
	struct buf in BUF_AUTO;
	const struct charset *c;

	(void)state;
	bench_init(&b);
	buf_init(&in, 1 << 20);
	c = charset_find(b.charsets, SPAN("gb18030"));
	for (int shift = 0; shift < 4; shift++) {
		buf_clear(&in);
		buf_clear(&b.r.text);
		for (int i = 0; i < shift; i++)
			buf_addc(&in, 'x');
		for (int i = 0; i < 5000; i++)
			buf_add(&in, SPAN("\x81\x30\x81\x30\xc4\xe3"));
		assert_true(charset_decode(c, buf_span(&in), &b.r.text));
		assert_int_equal(b.r.text.n, (size_t)shift + 5000 * 5);
		buf_addc(&in, '\x81');
		assert_false(charset_decode(c, buf_span(&in), &b.r.text));
	}
}

static void a_full_buffer_ends_the_work(void **state)
{
	struct bench b BENCH_AUTO;
	struct buf small BUF_AUTO;

	(void)state;
	bench_init(&b);
	buf_init(&small, 10);
	charset_decode(charset_find(b.charsets, SPAN("big5")), SPAN("abcdefghijklmnopqrstuvwxyz"),
		       &small);
	assert_true(small.full);
	assert_int_equal(small.n, 10);
}

/* bsearch needs it, and a row in the wrong place would be found by nobody. */
static void every_label_is_found(void **state)
{
	static const char *const all[] = {
#define X(label, encoding) label,
		CHARSET_LABELS(X)
#undef X
	};
	struct bench b BENCH_AUTO;

	(void)state;
	bench_init(&b);
	for (size_t i = 0; i < ROWS(all); i++)
		if (!charset_find(b.charsets, span_of(all[i])))
			fail_msg("%s is not found", all[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_mean_what_the_standard_says),
		cmocka_unit_test(labels_are_known_however_they_are_written),
		cmocka_unit_test(every_label_is_found),
		cmocka_unit_test(single_bytes_are_what_iconv_says),
		cmocka_unit_test(unknown_labels_are_guessed_from_the_bytes),
		cmocka_unit_test(a_converter_starts_anew_each_time),
		cmocka_unit_test(a_long_text_has_no_seams),
		cmocka_unit_test(a_full_buffer_ends_the_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
