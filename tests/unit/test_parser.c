#include "tests/unit/parser_unit.h"

#include <stdio.h>

/* What a mail becomes, in one line: text|attachments|defects, to compare with a table. */
struct outcome {
	struct arena arena;
	struct parser *parser;
	struct facts f;
	struct buf bytes; /* of all attachments, "[" and "]" around each */
};

static void note_begin(void *ctx, size_t index)
{
	(void)index;
	buf_addc(ctx, '[');
}

static void note_write(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static void note_end(void *ctx, size_t index)
{
	(void)index;
	buf_addc(ctx, ']');
}

static void parse(struct outcome *o, struct span raw)
{
	const struct parser_sink sink = {
		.begin = note_begin, .write = note_write, .end = note_end, .ctx = &o->bytes
	};

	arena_init(&o->arena);
	buf_init(&o->bytes, 1 << 24);
	o->parser = parser_new();
	parser_parse(o->parser, raw, &sink, &o->arena, &o->f);
}

static void outcome_release(struct outcome *o)
{
	buf_release(&o->bytes);
	parser_free(&o->parser);
	arena_release(&o->arena);
}
#define OUTCOME_AUTO __attribute__((cleanup(outcome_release)))

static void header_blocks_are_repaired(void **state)
{
	static const struct {
		const char *raw, *subject, *text;
	} rows[] = {
		{ "Subject: a\n\nb", "a", "b" },
		{ "Subject: a\r\n\r\nb\r\n", "a", "b" },
		{ "Subject: a\r\nX: y\n\nb\r\nc", "a", "b\nc" },
		{ "Subject: a\r\r\nX: y\r\r\n\r\r\nb\r\r\nc: d\r\r\n", "a", "b\nc: d" },
		{ "From x@y Sat Nov 21\nSubject: a\n\nb", "a", "b" },
		{ "\n\r\n\nSubject: a\n\nb", "a", "b" },
		{ "  Subject: a\nX: y\n\nb", "a", "b" },
		{ " one more: b\nSubject: a\n\nb", "a", "b" },
		{ "\n>From x@y Sat\n\nSubject: a\n\nb", "a", "b" },
		{ "X: y\njunk line\nSubject: a\n\nb", "a", "b" },
		{ "Subject: a\njunk line\nmore junk\n\nb", "a", "junk line\nmore junk\n\nb" },
		{ "Subject: a\nb", "a", "b" },
		{ "Subject : a\n\nb", "a", "b" },
		{ "Subject: a\n folded\n\ttwice\n\nb", "a folded twice", "b" },
		{ "subject:\n\nb", "", "b" },
		{ "Subject: a\nSubject: second\n\nb", "a", "b" },
		{ "X: y\n\nb", "(none)", "b" },
		{ "just text", "(none)", "just text" },
		{ "", "(none)", "" },
		{ "\xef\xbb\xbfSubject: a\n\nb", "a", "b" },
		{ " folded: first\nSubject: a\n\nb", "a", "b" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct outcome o OUTCOME_AUTO;

		parse(&o, span_of(rows[i].raw));
		assert_span(o.f.subject, rows[i].subject);
		assert_span(o.f.text, rows[i].text);
	}
}

#define ALT(plain, html)                                                   \
	"Content-Type: multipart/alternative; boundary=a\n\n--a\n\n" plain \
	"\n--a\nContent-Type: text/html\n\n" html "\n--a--\n"
#define MIXED	  "Content-Type: multipart/mixed; boundary=m\n\n--m\n"
#define FILE_PART "Content-Type: application/pdf; name=x.pdf\n\nPDF"

static const struct {
	const char *raw, *text, *bytes;
	enum facts_source source;
} choices[] = {
	{ "Content-Type: text/html\n\n<p>a", "a", "", FACTS_HTML },
	{ ALT("a", "<p>b"), "a", "", FACTS_PLAIN },
	{ ALT(" ", "<p>b"), "b", "", FACTS_HTML },
	{ ALT(" ", "<p>&nbsp;"), "", "", FACTS_PLAIN },
	{ "Content-Type: multipart/mixed; boundary=wrong\n\n--right\nContent-Type: "
	  "text/plain\n\na\n"
	  "--right--\n",
	  "a", "", FACTS_PLAIN },
	{ "Content-Transfer-Encoding: base64\n\nno base64 at all\n", "no base64 at all", "",
	  FACTS_PLAIN },
	{ MIXED "\na\n--m\n" FILE_PART "\n--m--\n", "a", "[PDF]", FACTS_PLAIN },
	{ MIXED "\na\n--m\nContent-Type: text/html\n\n<p>b\n--m--\n", "a\nb", "", FACTS_MIXED },
	{ MIXED "\na\n--m\nContent-Disposition: attachment\n\nb\n--m--\n", "a", "[b]",
	  FACTS_PLAIN },
	{ MIXED "\na\n--m\nContent-Type: text/plain; name=x\n\nb\n--m--\n", "a", "[b]",
	  FACTS_PLAIN },
	{ MIXED "Content-Type: text/plain; name=x\n\na\n--m--\n", "a", "", FACTS_PLAIN },
	{ MIXED FILE_PART "\n--m--\n", "", "[PDF]", FACTS_NONE },
	{ MIXED ALT("a", "<p>b") "--m\n" FILE_PART "\n--m--\n", "a", "[PDF]", FACTS_PLAIN },
	{ "Content-Type: multipart/alternative; boundary=m\n\n--m\n" ALT(
	      "a", "<p>b") "--m\n"
			   "Content-Type: text/calendar\n\nCAL\n--m--\n",
	  "a", "[CAL]", FACTS_PLAIN },
	{ "Content-Type: multipart/alternative; boundary=m\n\n--m\n\na\n--m\n"
	  "Content-Type: text/enriched\n\nb\n--m--\n",
	  "a", "", FACTS_PLAIN },
	{ "Content-Type: multipart/related; boundary=m\n\n--m\nContent-Type: "
	  "text/html\n\n<p>a\n--m\n"
	  "Content-Type: text/html\n\nb\n--m--\n",
	  "a", "[b]", FACTS_HTML },
	{ "Content-Type: multipart/related; boundary=m; "
	  "start=\"<r>\"\n\n--m\nContent-Type: text/html\n\n"
	  "a\n--m\nContent-Type: text/html\nContent-ID: <r>\n\n<p>b\n--m--\n",
	  "b", "[a]", FACTS_HTML },
	{ "Content-Type: multipart/signed; boundary=m\n\n--m\n\na\n--m\n"
	  "Content-Type: application/pgp-signature\n\nSIG\n--m--\n",
	  "a", "[SIG]", FACTS_PLAIN },
	{ "Content-Type: multipart/report; boundary=m\n\n--m\n\na\n--m\nContent-Type: "
	  "message/x\n\nb\n"
	  "--m\nContent-Type: text/plain\n\nc\n--m--\n",
	  "a", "[b][c]", FACTS_PLAIN },
	{ "Content-Type: multipart/digest; boundary=m\n\n--m\n\nSubject: x\n\na\n--m--\n", "",
	  "[Subject: x\n\na]", FACTS_NONE },
	{ MIXED "Content-Type: message/rfc822\n\n\nSubject: x\n\na\n--m--\n", "",
	  "[Subject: x\n\na]", FACTS_NONE },
	{ "Content-Type: multipart/mixed\n\na\n", "", "[a\n]", FACTS_NONE },
	{ "Content-Type: nonsense\n\na\n", "a", "", FACTS_PLAIN },
	{ MIXED "Content-Type: nonsense\n\na\n--m--\n", "", "[a]", FACTS_NONE },
	{ MIXED "\na\n--m \t\n\nb\n--mm\nc\n--m--x\nd\n--m--\nepilogue", "a\nb\n--mm\nc\n--m--x\nd",
	  "", FACTS_PLAIN },
	{ MIXED "\na\r\n--m\r\n\r\nb\r\n--m--\r\n", "a\nb", "", FACTS_PLAIN },
	{ MIXED "Content-Type: a/b\n--m\nContent-Type: a/b\n\nx\n--m--\n", "", "[][x]",
	  FACTS_NONE },
	{ MIXED "\na", "a", "", FACTS_PLAIN },
	{ "\nbegin 644 x\n#86)C\n`\nend\nafter", "after", "[abc]", FACTS_PLAIN },
};

static void the_parts_are_chosen_as_the_contract_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(choices); i++) {
		struct outcome o OUTCOME_AUTO;

		parse(&o, span_of(choices[i].raw));
		assert_span(o.f.text, choices[i].text);
		assert_string_equal(buf_cstr(&o.bytes), choices[i].bytes);
		assert_int_equal(o.f.text_source, choices[i].source);
	}
}

static void every_defect_is_told(void **state)
{
	static const struct {
		enum facts_defect defect;
		const char *raw;
	} rows[] = {
		{ FACTS_BAD_BASE64, "Content-Transfer-Encoding: base64\n\n!!!" },
		{ FACTS_BAD_QUOTED_PRINTABLE,
		  "Content-Transfer-Encoding: quoted-printable\n\n=XY" },
		{ FACTS_BAD_UUENCODE,
		  "Content-Transfer-Encoding: uuencode\n\nbegin 644 x\nM\nend\n" },
		{ FACTS_BAD_CHARSET, "Content-Type: text/plain; charset=utf-8\n\n\xff" },
		{ FACTS_UNKNOWN_CHARSET, "Content-Type: text/plain; charset=nonsense\n\na" },
		{ FACTS_BAD_CHARSET, "Subject: =?nonsense?Q?a?=\n\n" },
		{ FACTS_BAD_BASE64, "Subject: =?utf-8?B?!!!!?=\n\n" },
		{ FACTS_BAD_DATE, "Date: yesterday\n\n" },
		{ FACTS_BAD_ADDRESS, "From: Ann\n\n" },
		{ FACTS_BAD_ENCODED_WORD, "Subject: =?utf-8?B?!!!!?=\n\n" },
		{ FACTS_BAD_HEADER_LINE, "Subject: a\njunk\nX: y\n\n" },
		{ FACTS_BAD_PARAMETER, "Content-Type: text/plain; =x\n\n" },
		{ FACTS_BAD_CONTENT_TYPE, "Content-Type: nonsense\n\n" },
		{ FACTS_BAD_MESSAGE_ID, "Message-ID: a@b\n\n" },
		{ FACTS_UNKNOWN_ENCODING, "Content-Transfer-Encoding: rot13\n\na" },
		{ FACTS_MISSING_BOUNDARY, "Content-Type: multipart/mixed\n\na" },
		{ FACTS_UNTERMINATED_MULTIPART, MIXED "\na" },
		{ FACTS_DUPLICATE_HEADER, "Subject: a\nSubject: b\n\n" },
		{ FACTS_RAW_8BIT_HEADER, "Subject: \xf6\n\n" },
		{ FACTS_BAD_HTML, "Content-Type: text/html\n\n<!-- a" },
		{ FACTS_BAD_TNEF, "Content-Type: application/ms-tnef\n\nnonsense" },
		{ FACTS_NO_HEADER, "\njust text" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct outcome o OUTCOME_AUTO;

		parse(&o, span_of(rows[i].raw));
		if (!has_defect(o.f.defects, rows[i].defect))
			fail_msg("%s is missing", facts_defect_name(rows[i].defect));
	}
}

static void a_good_mail_has_no_defect(void **state)
{
	struct outcome o OUTCOME_AUTO;

	(void)state;
	parse(&o, SPAN("From: a@b.c\r\nTo: d@e.f\r\nDate: Sat, 21 Nov 2026 22:39:00 +0000\r\n"
		       "Message-ID: <a@b>\r\nSubject: =?utf-8?Q?=C3=B6?=\r\n" MIXED
		       "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
		       "base64\r\n\r\n"
		       "YQ==\r\n--m\r\n" FILE_PART "\r\n--m--\r\n"));
	assert_int_equal(o.f.defects, 0);
	assert_span(o.f.text, "a");
}

static void part_headers_are_read_as_they_come(void **state)
{
	static const struct {
		const char *field, *name, *id;
		bool is_inline;
	} rows[] = {
		{ "Content-Disposition: Attachment; filename=x", "x", "(none)", false },
		{ "Content-Disposition: \"attachment\"; filename=x", "x", "(none)", false },
		{ "Content-Disposition: filename=x", "x", "(none)", false },
		{ "Content-Disposition: INLINE;filename=x", "x", "(none)", true },
		{ "Content-Disposition: inline\nContent-ID: <a@b>", "(none)", "a@b", true },
		{ "Content-ID: <a@b> (c)", "(none)", "a@b", false },
		{ "Content-ID: a@b", "(none)", "a@b", false },
		{ "Content-ID: <>", "(none)", "(none)", false },
		{ "Content-ID: <a@b", "(none)", "a@b", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct outcome o OUTCOME_AUTO;
		char raw[256];

		snprintf(raw, sizeof(raw), "Content-Type: a/b\n%s\n\nx", rows[i].field);
		parse(&o, span_of(raw));
		assert_int_equal(o.f.attachment_count, 1);
		assert_span(o.f.attachments[0].filename, rows[i].name);
		assert_span(o.f.attachments[0].content_id, rows[i].id);
		assert_int_equal(o.f.attachments[0].is_inline, rows[i].is_inline);
	}
}

static void nul_bytes_go(void **state)
{
	struct outcome o OUTCOME_AUTO;

	(void)state;
	parse(&o, SPAN("Subject: a\0b\nFrom: \"x\0y\" <a@\0b.c>\n\nc\0d"));
	assert_span(o.f.subject, "ab");
	assert_span(o.f.from.v[0].name, "xy");
	assert_span(o.f.text, "cd");
	assert_true(has_defect(o.f.defects, FACTS_NUL_BYTE));
}

static void file_names_cannot_leave_their_folder(void **state)
{
	static const struct {
		const char *field, *name;
	} rows[] = {
		{ "filename=\"../../etc/passwd\"", ".._.._etc_passwd" },
		{ "filename=\"C:\\x\\y.exe\"", "C:_x_y.exe" },
		{ "filename*=utf-8''a%0D%0Ab%00c%2Fd", "abc_d" },
		{ "filename=\"=?utf-8?Q?a=0D=0Ab?=\"", "a  b" },
		{ "filename=\"\"", "(none)" },
		{ "x=y", "(none)" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct outcome o OUTCOME_AUTO;
		char raw[256];

		snprintf(raw, sizeof(raw), "Content-Disposition: attachment; %s\n\na",
			 rows[i].field);
		parse(&o, span_of(raw));
		assert_int_equal(o.f.attachment_count, 1);
		assert_span(o.f.attachments[0].filename, rows[i].name);
	}
}

/* Multiparts inside each other; the innermost holds "x". */
static void put_nested(struct buf *raw, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_addf(raw, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	buf_adds(raw, "\nx\n");
	for (int i = depth; i-- > 0;)
		buf_addf(raw, "--b%d--\n", i);
}

static void nesting_and_parts_have_their_limits(void **state)
{
	(void)state;
	for (int n = LIMIT_DEPTH - 1; n <= LIMIT_DEPTH + 1; n++) {
		struct outcome o OUTCOME_AUTO;
		struct buf raw BUF_AUTO;

		buf_init(&raw, 1 << 20);
		put_nested(&raw, n);
		parse(&o, buf_span(&raw));
		assert_int_equal(has_defect(o.f.defects, FACTS_TOO_DEEP), n > LIMIT_DEPTH);
		assert_int_equal(o.f.attachment_count, n > LIMIT_DEPTH);
		assert_span(o.f.text, n > LIMIT_DEPTH ? "" : "x");
	}
	for (int n = FACTS_ATTACHMENTS_MAX - 1; n <= FACTS_ATTACHMENTS_MAX + 1; n++) {
		struct outcome o OUTCOME_AUTO;
		struct buf raw BUF_AUTO;

		buf_init(&raw, 1 << 20);
		buf_adds(&raw, "Content-Type: multipart/mixed; boundary=m\n\n");
		for (int i = 0; i < n; i++)
			buf_adds(&raw, "--m\nContent-Type: a/b\n\nx\n");
		buf_adds(&raw, "--m--\n");
		parse(&o, buf_span(&raw));
		assert_int_equal(has_defect(o.f.defects, FACTS_TOO_MANY_PARTS),
				 n > FACTS_ATTACHMENTS_MAX);
		assert_int_equal(o.f.attachment_count,
				 n > FACTS_ATTACHMENTS_MAX ? FACTS_ATTACHMENTS_MAX : n);
	}
}

static void the_text_has_its_limit(void **state)
{
	(void)state;
	for (size_t n = FACTS_TEXT_MAX - 1; n <= FACTS_TEXT_MAX + 1; n++) {
		struct outcome o OUTCOME_AUTO;
		struct buf raw BUF_AUTO;
		char *room;

		buf_init(&raw, 2 * FACTS_TEXT_MAX);
		buf_adds(&raw, "X: y\n\n");
		room = buf_room(&raw, n);
		memset(room, 'x', n);
		raw.n += n;
		parse(&o, buf_span(&raw));
		assert_true(o.f.text.n <= FACTS_TEXT_MAX);
		assert_int_equal(has_defect(o.f.defects, FACTS_TEXT_CUT), n > FACTS_TEXT_MAX);
	}
}

static void a_parser_forgets_the_mail_before(void **state)
{
	struct outcome o OUTCOME_AUTO;
	struct facts f;

	(void)state;
	parse(&o, SPAN("Subject: a\n" MIXED "\na\n--m\n" FILE_PART));
	parser_parse(o.parser, SPAN("X: y\n\nb"), NULL, &o.arena, &f);
	assert_null(f.subject.p);
	assert_span(f.text, "b");
	assert_int_equal(f.attachment_count, 0);
	assert_int_equal(f.defects, 0);
}

enum { LINES = 100 }; /* of a file that is long enough to stand in its mail */

static void put_part(struct buf *out, const char *boundary, const char *header, const char *line,
		     int lines)
{
	buf_addf(out, "--%s\r\nContent-Disposition: attachment; filename=f\r\n%s\r\n\r\n", boundary,
		 header);
	for (int i = 0; i < lines; i++)
		buf_addf(out, "%s\r\n", line);
}

/* The text, and the files of a mail with each kind of them. */
static void put_kinds(struct buf *out)
{
	static const char line[] =
	    "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWZnaGlqa2xtbm9wcXJzdHV2";
	static const char base64[] = "Content-Transfer-Encoding: base64";

	buf_adds(out, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n");
	put_part(out, "b", base64, line, LINES);
	put_part(out, "b", "Content-Transfer-Encoding: 8bit", line, LINES);
	put_part(out, "b", "Content-Transfer-Encoding: quoted-printable", line, LINES);
	put_part(out, "b", base64,
		 "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWZnaGlqa2xtbm9wcXJzdHV*", LINES);
	put_part(out, "b", base64,
		 "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWZnaGlqa2xtbm9wcXJzdA==", LINES);
	put_part(out, "b", base64, line, 2);
	put_part(out, "b", "Content-Transfer-Encoding: x-unknown", line, LINES);
	buf_adds(out, "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n");
	put_part(out, "c", base64, line, LINES);
	buf_adds(out, "--c--\r\n--b--\r\n");
}

static void parse_standing(struct outcome *o, struct span raw)
{
	const struct parser_sink sink = { .write = note_write, .ctx = &o->bytes, .mail = raw };

	arena_init(&o->arena);
	buf_init(&o->bytes, 1 << 24);
	o->parser = parser_new();
	parser_parse(o->parser, raw, &sink, &o->arena, &o->f);
}

/* What is not measured is decoded, with its defects. */
static void long_files_stay_in_the_mail(void **state)
{
	static const enum facts_standing want[] = { FACTS_RAW_BASE64, FACTS_RAW,
						    FACTS_DECODED,    FACTS_DECODED,
						    FACTS_DECODED,    FACTS_DECODED,
						    FACTS_DECODED,    FACTS_RAW_BASE64 };
	struct outcome all OUTCOME_AUTO, o OUTCOME_AUTO;
	struct buf raw BUF_AUTO;
	uint64_t written = 0;

	(void)state;
	buf_init(&raw, 1 << 20);
	put_kinds(&raw);
	parse(&all, buf_span(&raw));
	parse_standing(&o, buf_span(&raw));
	assert_int_equal(all.f.attachment_count, ROWS(want));
	assert_int_equal(o.f.attachment_count, ROWS(want));
	assert_int_equal(o.f.defects, all.f.defects);
	for (size_t i = 0; i < ROWS(want); i++) {
		const struct facts_attachment *a = &o.f.attachments[i];

		assert_int_equal(all.f.attachments[i].standing, FACTS_DECODED);
		assert_int_equal(a->standing, want[i]);
		assert_int_equal(a->size, all.f.attachments[i].size);
		assert_int_equal(a->offset, written);
		written += a->standing == FACTS_DECODED ? a->size : 0;
	}
	assert_int_equal(o.bytes.n, written);
}

static void no_more_of_them_than_core_reads(void **state)
{
	struct outcome o OUTCOME_AUTO;
	struct buf raw BUF_AUTO;

	(void)state;
	buf_init(&raw, 1 << 20);
	buf_adds(&raw, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < FACTS_STANDING_MAX + 2; i++)
		put_part(&raw, "b", "Content-Transfer-Encoding: base64", "YWJjZGVmZ2hpamtsbW5v",
			 400);
	parse_standing(&o, buf_span(&raw));
	assert_int_equal(o.f.attachment_count, FACTS_STANDING_MAX + 2);
	assert_int_equal(o.f.attachments[FACTS_STANDING_MAX - 1].standing, FACTS_RAW_BASE64);
	assert_int_equal(o.f.attachments[FACTS_STANDING_MAX].standing, FACTS_DECODED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_blocks_are_repaired),
		cmocka_unit_test(the_parts_are_chosen_as_the_contract_says),
		cmocka_unit_test(every_defect_is_told),
		cmocka_unit_test(a_good_mail_has_no_defect),
		cmocka_unit_test(part_headers_are_read_as_they_come),
		cmocka_unit_test(nul_bytes_go),
		cmocka_unit_test(file_names_cannot_leave_their_folder),
		cmocka_unit_test(nesting_and_parts_have_their_limits),
		cmocka_unit_test(the_text_has_its_limit),
		cmocka_unit_test(a_parser_forgets_the_mail_before),
		cmocka_unit_test(long_files_stay_in_the_mail),
		cmocka_unit_test(no_more_of_them_than_core_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
