/* Memory for a library that copies secrets: pieces of all sizes, in locked pages, wiped after use.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/locked.h"

enum { PIECES = 300, ROUNDS = 4000, THREADS = 4 };

struct piece {
	unsigned char *p;
	size_t n;
};

static void fill(struct piece *one, unsigned char with)
{
	memset(one->p, with, one->n);
}

static void check(const struct piece *one, size_t n, unsigned char with)
{
	for (size_t i = 0; i < n; i++)
		if (one->p[i] != with)
			abort();
}

/* Each piece is filled with a byte of its own, and nobody else's byte comes into it. */
static void *churn(void *seed)
{
	struct piece v[PIECES] = { { NULL, 0 } };
	unsigned int state = (unsigned int)(uintptr_t)seed;

	for (int i = 0; i < ROUNDS; i++) {
		size_t at = (size_t)rand_r(&state) % PIECES, before = v[at].n;
		size_t n = 1 + (size_t)rand_r(&state) % (2 * LOCKED_BYTES_MAX);

		if (v[at].p)
			check(&v[at], before, (unsigned char)at);
		v[at].p = locked_realloc(v[at].p, n);
		v[at].n = n;
		check(&v[at], before < n ? before : n, (unsigned char)at);
		fill(&v[at], (unsigned char)at);
		if (i % 3)
			continue;
		locked_free(v[at].p);
		v[at] = (struct piece){ NULL, 0 };
	}
	for (size_t i = 0; i < PIECES; i++)
		locked_free(v[i].p);
	return NULL;
}

static void pieces_stay_apart(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void what_is_given_back_is_wiped(void **state)
{
	char *p = locked_strdup("a password that is long enough to be seen");
	char *again;

	(void)state;
	assert_string_equal(p, "a password that is long enough to be seen");
	locked_free(p);
	again = locked_malloc(60); /* of the same size, so the same piece */
	assert_ptr_equal(again, p);
	for (size_t i = sizeof(void *); i < 60; i++)
		assert_int_equal(again[i], 0);
	locked_free(again);
}

static void odd_sizes_are_allowed(void **state)
{
	char *p = locked_malloc(0), *zeroed = locked_calloc(7, 9);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 63; i++)
		assert_int_equal(zeroed[i], 0);
	assert_null(locked_calloc(SIZE_MAX, 2));
	locked_free(p);
	locked_free(zeroed);
	locked_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_stay_apart),
		cmocka_unit_test(what_is_given_back_is_wiped),
		cmocka_unit_test(odd_sizes_are_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
