#include "tests/unit/unit.h"

#include "gatewayd/base/arena.h"
#include "gatewayd/base/mem.h"

enum { MANY = 1000 };

/* Every place that is promised is written, so that a sanitizer or the count sees one too few. */
static void an_array_in_an_arena_grows_and_keeps_what_it_has(void **state)
{
	struct arena a ARENA_AUTO;
	int64_t *v = NULL;

	(void)state;
	arena_init(&a);
	for (size_t n = 0; n < MANY; n++) {
		int64_t *before = v;

		ARENA_GROW(&a, v, n);
		if (n % 8 != 0)
			assert_ptr_equal(v, before);
		assert_int_equal(v[n], 0);
		(void)arena_dup(&a, SPAN("what comes behind it"));
		v[n] = (int64_t)n + 1;
	}
	for (size_t n = 0; n < MANY; n++)
		assert_int_equal(v[n], n + 1);
	assert_true(a.used < 2 * MANY * (sizeof(*v) + 21) + 4096); /* twice, not squared */
}

static void an_array_on_the_heap_grows_and_keeps_what_it_has(void **state)
{
	uint32_t *v = NULL;
	size_t cap = 0;

	(void)state;
	for (size_t n = 0; n < MANY; n++) {
		MEM_GROW(v, n, &cap);
		assert_true(n < cap);
		v[n] = (uint32_t)n;
	}
	for (size_t n = 0; n < MANY; n++)
		assert_int_equal(v[n], n);
	mem_free(&v);
	assert_null(v);
}

static void a_copied_span_ends_in_a_nul(void **state)
{
	static const struct span spans[] = { { NULL, 0 }, SPAN_LITERAL(""), SPAN_LITERAL("a\0b") };

	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		char *copy MEM_AUTO = mem_dup_span(spans[i]);

		assert_true(span_eq((struct span){ copy, spans[i].n }, spans[i]));
		assert_int_equal(copy[spans[i].n], '\0');
	}
}

/* Also where others had it before. */
static void memory_is_zeroed(void **state)
{
	(void)state;
	for (size_t n = 0; n < 1200; n++) {
		unsigned char *p = mem_alloc(n ? n : 1);

		memset(p, 'x', n);
		mem_free(&p);
		p = mem_alloc_n(n, 1);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		mem_free(&p);
	}
}

static void pieces_are_joined(void **state)
{
	struct arena a ARENA_AUTO = { 0 };
	struct span s = ARENA_JOIN(&a, SPAN("a"), SPAN_NONE, SPAN(""), SPAN("bc\0d"));

	(void)state;
	assert_int_equal(s.n, 5);
	assert_memory_equal(s.p, "abc\0d", 6);
	assert_string_equal(ARENA_JOIN(&a, SPAN_NONE).p, "");
	assert_string_equal(arena_decimal(&a, 0).p, "0");
	assert_string_equal(arena_decimal(&a, -17).p, "-17");
	assert_string_equal(arena_decimal(&a, INT64_MIN).p, "-9223372036854775808");
	assert_string_equal(arena_decimal(&a, INT64_MAX).p, "9223372036854775807");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed),
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(an_array_in_an_arena_grows_and_keeps_what_it_has),
		cmocka_unit_test(an_array_on_the_heap_grows_and_keeps_what_it_has),
		cmocka_unit_test(a_copied_span_ends_in_a_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
