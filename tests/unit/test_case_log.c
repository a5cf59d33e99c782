/* What is written into the log of a case can be read again, or is not written. */
#include "tests/store/fixture.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_log.h"

static int remember(struct desk *d, int64_t number, struct span words, struct err *e)
{
	struct case_event ev = { .type = CASE_REMINDER,
				 .at = NOW,
				 .actor = case_actor(CASE_BY_OPERATOR),
				 .reason = words };

	return case_log_add(d, number, &ev, e);
}

/* Of n bytes in the store, all of them words but for what is around those. */
static struct span words_of(struct arena *a, size_t n)
{
	char *p = arena_alloc(a, n);

	n -= SPAN("{\"reason\":\"\"}").n;
	memset(p, 'x', n);
	return (struct span){ p, n };
}

static void an_event_is_written_whole_or_not_at_all(void **state)
{
	static const struct conf no_hooks = { 0 };
	struct fixture *f = *state;
	struct desk d = { .conf = &no_hooks, .store = f->s, .arena = &f->a, .now = NOW };
	struct store_case c = a_case();
	struct case_event *v;
	int64_t number;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	for (size_t i = CASE_EVENT_BYTES_MAX - 1; i <= CASE_EVENT_BYTES_MAX; i++)
		OK(f, remember(&d, number, words_of(&f->a, i), &f->e));
	REFUSED(f, ERR_PERM,
		remember(&d, number, words_of(&f->a, CASE_EVENT_BYTES_MAX + 1), &f->e));
	commit(f);
	OK(f, case_log_read(&d, number, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(span_eq(v[1].reason, words_of(&f->a, CASE_EVENT_BYTES_MAX)));
}

/* As it is written, with what has to be escaped, in another order, and what is no event. */
static void an_event_is_read_however_it_stands_there(void **state)
{
	static const struct conf no_hooks = { 0 };
	static const struct {
		const char *data;
		int64_t severity;
		const char *queue, *reason;
	} rows[] = {
		{ "{\"severity\":2,\"queue\":\"sales\",\"reason\":\"a word\"}", 2, "sales",
		  "a word" },
		{ "{\"severity\":2,\"queue\":\"sales\",\"reason\":\"a\\nword\"}", 2, "sales",
		  "a\nword" },
		{ "{\"reason\":\"a\",\"queue\":\"sales\",\"severity\":2}", 2, "sales", "a" },
		{ "{ \"severity\": 2, \"later\": 7 }", 2, "", "" },
		{ "{\"severity\":2,\"later\":[1],\"queue\":\"q\"}", 2, "q", "" },
		{ "{\"severity\":\"2\",\"queue\":4,\"reason\":\"a\"}", 0, "", "a" },
		{ "{\"severity\":-2,\"queue\":null}", -2, "", "" },
		{ "{}", 0, "", "" },
	};
	enum { COUNT = sizeof(rows) / sizeof(*rows) };
	struct fixture *f = *state;
	struct desk d = { .conf = &no_hooks, .store = f->s, .arena = &f->a, .now = NOW };
	struct store_case c = a_case();
	struct store_event row = { .at = NOW, .type = SPAN("severity"), .actor = SPAN("operator") };
	struct case_event *v;
	size_t n;

	begin(f);
	row.case_number = open_case(f, &c);
	for (size_t i = 0; i < COUNT; i++) {
		row.data = span_of(rows[i].data);
		OK(f, store_event_add(f->s, &row, &f->e));
	}
	commit(f);
	OK(f, case_log_read(&d, row.case_number, &v, &n, &f->e));
	assert_int_equal(n, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(v[i].severity, rows[i].severity);
		assert_true(span_is(v[i].queue, rows[i].queue));
		assert_true(span_is(v[i].reason, rows[i].reason));
		assert_true(v[i].owner.p && !v[i].owner.n);
	}
}

static void an_event_with_a_name_twice_is_not_readable(void **state)
{
	static const struct conf no_hooks = { 0 };
	static const char *const twice[] = { "{\"severity\":1,\"severity\":2}",
					     "{\"queue\":\"a\",\"queue\":\"b\"}" };
	struct fixture *f = *state;
	struct desk d = { .conf = &no_hooks, .store = f->s, .arena = &f->a, .now = NOW };
	struct store_event row = { .at = NOW, .type = SPAN("severity"), .actor = SPAN("operator") };
	struct case_event *v;
	size_t n;

	for (size_t i = 0; i < sizeof(twice) / sizeof(*twice); i++) {
		struct store_case c = a_case();

		begin(f);
		row.case_number = open_case(f, &c);
		row.data = span_of(twice[i]);
		OK(f, store_event_add(f->s, &row, &f->e));
		commit(f);
		REFUSED(f, ERR_PERM, case_log_read(&d, row.case_number, &v, &n, &f->e));
	}
}

/* A page that has room for a part of it shows that. */
static void its_text_is_cut_between_characters(void **state)
{
	struct case_event ev = { .type = CASE_RESPONSE,
				 .phone =
				     SPAN("Z\xc3\xbcrich, 5 \xe2\x82\xac, \xf0\x9f\x98\x80!") };
	struct buf whole BUF_AUTO;

	(void)state;
	buf_init(&whole, SIZE_MAX);
	case_event_text(&ev, &whole);
	for (size_t max = 0; max <= whole.n; max++) {
		struct buf part BUF_AUTO;

		buf_init(&part, max);
		case_event_text(&ev, &part);
		assert_true(utf8_valid(buf_span(&part)));
		assert_true(part.n <= max && part.n + 4 > max);
		assert_true(span_starts(buf_span(&whole), buf_span(&part)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_event_is_written_whole_or_not_at_all),
		STORE_TEST(an_event_is_read_however_it_stands_there),
		STORE_TEST(an_event_with_a_name_twice_is_not_readable),
		cmocka_unit_test(its_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
