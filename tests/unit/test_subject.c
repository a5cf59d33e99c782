#include "tests/unit/unit.h"

#include "gatewayd/identity/subject.h"

struct row {
	const char *subject, *bare;
	int64_t number; /* 0: no tag */
};

static const struct row rows[] = {
	{ "Printer on fire", "Printer on fire", 0 },
	{ "Re: [Case #12] Printer on fire", "Printer on fire", 12 },
	{ "[Case #12] Re: AW: [case #13]  Fwd: Printer", "Printer", 12 },
	{ "Printer [Case #12] on fire", "Printer on fire", 12 },
	{ "RE:RE:Re : x", "Re : x", 0 },
	{ "\xe5\x9b\x9e\xe5\xa4\x8d\xef\xbc\x9a x", "x", 0 },
	{ "Regarding: x", "Regarding: x", 0 },
	{ "x Re: y", "x Re: y", 0 },
	{ "[Case #0] x", "x", 0 },
	{ "[Case #] x", "[Case #] x", 0 },
	{ "[Case #12", "[Case #12", 0 },
	{ "[Case #-1] x", "[Case #-1] x", 0 },
	{ "[Case #1234567890123456789] x", "[Case #1234567890123456789] x", 0 },
	{ "[Case #123456789012345678]", "", 123456789012345678 },
	{ "[[Case #5]]", "[]", 5 },
	{ "Re:", "", 0 },
	{ "", "", 0 },
};

static void tags_are_found_and_taken_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf bare BUF_AUTO;
		int64_t number = 0;
		bool found = subject_tag_find(span_of(rows[i].subject), &number);

		buf_init(&bare, 1024);
		subject_bare(span_of(rows[i].subject), &bare);
		if (found != (rows[i].number != 0) || number != rows[i].number ||
		    strcmp(buf_cstr(&bare), rows[i].bare) != 0)
			fail_msg("%s: %lld \"%s\"", rows[i].subject, (long long)number,
				 buf_cstr(&bare));
	}
}

static void a_tag_is_put_on_once(void **state)
{
	struct buf out BUF_AUTO;

	(void)state;
	buf_init(&out, 1024);
	subject_tagged(SPAN("Re: [Case #12] Re: x"), 12, true, &out);
	assert_string_equal(buf_cstr(&out), "Re: [Case #12] x");
	buf_clear(&out);
	subject_tagged(SPAN("x"), 13, false, &out);
	assert_string_equal(buf_cstr(&out), "[Case #13] x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_found_and_taken_out),
		cmocka_unit_test(a_tag_is_put_on_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
