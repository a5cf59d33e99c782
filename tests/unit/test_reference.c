/* References of other ticket systems in subjects. */
#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/mail/reference.h"

static const struct {
	const char *subject, *found; /* "A B": two; "": none */
} subjects[] = {
	{ "[ABC-1234] Slow", "ABC-1234" },
	{ "Re: [GLX-20771] Cache", "GLX-20771" },
	{ "[INC0012345] Edge hosts", "INC0012345" },
	{ "[Ticket#2026030110000123] Slow", "2026030110000123" },
	{ "[example.com #4711] Slow", "EXAMPLE.COM #4711" },
	{ "[##4711##] Slow", "##4711##" },
	{ "Ticket 4711: slow", "4711" },
	{ "Ticket #4711 slow", "4711" },
	{ "Ticket#4711", "4711" },
	{ "Ticket no. 4711", "4711" },
	{ "Ticket-ID: 4711", "4711" },
	{ "Ticket-Nr. 4711", "4711" },
	{ "(Ticket 4711) slow", "4711" },
	{ "Case #4711 - slow", "4711" },
	{ "Case 00012345: slow", "00012345" },
	{ "Slow (Case #47)", "47" },
	{ "Ref: ABC-123", "ABC-123" },
	{ "Our ref. AB/4711/26, slow", "AB/4711/26" },
	{ "Reference number: 4711", "4711" },
	{ "Unser Zeichen: ab-47119", "AB-47119" },
	{ "Vorgang 4711", "4711" },
	{ "Störung 4711 in Köln", "4711" },
	{ "Dossier n° 4711", "4711" },
	{ "Caso 4711", "4711" },
	{ "[JIRA] (ABC-12) Slow since noon", "ABC-12" },
	{ "[JIRA] Ann mentioned you on ABC-12 (Jira)", "ABC-12" },
	{ "[Jira] (OPS2-7) Slow", "OPS2-7" },
	{ "INC0012345 comment added", "INC0012345" },
	{ "Slow, SR-123456", "SR-123456" },
	{ "Ticket 4711 and ticket 4712", "4711 4712" },
	/* What is none. */
	{ "", "" },
	{ "[Case #41] slow", "" },
	{ "Re: [Case #4711] Re: slow", "" },
	{ "Case 41", "" },
	{ "[URGENT] slow", "" },
	{ "[2026] plans", "" },
	{ "Request 2026 budget", "" },
	{ "Request of 2026-03-02", "" },
	{ "Ref: 02.03.2026", "" },
	{ "Invoice 4711 is wrong", "" },
	{ "Order 4711", "" },
	{ "Ticket for 4711 users", "" },
	{ "UTF-8 and HTTP-2", "" },
	{ "(ABC-12) is a zone", "" },
	{ "AS396982 withdraws its prefix", "" },
	{ "CVE-2024-123456", "" },
	{ "KB5034441 does not install", "" },
	{ "Error 500 since 10:30", "" },
};

static void references_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
		struct arena a ARENA_AUTO;
		struct span v[REFERENCES_MAX];
		struct buf all BUF_AUTO;
		size_t n;

		arena_init(&a);
		buf_init(&all, 1000);
		n = reference_find(span_of(subjects[i].subject), false, &a, v);
		for (size_t k = 0; k < n; k++)
			buf_addf(&all, "%s" SPAN_FMT, k ? " " : "", SPAN_ARG(v[k]));
		if (!span_is(buf_span(&all), subjects[i].found))
			fail_msg("%s: \"%s\"", subjects[i].subject, buf_cstr(&all));
	}
}

/* What stands in the subject behind them is no concern of theirs, and no length is too much. */
static void there_are_few_and_short_ones(void **state)
{
	struct arena a ARENA_AUTO;
	struct span v[REFERENCES_MAX];
	struct buf subject BUF_AUTO;

	(void)state;
	arena_init(&a);
	buf_init(&subject, 100000);
	for (int i = 0; i < 9; i++)
		buf_addf(&subject, "Ticket 471%d, ", i);
	assert_int_equal(reference_find(buf_span(&subject), false, &a, v), REFERENCES_MAX);
	for (size_t n = REFERENCE_MAX - 1; n <= REFERENCE_MAX + 1; n++) {
		buf_clear(&subject);
		buf_adds(&subject, "Ticket ");
		for (size_t i = 0; i < n; i++)
			buf_addc(&subject, '7');
		assert_int_equal(reference_find(buf_span(&subject), false, &a, v),
				 n <= REFERENCE_MAX);
	}
}

/* One that was seen before is known wherever it stands. */
static void a_known_one_needs_no_word_before_it(void **state)
{
	static const char *const rows[] = { "Re: ABC-123: more", "(ABC-123) again", "Slow, ABC-123",
					    "[abc] ABC-123" };
	struct span v[REFERENCES_MAX];
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(reference_find(span_of(rows[i]), false, &a, v), 0);
		assert_int_equal(reference_find(span_of(rows[i]), true, &a, v), 1);
		assert_true(span_is(v[0], "ABC-123"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_found),
		cmocka_unit_test(a_known_one_needs_no_word_before_it),
		cmocka_unit_test(there_are_few_and_short_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
