#include "tests/unit/unit.h"

#include <stdio.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/post/mime_encode.h"
#include "gatewayd/post/mime_write.h"

static struct mime_message plain(void)
{
	return (struct mime_message){
		.from = { SPAN("Help Desk"), SPAN("support@help.example") },
		.to = { SPAN("Ann"), SPAN("ann@example.com") },
		.date_at = 1795305600,
		.subject = SPAN("Hello"),
		.message_id = SPAN("1@mx.example"),
		.text = SPAN("Hello\n"),
		.seed = { 1, 2, 3 },
	};
}

static void write_to(const struct mime_message *m, struct buf *out)
{
	struct err e = { .text = "" };

	buf_clear(out);
	if (mime_write(m, out, &e) < 0)
		fail_msg("%s", e.text);
}

static bool has(const struct buf *out, const char *text)
{
	return span_find(buf_span(out), span_of(text)) != SIZE_MAX;
}

static void a_plain_mail_is_as_plain_as_can_be(void **state)
{
	struct mime_message m = plain();
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 64 * 1024);
	write_to(&m, &out);
	assert_string_equal(buf_cstr(&out), "Date: Sun, 22 Nov 2026 00:00:00 +0000\r\n"
					    "From: Help Desk <support@help.example>\r\n"
					    "To: Ann <ann@example.com>\r\n"
					    "Subject: Hello\r\n"
					    "Message-ID: <1@mx.example>\r\n"
					    "x-ms-reactions: disallow\r\n"
					    "MIME-Version: 1.0\r\n"
					    "Content-Type: text/plain; charset=utf-8\r\n"
					    "Content-Transfer-Encoding: 7bit\r\n"
					    "\r\n"
					    "Hello\r\n");
}

/* What SMTP and RFC 5322 ask of every message: ASCII, CRLF, lines of at most 998 bytes. */
static void assert_sound(const struct buf *out, size_t header_max)
{
	struct span rest = buf_span(out);
	bool header = true;

	while (rest.n) {
		struct span line = span_cut(&rest, '\n');

		assert_true(line.n >= 1 && line.p[line.n - 1] == '\r');
		line.n--;
		header = header && line.n;
		assert_true(line.n <= (header ? header_max : MIME_LINE));
		for (size_t i = 0; i < line.n; i++)
			assert_true((line.p[i] >= ' ' && line.p[i] <= '~') || line.p[i] == '\t');
	}
}

static const char *const hostile[] = {
	"a\r\nBcc: victim@example.org",
	"a\nBcc: victim@example.org\n\nbody",
	"a\rBcc: victim@example.org",
	"a\r\n\r\n<html>",
	"\r\n.\r\n",
	"a\x01\x1b[2J\x7f",
	"=?utf-8?q?=0D=0ABcc:_x=40y.z?=",
	"\"quoted\\\" <x@y.z>, other",
	"\xff\xfe\xc3",
	"\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf\r\nBcc: x@y.z",
	"Content-Type: text/html",
	"",
	"   ",
	"a, b; c: d@e",
};

/* The names of the header's fields, joined by blanks. */
static void field_names(const struct buf *out, struct buf *names)
{
	struct span rest = buf_span(out), line;

	while (span_line(&rest, &line) && line.n) {
		if (line.p[0] == ' ')
			continue;
		buf_add(names, span_cut(&line, ':'));
		buf_addc(names, ' ');
	}
}

static void no_value_becomes_a_field(void **state)
{
	struct buf out BUF_AUTO, names BUF_AUTO;

	(void)state;
	buf_init(&out, 1024 * 1024);
	buf_init(&names, 64 * 1024);
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct span bad = span_of(hostile[i]);
		struct mime_field field = { "X-Gatewayd", bad };
		struct mime_attachment file = { bad, bad, bad, bad, false };
		struct mime_message m = plain();

		m.from.name = m.to.name = m.subject = m.text = m.html = m.thread.message_id = bad;
		m.thread.references = &bad;
		m.thread.reference_count = 1;
		m.fields = &field;
		m.field_count = 1;
		m.attachments = &file;
		m.attachment_count = 1;
		write_to(&m, &out);
		assert_sound(&out, MIME_FOLD);
		buf_clear(&names);
		field_names(&out, &names);
		assert_string_equal(buf_cstr(&names),
				    "Date From To Subject Message-ID x-ms-reactions X-Gatewayd "
				    "MIME-Version Content-Type ");
	}
}

static void unfit_addresses_and_ids_are_refused(void **state)
{
	struct span bads[] = { SPAN(""), SPAN("a"), SPAN("a@b.c\r\nBcc: x@y.z"),
			       SPAN("a@b.c>,<x@y.z"), SPAN("a b@c.d") };
	struct buf out BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&out, 64 * 1024);
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		struct mime_message from = plain(), to = plain(), id = plain();

		from.from.address = bads[i];
		to.to.address = bads[i];
		id.message_id = i == 1 ? SPAN("a b@c") : bads[i].n > 1 ? bads[i] : SPAN("");
		assert_int_equal(mime_write(&from, &out, &e), -1);
		assert_int_equal(mime_write(&to, &out, &e), -1);
		assert_int_equal(mime_write(&id, &out, &e), -1);
		assert_int_equal(e.class, ERR_PERM);
		assert_int_equal(out.n, 0);
	}
}

static void long_values_are_folded(void **state)
{
	struct buf out BUF_AUTO, text BUF_AUTO;
	struct mime_message m = plain();

	(void)state;
	buf_init(&out, 1024 * 1024);
	buf_init(&text, 64 * 1024);
	for (int i = 0; i < 60; i++)
		buf_adds(&text, "\xc3\xa4 word ");
	m.subject = buf_span(&text);
	m.to.name = buf_span(&text);
	write_to(&m, &out);
	assert_sound(&out, MIME_FOLD);
	buf_clear(&text);
	for (int i = 0; i < 5000; i++)
		buf_addc(&text, 'x'); /* a word that cannot be folded as it is */
	m.subject = buf_span(&text);
	m.to.name = buf_span(&text);
	m.text = buf_span(&text);
	write_to(&m, &out);
	assert_sound(&out, MIME_LINE);
}

static void a_long_id_stays_on_the_first_line(void **state)
{
	struct mime_message m = plain();
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 64 * 1024);
	m.message_id = m.thread.message_id =
	    SPAN("a-very-long-first-part-of-an-id.and-a-second-one.and-a-third-one@mx.example");
	write_to(&m, &out);
	assert_true(has(&out, "\r\nMessage-ID: <a-very-long"));
	assert_true(has(&out, "\r\nIn-Reply-To: <a-very-long"));
}

static size_t references_written(size_t count)
{
	struct span ids[64];
	char texts[64][32];
	struct mime_message m = plain();
	struct buf out BUF_AUTO;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		snprintf(texts[i], sizeof(texts[i]), "r%zu@x", i);
		ids[i] = span_of(texts[i]);
	}
	m.thread.references = ids;
	m.thread.reference_count = count;
	buf_init(&out, 64 * 1024);
	write_to(&m, &out);
	assert_sound(&out, MIME_FOLD);
	for (size_t i = 0; i < count; i++) {
		char id[40];

		snprintf(id, sizeof(id), "<%s>", texts[i]);
		if (has(&out, id))
			n++;
		else
			assert_true(i != 0 && i != count - 1);
	}
	return n;
}

static void of_many_references_first_and_last_stay(void **state)
{
	(void)state;
	assert_int_equal(references_written(1), 1);
	assert_int_equal(references_written(MIME_REFERENCES_MAX - 1), MIME_REFERENCES_MAX - 1);
	assert_int_equal(references_written(MIME_REFERENCES_MAX), MIME_REFERENCES_MAX);
	assert_int_equal(references_written(MIME_REFERENCES_MAX + 1), MIME_REFERENCES_MAX);
	assert_int_equal(references_written(60), MIME_REFERENCES_MAX);
}

static size_t count_of(const struct buf *out, const char *text)
{
	struct span rest = buf_span(out);
	size_t n = 0, at;

	while ((at = span_find(rest, span_of(text))) != SIZE_MAX) {
		rest = span_sub(rest, at + 1, SIZE_MAX);
		n++;
	}
	return n;
}

/* Even when the body's writer knows the boundary. */
static void a_body_cannot_hold_the_boundary(void **state)
{
	const char *boundary = "=_01020300000000000000000000000000_m";
	struct mime_attachment file = { SPAN("a.txt"), SPAN("text/plain"), SPAN(""), SPAN(""), 0 };
	struct mime_message m = plain();
	struct buf out BUF_AUTO, text BUF_AUTO;

	(void)state;
	buf_init(&out, 64 * 1024);
	buf_init(&text, 4096);
	buf_addf(&text, "a\n--%s\nContent-Type: text/html\n\nb\n--%s--\n", boundary, boundary);
	m.text = m.html = file.content = buf_span(&text);
	m.attachments = &file;
	m.attachment_count = 1;
	write_to(&m, &out);
	assert_true(has(&out, boundary)); /* it is the one */
	assert_int_equal(count_of(&out, "\r\n--=_01020300000000000000000000000000_m\r\n"), 2);
	assert_int_equal(count_of(&out, "\r\n--=_01020300000000000000000000000000_m--\r\n"), 1);
}

/* RFC 2046 section 5.2.1: a mail in a mail stands in no base64, and is changed by nobody. */
static void a_mail_is_attached_as_one_where_it_may_be(void **state)
{
	static const char head[] = "Subject: a\r\n\r\n";
	static const struct {
		const char *text;
		size_t line; /* and so many letters more, in one line */
		bool as_mail;
	} rows[] = {
		{ "b\tc\r\n", 0, true },
		{ ".\r\nFrom me\r\ntrailing \r\n", 0, true },
		{ "", 997, true },
		{ "", 998, true },
		{ "", 999, false },
		{ "gr\xc3\xbc\xc3\x9f\r\n", 0, false },
		{ "a\rb\r\n", 0, false },
		{ "a\x1b[0m\r\n", 0, false },
		{ "--=_01020300000000000000000000000000_m--\r\n", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mime_attachment file = { SPAN("mail-1.eml"), SPAN("message/rfc822"),
						SPAN(""), SPAN(""), 0 };
		struct mime_message m = plain();
		struct buf out BUF_AUTO, mail BUF_AUTO;

		buf_init(&out, 64 * 1024);
		buf_init(&mail, 4096);
		buf_addf(&mail, "%s%s", head, rows[i].text);
		for (size_t k = 0; k < rows[i].line; k++)
			buf_addc(&mail, 'x');
		buf_adds(&mail, rows[i].line ? "\r\n" : "");
		file.content = buf_span(&mail);
		m.attachments = &file;
		m.attachment_count = 1;
		write_to(&m, &out);
		if (has(&out, "message/rfc822") != rows[i].as_mail ||
		    (span_find(buf_span(&out), buf_span(&mail)) != SIZE_MAX) != rows[i].as_mail ||
		    has(&out, "octet-stream"))
			fail_msg("row %zu", i);
	}
}

static void a_message_has_a_size(void **state)
{
	struct mime_message m = plain();
	struct buf out BUF_AUTO;
	struct err e;
	size_t n;

	(void)state;
	buf_init(&out, 64 * 1024);
	write_to(&m, &out);
	n = out.n;
	for (size_t max = n - 1; max <= n + 1; max++) {
		struct buf small BUF_AUTO;

		buf_init(&small, max);
		assert_int_equal(mime_write(&m, &small, &e), max < n ? -1 : 0);
	}
}

struct encoding_row {
	const char *text;
	enum mime_encoding encoding;
	const char *body;
};

static void bodies_are_encoded_as_they_need(void **state)
{
	static const struct encoding_row rows[] = {
		{ "plain\ntext\n", MIME_7BIT, "plain\r\ntext\r\n" },
		{ "no end", MIME_7BIT, "no end\r\n" },
		{ "trailing \n", MIME_QUOTED_PRINTABLE, "trailing=20\r\n" },
		{ "From me\n", MIME_QUOTED_PRINTABLE, "=46rom me\r\n" },
		{ ".\n", MIME_QUOTED_PRINTABLE, "=2E\r\n" },
		{ "First \n", MIME_QUOTED_PRINTABLE, "First=20\r\n" },
		{ "a=_b\n", MIME_QUOTED_PRINTABLE, "a=3D_b\r\n" },
		{ "Stra\xc3\x9f"
		  "e 5\n",
		  MIME_QUOTED_PRINTABLE, "Stra=C3=9Fe 5\r\n" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", MIME_BASE64, "5pel5pys\r\n" },
		{ "tab\there\n", MIME_7BIT, "tab\there\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 4096);
		assert_int_equal(mime_encoding_for(span_of(rows[i].text)), rows[i].encoding);
		mime_body(span_of(rows[i].text), rows[i].encoding, &out);
		assert_string_equal(buf_cstr(&out), rows[i].body);
	}
}

static void quoted_printable_lines_break_at_76(void **state)
{
	(void)state;
	for (size_t n = 70; n < 160; n++) {
		struct buf text BUF_AUTO, out BUF_AUTO;
		struct span rest, line;
		size_t seen = 0;

		buf_init(&text, 4096);
		buf_init(&out, 4096);
		for (size_t i = 0; i < n; i++)
			buf_addc(&text, 'x');
		mime_body(buf_span(&text), MIME_QUOTED_PRINTABLE, &out);
		for (rest = buf_span(&out); span_line(&rest, &line); seen += line.n) {
			assert_true(line.n <= MIME_BODY);
			if (line.p[line.n - 1] == '=')
				line.n--;
		}
		assert_int_equal(seen, n);
	}
}

static size_t slow_width(struct span line, size_t column)
{
	char c = line.p[0];

	if ((line.n == 1 && (c == ' ' || c == '\t')) ||
	    (!column && (c == '.' || span_starts(line, SPAN("From ")))))
		return 3;
	return (c >= ' ' && c <= '~' && c != '=') || c == '\t' ? 1 : 3;
}

/* RFC 2045 section 6.7, byte by byte. */
static void encode_slowly(struct span line, struct buf *out)
{
	size_t column = 0;

	for (; line.n; line = span_sub(line, 1, SIZE_MAX)) {
		if (column + slow_width(line, column) + (line.n > 1) > MIME_BODY) {
			buf_adds(out, "=\r\n");
			column = 0;
		}
		if (slow_width(line, column) == 1)
			buf_addc(out, line.p[0]);
		else
			buf_addf(out, "=%02X", (unsigned char)line.p[0]);
		column += slow_width(line, column);
	}
	buf_adds(out, "\r\n");
}

static void quoted_printable_is_the_same_byte_by_byte(void **state)
{
	static const char *const pieces[] = { "=",	  " ",	"\t", ".", "From ", "\xc3\xbc",
					      "eight by", "te", "s",  "=", "'",	    "<b>" };
	uint32_t random = 7;

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		struct buf line BUF_AUTO, out BUF_AUTO, slowly BUF_AUTO;

		buf_init(&line, 4096);
		buf_init(&out, 4096);
		buf_init(&slowly, 4096);
		for (uint32_t n = 1 + i % 80; n; n--) {
			random = random * 1664525 + 1013904223;
			buf_adds(&line, pieces[(random >> 16) % (i % 3 ? 12 : 9)]);
		}
		mime_body(buf_span(&line), MIME_QUOTED_PRINTABLE, &out);
		encode_slowly(buf_span(&line), &slowly);
		assert_string_equal(buf_cstr(&out), buf_cstr(&slowly));
	}
}

/* RFC 6532 section 3.2: as it is; SMTPUTF8 carries it (net/smtp.h). */
static void an_address_in_another_script_stands_as_it_is(void **state)
{
	struct mime_message m = plain();
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 64 * 1024);
	m.to.address = SPAN("jörg@example.com");
	write_to(&m, &out);
	assert_true(has(&out, "\r\nTo: Ann <jörg@example.com>\r\n"));
}

static void a_display_name_cannot_leave_its_quotes(void **state)
{
	static const char *const rows[][2] = {
		{ "Ann O'Hara, Inc.", "To: \"Ann O'Hara, Inc.\" <ann@example.com>\r\n" },
		{ "Ann \"A\" B", "To: \"Ann \\\"A\\\" B\" <ann@example.com>\r\n" },
		{ "\" <eve@x.y>, \"", "To: \"\\\" <eve@x.y>, \\\"\" <ann@example.com>\r\n" },
		{ "Ann\\", "To: \"Ann\\\\\" <ann@example.com>\r\n" },
		{ "\\\"", "To: \"\\\\\\\"\" <ann@example.com>\r\n" },
	};
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 64 * 1024);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mime_message m = plain();

		m.to.name = span_of(rows[i][0]);
		write_to(&m, &out);
		if (!has(&out, rows[i][1]))
			fail_msg("%s: %s", rows[i][0], buf_cstr(&out));
	}
}

static void a_date_has_all_its_digits(void **state)
{
	char text[TIME_TEXT_MAX];

	(void)state;
	assert_string_equal(time_rfc5322(951827696, text), "Tue, 29 Feb 2000 12:34:56 +0000");
	assert_string_equal(time_rfc5322(4102444799, text), "Thu, 31 Dec 2099 23:59:59 +0000");
	assert_string_equal(time_rfc5322(0, text), "Thu, 01 Jan 1970 00:00:00 +0000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_has_all_its_digits),
		cmocka_unit_test(a_plain_mail_is_as_plain_as_can_be),
		cmocka_unit_test(no_value_becomes_a_field),
		cmocka_unit_test(unfit_addresses_and_ids_are_refused),
		cmocka_unit_test(long_values_are_folded),
		cmocka_unit_test(a_long_id_stays_on_the_first_line),
		cmocka_unit_test(of_many_references_first_and_last_stay),
		cmocka_unit_test(a_body_cannot_hold_the_boundary),
		cmocka_unit_test(a_mail_is_attached_as_one_where_it_may_be),
		cmocka_unit_test(a_message_has_a_size),
		cmocka_unit_test(bodies_are_encoded_as_they_need),
		cmocka_unit_test(quoted_printable_lines_break_at_76),
		cmocka_unit_test(quoted_printable_is_the_same_byte_by_byte),
		cmocka_unit_test(an_address_in_another_script_stands_as_it_is),
		cmocka_unit_test(a_display_name_cannot_leave_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
