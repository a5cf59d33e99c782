#include "tests/unit/unit.h"

#include <stdlib.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/identity/header_scan.h"

struct from_case {
	const char *raw;
	const char *from; /* NULL: nobody */
};

static const struct from_case froms[] = {
	{ "From: ann@example.com\n\n", "ann@example.com" },
	{ "From: Ann <ann@EXAMPLE.com>\r\nTo: x@y.z\r\n\r\nFrom: b@c.d\r\n", "ann@example.com" },
	{ "from : ann@example.com\n\n", "ann@example.com" },
	{ "From:\r\n Ann\r\n <ann@example.com>\r\n\r\n", "ann@example.com" },
	{ "From joe Mon Jan  1 00:00:00 2026\nFrom: ann@example.com\n\n", "ann@example.com" },
	{ "\r\n\r\nFrom: ann@example.com\r\n\r\n", "ann@example.com" },
	{ "junk\n more junk: a@b\nFrom: ann@example.com\n\n", "ann@example.com" },
	{ "From: ann@example.com", "ann@example.com" },
	{ "X: From: b@c.d\nFrom: ann@example.com\n\n", "ann@example.com" },
	/* the one that there is; more of them in test_address_found.c */
	{ "From: a@b.c, nonsense\n\n", "a@b.c" },
	{ "From: Group: a@b.c;\n\n", "a@b.c" },
	/* nobody */
	{ "", NULL },
	{ "\n", NULL },
	{ "To: x@y.z\n\nFrom: ann@example.com\n", NULL },
	{ "From: a@b.c\nFrom: d@e.f\n\n", NULL },
	{ "From: a@b.c\nFROM : a@b.c\n\n", NULL },
	{ "From: a@b.c, c@d.e\n\n", NULL },
	{ "From: a@b.c, d@e.f nonsense\n\n", NULL },
	{ "From: a@b.c\rFrom: d@e.f\n\n", NULL },
	{ "From: boss@corp.com <ann@evil.example>\n\n", NULL },
	{ "From: =?utf-8?q?boss@corp.com?=\n\n", NULL },
	{ "From: <>\n\n", NULL },
	{ "From:\n\n", NULL },
	{ " From: folded@first.line\n\n", NULL },
};

static void from_is_one_mailbox_of_one_field_or_nobody(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(froms) / sizeof(*froms); i++) {
		struct arena a ARENA_AUTO;
		struct header_scan s;

		arena_init(&a);
		header_scan(span_of(froms[i].raw), &a, &s);
		if (froms[i].from ? !span_is(s.from, froms[i].from) : s.from.p != NULL)
			fail_msg("%s: \"%.*s\"", froms[i].raw, SPAN_ARG(s.from));
		assert_true(s.from.p ? !s.from_reason : s.from_reason != NULL);
	}
}

static const char whole[] =
    "Return-Path: <bounce+ann@example.com>\r\n"
    "Delivered-To: support+abc@help.example\r\n"
    "X-Original-To: support@help.example\r\n"
    "Authentication-Results: mx.example; dmarc=pass\r\n"
    "Authentication-Results: forged; dmarc=pass\r\n"
    "Sender: Robot <robot@example.com>\r\n"
    "From: Ann <ann@example.com>\r\n"
    "Reply-To: a@b.c, d@e.f\r\n"
    "To: Support <support@help.example>, bad bad,\r\n x@y.z\r\n"
    "Cc: Friends: f@g.h;\r\n"
    "Message-ID: (a comment) <one@example.com>\r\n"
    "In-Reply-To: Your mail of <two@example.com> and <three@example.com>\r\n"
    "References: <four@example.com>\r\n <fi\r\n ve@example.com><two@example.com> <bad id\x01@x>\r\n"
    "Subject: Hello\r\n  w\xffrld \x1b[31m\r\n"
    "Auto-Submitted: no\r\n"
    "Auto-Submitted: auto-replied (vacation); x=y\r\n"
    "Precedence: bulk\r\n"
    "List-Unsubscribe: <mailto:x@y.z>\r\n"
    "X-Gatewayd: token\r\n"
    "\r\n"
    "body\r\n";

/* As Python's email package writes ids that are too long for a line. */
static void ids_in_encoded_words_are_ids(void **state)
{
	static const char text[] =
	    "From: a@b.c\r\nMessage-ID: =?utf-8?q?=3Cone=40x=2Etest=3E?=\r\n"
	    "In-Reply-To: =?utf-8?q?=3Ctw?=\r\n =?utf-8?q?o=40x=2Etest=3E?=\r\n"
	    "References: <a@b.c> =?utf-8?q?=3Cd=40e=2Ef=3E_=3Cg=40h=2Ei?=\r\n"
	    " =?utf-8?b?Pg==?= <=?utf-8?q?j?=@k.l>\r\n\r\n";
	struct arena a ARENA_AUTO;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	header_scan(span_of(text), &a, &s);
	assert_true(span_is(s.message_id, "one@x.test"));
	assert_int_equal(s.in_reply_to_count, 1);
	assert_true(span_is(s.in_reply_to[0], "two@x.test"));
	assert_int_equal(s.reference_count, 4);
	assert_true(span_is(s.references[0], "a@b.c"));
	assert_true(span_is(s.references[1], "d@e.f"));
	assert_true(span_is(s.references[2], "g@h.i"));
	assert_true(span_is(s.references[3], "=?utf-8?q?j?=@k.l"));
}

static void all_fields_are_found(void **state)
{
	struct arena a ARENA_AUTO;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	header_scan(span_of(whole), &a, &s);
	assert_false(s.cut);
	assert_true(span_is(s.body, "body\r\n"));
	assert_int_equal(s.return_path_kind, PATH_ADDRESS);
	assert_true(span_is(s.return_path, "bounce+ann@example.com"));
	assert_true(span_is(s.from, "ann@example.com"));
	assert_true(span_is(s.sender, "robot@example.com"));
	assert_int_equal(s.reply_to.n, 2);
	assert_int_equal(s.recipient_count, 5);
	assert_true(span_is(s.recipients[0], "support+abc@help.example"));
	assert_true(span_is(s.recipients[1], "support@help.example"));
	assert_true(span_is(s.recipients[3], "x@y.z"));
	assert_true(span_is(s.recipients[4], "f@g.h"));
	assert_true(span_is(s.message_id, "one@example.com"));
	assert_int_equal(s.in_reply_to_count, 2);
	assert_true(span_is(s.in_reply_to[1], "three@example.com"));
	assert_int_equal(s.reference_count, 3);
	assert_true(span_is(s.references[1], "five@example.com"));
	assert_true(span_is(s.subject_short, "Hello w\xef\xbf\xbdrld [31m"));
	assert_true(span_is(s.auto_submitted, "auto-replied"));
	assert_true(span_is(s.precedence, "bulk"));
	assert_true(s.has_list);
	assert_false(s.has_autoreply);
	assert_int_equal(s.trace_count, 2);
	assert_false(s.trace[0].received);
	assert_true(span_is(s.trace[0].value, "mx.example; dmarc=pass"));
	assert_true(span_is(s.loop_mark, "token"));
}

static void the_whole_cut_anywhere_is_read_without_harm(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct arena a ARENA_AUTO;
		struct header_scan s;
		/* On the heap and of the exact size, so that the sanitizer sees a read past it. */
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, whole, n);
		arena_init(&a);
		header_scan((struct span){ copy, n }, &a, &s);
		assert_true(s.header.n + s.body.n == n);
		free(copy);
	}
}

struct path_case {
	const char *raw;
	enum header_scan_path kind;
};

static void the_return_path_is_the_topmost(void **state)
{
	static const struct path_case cases[] = {
		{ "From: a@b.c\n\n", PATH_ABSENT },
		{ "Return-Path: <>\nReturn-Path: <a@b.c>\n\n", PATH_NULL },
		{ "Return-Path: <a@b.c>\nReturn-Path: <>\n\n", PATH_ADDRESS },
		{ "Return-Path: a@b.c\n\n", PATH_ADDRESS },
		{ "Return-Path: \n\n", PATH_BAD },
		{ "Return-Path: <a@b.c>, <d@e.f>\n\n", PATH_BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a ARENA_AUTO;
		struct header_scan s;

		arena_init(&a);
		header_scan(span_of(cases[i].raw), &a, &s);
		assert_int_equal(s.return_path_kind, cases[i].kind);
	}
}

/* From first, then so many other fields. */
static void scan_fields(size_t fields, struct arena *a, struct header_scan *s, struct buf *raw)
{
	buf_clear(raw);
	buf_adds(raw, "From: a@b.c\n");
	for (size_t i = 1; i < fields; i++)
		buf_adds(raw, "Cc: x@y.z\n"); /* one that is kept */
	buf_adds(raw, "\nbody");
	header_scan(buf_span(raw), a, s);
}

static void the_number_of_fields_has_a_limit(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf raw BUF_AUTO;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	buf_init(&raw, 1024 * 1024);
	scan_fields(HEADER_SCAN_FIELDS_MAX - 1, &a, &s, &raw);
	assert_true(!s.cut && s.from.p);
	scan_fields(HEADER_SCAN_FIELDS_MAX, &a, &s, &raw);
	assert_true(!s.cut && s.from.p);
	scan_fields(HEADER_SCAN_FIELDS_MAX + 1, &a, &s, &raw);
	assert_true(s.cut && !s.from.p);
}

static void scan_bytes(size_t header, struct arena *a, struct header_scan *s, struct buf *raw)
{
	static const char head[] = "From: a@b.c\nX: ", tail[] = "\n\nbody";

	buf_clear(raw);
	buf_adds(raw, head);
	while (raw->n + 2 < header)
		buf_addc(raw, 'x');
	buf_adds(raw, tail);
	header_scan(buf_span(raw), a, s);
}

static void the_header_has_a_size(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf raw BUF_AUTO;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	buf_init(&raw, 1024 * 1024);
	scan_bytes(HEADER_SCAN_BYTES_MAX - 1, &a, &s, &raw);
	assert_true(!s.cut && s.from.p);
	scan_bytes(HEADER_SCAN_BYTES_MAX + 1, &a, &s, &raw);
	assert_true(s.cut && !s.from.p);
	scan_bytes(2 * HEADER_SCAN_BYTES_MAX, &a, &s, &raw);
	assert_true(s.cut && !s.from.p);
}

static void of_too_many_references_the_last_stay(void **state)
{
	struct arena a ARENA_AUTO;
	struct buf raw BUF_AUTO;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	buf_init(&raw, 1024 * 1024);
	buf_adds(&raw, "References:");
	for (int i = 0; i < 5000; i++)
		buf_addf(&raw, "\n <%d@x>", i);
	buf_adds(&raw, "\n\n");
	header_scan(buf_span(&raw), &a, &s);
	assert_int_equal(s.reference_count, HEADER_SCAN_IDS_MAX / 2);
	assert_true(span_is(s.references[s.reference_count - 1], "4999@x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_is_one_mailbox_of_one_field_or_nobody),
		cmocka_unit_test(all_fields_are_found),
		cmocka_unit_test(ids_in_encoded_words_are_ids),
		cmocka_unit_test(the_whole_cut_anywhere_is_read_without_harm),
		cmocka_unit_test(the_return_path_is_the_topmost),
		cmocka_unit_test(the_number_of_fields_has_a_limit),
		cmocka_unit_test(the_header_has_a_size),
		cmocka_unit_test(of_too_many_references_the_last_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
