#include "gatewayd/base/utf8.h"
#include "tests/unit/parser_unit.h"

enum { BODY = 1000, RAW = 5000 };

static void names_are_the_tokens_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(facts_kind_name(FACTS_AUTO_REPLY), "auto-reply");
	assert_string_equal(facts_source_name(FACTS_MIXED), "mixed");
	assert_string_equal(facts_defect_name(FACTS_BAD_BASE64), "bad-base64");
	assert_string_equal(facts_source_name(FACTS_SMIME), "smime");
	assert_string_equal(facts_mark_name(FACTS_MARK_LIST_ID), "list-id");
	assert_string_equal(facts_mark_name(FACTS_MARK_SIGNED), "signed");
	assert_string_equal(facts_cut_why_name(FACTS_CUT_HEADER_BLOCK), "header-block");
	assert_string_equal(facts_role_name(FACTS_ROLE_HEADERS), "headers");
	for (int i = 0; i < FACTS_DEFECT_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(facts_defect_name((enum facts_defect)i),
						facts_defect_name((enum facts_defect)j));
}

static struct facts_cut sample_cuts[2];
static struct facts_forwarded sample_forwarded[2];
static struct facts_attachment sample_attachments[3];

/* A record with something in every field; its text is "t\xc3\xa4xt". */
static void encode_sample(struct buf *out)
{
	static struct span references[] = { SPAN_LITERAL("r1@x"), SPAN_LITERAL("r2@x") };
	static struct facts_address from[] = { { SPAN_LITERAL("J\xc3\xb6rg"),
						 SPAN_LITERAL("a@b.c") },
					       { SPAN_LITERAL(""), SPAN_LITERAL("") } };
	static struct facts_recipient recipients[] = {
		{ SPAN_LITERAL("x@y.z"), SPAN_LITERAL("failed"), { NULL, 0 }, SPAN_LITERAL("d") }
	};
	const struct facts f = {
		.message_id = SPAN("m@x"),
		.references = references,
		.reference_count = 2,
		.has_date = true,
		.date_at = -5,
		.from = { from, 2 },
		.subject = SPAN(""),
		.kind = FACTS_BOUNCE,
		.kind_reason = SPAN("default"),
		.recipients = recipients,
		.recipient_count = 1,
		.marks = facts_mark_bit(FACTS_MARK_SIGNED) | facts_mark_bit(FACTS_MARK_LOOP),
		.text = SPAN("t\xc3\xa4xt"),
		.text_source = FACTS_HTML,
		.reply = SPAN(""),
		.reply_cuts = sample_cuts,
		.reply_cut_count = 2,
		.forwarded = sample_forwarded,
		.forwarded_count = 2,
		.attachments = sample_attachments,
		.attachment_count = 3,
		.defects = (uint64_t)1 << FACTS_BAD_DATE,
	};

	buf_init(out, 1 << 20);
	sample_forwarded[0].to = f.from;
	facts_encode(&f, out);
}

static void sample_reset(void)
{
	sample_attachments[0] = (struct facts_attachment){ .content_type = SPAN("a/b"),
							   .content_id = SPAN("cid"),
							   .offset = 10,
							   .size = 990,
							   .is_inline = true,
							   .role = FACTS_ROLE_CALENDAR };
	sample_attachments[1] = (struct facts_attachment){ .content_type = SPAN("c/d"),
							   .offset = 1000,
							   .size = 300,
							   .from_tnef = true,
							   .standing = FACTS_RAW_BASE64,
							   .raw_offset = 100,
							   .raw_length = 410 };
	sample_attachments[2] = (struct facts_attachment){ .content_type = SPAN("e/f"),
							   .offset = 1000,
							   .size = 4490,
							   .standing = FACTS_RAW,
							   .raw_offset = 510,
							   .raw_length = RAW - 510 };
	sample_cuts[0] = (struct facts_cut){ 0, 1, FACTS_CUT_QUOTE };
	sample_cuts[1] = (struct facts_cut){ 1, 4, FACTS_CUT_MARKER };
	sample_forwarded[0] = (struct facts_forwarded){
		.from = { SPAN("O"), SPAN("o@x.y") },
		.has_date = true,
		.date_at = 7,
		.offset = 1,
		.length = 4,
	};
	sample_forwarded[1] = (struct facts_forwarded){
		.from = { SPAN(""), SPAN("") },
		.subject = SPAN("s"),
		.place = FACTS_ATTACHED,
		.text = SPAN("t"),
	};
}

static void a_record_comes_back_as_it_went(void **state)
{
	struct bench b BENCH_AUTO;
	struct buf bytes BUF_AUTO;
	struct facts f;
	struct err e;

	(void)state;
	bench_init(&b);
	sample_reset();
	encode_sample(&bytes);
	assert_int_equal(facts_decode(buf_span(&bytes), BODY, RAW, &b.arena, &f, &e), 0);
	assert_span(f.message_id, "m@x");
	assert_span(f.in_reply_to, "(none)");
	assert_span(f.references[1], "r2@x");
	assert_true(f.has_date && f.date_at == -5);
	assert_span(f.from.v[0].name, "J\xc3\xb6rg");
	assert_int_equal(f.from.n, 2);
	assert_non_null(f.subject.p);
	assert_int_equal(f.kind, FACTS_BOUNCE);
	assert_span(f.recipients[0].action, "failed");
	assert_span(f.recipients[0].status, "(none)");
	assert_int_equal(f.text_source, FACTS_HTML);
	assert_span(f.attachments[0].filename, "(none)");
	assert_int_equal(f.attachments[0].size, 990);
	assert_true(f.attachments[0].is_inline && !f.attachments[0].from_tnef);
	assert_int_equal(f.attachments[0].role, FACTS_ROLE_CALENDAR);
	assert_int_equal(f.attachments[0].standing, FACTS_DECODED);
	assert_true(f.attachments[1].from_tnef && f.attachments[1].standing == FACTS_RAW_BASE64);
	assert_int_equal(f.attachments[1].raw_offset, 100);
	assert_int_equal(f.attachments[1].raw_length, 410);
	assert_true(!f.attachments[2].from_tnef && f.attachments[2].standing == FACTS_RAW);
	assert_int_equal(f.marks,
			 facts_mark_bit(FACTS_MARK_SIGNED) | facts_mark_bit(FACTS_MARK_LOOP));
	assert_int_equal(f.reply_cut_count, 2);
	assert_int_equal(f.reply_cuts[1].length, 4);
	assert_int_equal(f.reply_cuts[1].why, FACTS_CUT_MARKER);
	assert_int_equal(f.forwarded_count, 2);
	assert_span(f.forwarded[0].from.address, "o@x.y");
	assert_int_equal(f.forwarded[0].to.n, 2);
	assert_span(f.forwarded[0].subject, "(none)");
	assert_true(f.forwarded[0].has_date && f.forwarded[0].date_at == 7);
	assert_int_equal(f.forwarded[0].offset, 1);
	assert_int_equal(f.forwarded[1].place, FACTS_ATTACHED);
	assert_span(f.forwarded[0].text, "(none)");
	assert_span(f.forwarded[1].text, "t");
	assert_int_equal(f.defects, (uint64_t)1 << FACTS_BAD_DATE);
}

static void a_cut_or_longer_record_is_refused(void **state)
{
	struct bench b BENCH_AUTO;
	struct buf bytes BUF_AUTO;
	struct facts f;
	struct err e;

	(void)state;
	bench_init(&b);
	sample_reset();
	encode_sample(&bytes);
	for (size_t n = 0; n < bytes.n; n++)
		assert_int_equal(
		    facts_decode(span_sub(buf_span(&bytes), 0, n), BODY, RAW, &b.arena, &f, &e),
		    -1);
	assert_int_equal(e.class, ERR_PERM);
	buf_addc(&bytes, '\0');
	assert_int_equal(facts_decode(buf_span(&bytes), BODY, RAW, &b.arena, &f, &e), -1);
}

static void an_attachment_outside_the_body_is_refused(void **state)
{
	struct bench b BENCH_AUTO;
	struct buf bytes BUF_AUTO;
	struct facts f;
	struct err e;

	(void)state;
	bench_init(&b);
	sample_reset();
	encode_sample(&bytes);
	assert_int_equal(facts_decode(buf_span(&bytes), BODY - 1, RAW, &b.arena, &f, &e), -1);
}

/* The sample as it is now, on its way to core. */
static int decode_sample_of(uint64_t raw_size)
{
	struct arena arena ARENA_AUTO;
	struct buf bytes BUF_AUTO;
	struct facts f;
	struct err e;

	arena_init(&arena);
	encode_sample(&bytes);
	return facts_decode(buf_span(&bytes), BODY, raw_size, &arena, &f, &e);
}

static int decode_sample(void)
{
	return decode_sample_of(RAW);
}

static void a_stretch_that_is_none_of_the_text_is_refused(void **state)
{
	static const struct {
		uint64_t offset, length;
		int want;
	} rows[] = { { 1, 4, 0 },	    { 3, 2, 0 },	  { 4, 1, 0 },
		     { 0, 2, -1 },	    { 2, 1, -1 },	  { 1, 1, -1 },
		     { 1, 5, -1 },	    { 5, 1, -1 },	  { 1, UINT64_MAX, -1 },
		     { UINT64_MAX, 1, -1 }, { UINT64_MAX, 2, -1 } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		sample_reset();
		sample_cuts[1].offset = rows[i].offset;
		sample_cuts[1].length = rows[i].length;
		assert_int_equal(decode_sample(), rows[i].want);
		sample_reset();
		sample_forwarded[0].offset = rows[i].offset;
		sample_forwarded[0].length = rows[i].length;
		assert_int_equal(decode_sample(), rows[i].want);
	}
}

static void stretches_out_of_order_are_refused(void **state)
{
	(void)state;
	sample_reset();
	sample_cuts[0].length = 3;
	assert_int_equal(decode_sample(), -1);
}

static void a_forwarded_mail_in_no_attachment_is_refused(void **state)
{
	(void)state;
	sample_reset();
	sample_forwarded[1].attachment = 3;
	assert_int_equal(decode_sample(), -1);
	sample_forwarded[1].place = FACTS_INLINE;
	sample_forwarded[1].text = SPAN_NONE;
	assert_int_equal(decode_sample(), 0);
}

static void an_attachment_outside_the_mail_is_refused(void **state)
{
	static const struct {
		uint64_t offset, length, size;
		int want;
	} rows[] = {
		{ 510, RAW - 510, RAW - 510, 0 },
		{ RAW, 0, 0, 0 },
		{ 509, RAW - 510, 1, -1 }, /* in the one before */
		{ 510, RAW - 509, 1, -1 },
		{ RAW + 1, 0, 0, -1 },
		{ UINT64_MAX, 2, 1, -1 },
		{ 510, UINT64_MAX, 1, -1 },
		{ 510, 10, 11, -1 }, /* it comes to more than there is */
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		sample_reset();
		sample_attachments[2].raw_offset = rows[i].offset;
		sample_attachments[2].raw_length = rows[i].length;
		sample_attachments[2].size = rows[i].size;
		assert_int_equal(decode_sample(), rows[i].want);
		assert_int_equal(decode_sample_of(0), -1);
	}
}

static int decoded_many(size_t n)
{
	struct facts_attachment v[FACTS_STANDING_MAX + 1];
	struct facts f = { .text = SPAN(""),
			   .reply = SPAN(""),
			   .kind_reason = SPAN(""),
			   .attachments = v,
			   .attachment_count = n };
	struct arena arena ARENA_AUTO = { 0 };
	struct buf bytes BUF_AUTO;
	struct err e;

	for (size_t i = 0; i < n; i++)
		v[i] = (struct facts_attachment){ .content_type = SPAN("a/b"),
						  .standing = FACTS_RAW,
						  .raw_offset = i };
	buf_init(&bytes, 1 << 20);
	facts_encode(&f, &bytes);
	return facts_decode(buf_span(&bytes), BODY, RAW, &arena, &f, &e);
}

/* Each is read from all of the mail. */
static void more_attachments_than_may_stand_in_the_mail_are_refused(void **state)
{
	(void)state;
	assert_int_equal(decoded_many(FACTS_STANDING_MAX), 0);
	assert_int_equal(decoded_many(FACTS_STANDING_MAX + 1), -1);
}

/* Any byte changed gives a record or an error, never text that is not UTF-8. */
static void any_changed_byte_is_harmless(void **state)
{
	struct buf bytes BUF_AUTO;

	(void)state;
	sample_reset();
	encode_sample(&bytes);
	for (size_t i = 0; i < bytes.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct arena arena ARENA_AUTO;
			struct facts f;
			struct err e;

			arena_init(&arena);
			bytes.p[i] = (char)(bytes.p[i] ^ 1 << bit);
			if (facts_decode(buf_span(&bytes), BODY, RAW, &arena, &f, &e) == 0)
				assert_true(utf8_valid(f.text) && utf8_valid(f.message_id));
			bytes.p[i] = (char)(bytes.p[i] ^ 1 << bit);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_the_tokens_of_the_contract),
		cmocka_unit_test(a_record_comes_back_as_it_went),
		cmocka_unit_test(a_cut_or_longer_record_is_refused),
		cmocka_unit_test(an_attachment_outside_the_body_is_refused),
		cmocka_unit_test(a_stretch_that_is_none_of_the_text_is_refused),
		cmocka_unit_test(stretches_out_of_order_are_refused),
		cmocka_unit_test(a_forwarded_mail_in_no_attachment_is_refused),
		cmocka_unit_test(an_attachment_outside_the_mail_is_refused),
		cmocka_unit_test(more_attachments_than_may_stand_in_the_mail_are_refused),
		cmocka_unit_test(any_changed_byte_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
