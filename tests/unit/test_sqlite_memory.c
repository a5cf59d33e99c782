/* Memory that SQLite asks for holds what was written, at each size and over each change of size. */
#include "tests/unit/unit.h"

#include <sqlite3.h>

#include "store/sqlite_copy.h"

enum { SIZES = 1700, STEP = 23, KEPT = 64 }; /* over the largest of the lists */

static void write_to(void *p, int n, int mark)
{
	memset(p, mark, (size_t)n);
}

static void is_written(const void *p, int n, int mark)
{
	const unsigned char *bytes = p;

	for (int i = 0; i < n; i++)
		assert_int_equal(bytes[i], mark & 0xff);
}

static void pieces_do_not_touch(void **state)
{
	void *v[SIZES] = { NULL };

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int n = 1; n < SIZES; n++) {
			v[n] = sqlite3_malloc(n);
			assert_int_equal((uintptr_t)v[n] % 8, 0);
			assert_true(sqlite3_msize(v[n]) >= (sqlite3_uint64)n);
			write_to(v[n], (int)sqlite3_msize(v[n]), n + round);
		}
		for (int n = 1; n < SIZES; n++)
			is_written(v[n], (int)sqlite3_msize(v[n]), n + round);
		for (int n = 1; n < SIZES; n++)
			sqlite3_free(v[n]);
	}
}

static void a_piece_keeps_what_fits(void **state)
{
	(void)state;
	for (int from = 1; from < SIZES; from += STEP) {
		for (int to = 1; to < SIZES; to += STEP) {
			void *p = sqlite3_malloc(from);

			write_to(p, from, from);
			p = sqlite3_realloc(p, to);
			assert_true(sqlite3_msize(p) >= (sqlite3_uint64)to);
			is_written(p, from < to ? from : to, from);
			write_to(p, to, to);
			sqlite3_free(p);
		}
	}
}

#if !defined(__SANITIZE_ADDRESS__)
static void what_is_given_back_is_given_again(void **state)
{
	void *v[KEPT], *w[KEPT];

	(void)state;
	for (int n = 8; n < 1500; n += STEP) {
		for (int i = 0; i < KEPT; i++)
			v[i] = sqlite3_malloc(n);
		for (int i = 0; i < KEPT; i++)
			sqlite3_free(v[i]);
		for (int i = KEPT; i-- > 0;) {
			w[i] = sqlite3_malloc(n);
			assert_ptr_equal(w[i], v[i]);
		}
		for (int i = 0; i < KEPT; i++)
			sqlite3_free(w[i]);
	}
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_do_not_touch),
		cmocka_unit_test(a_piece_keeps_what_fits),
#if !defined(__SANITIZE_ADDRESS__)
		cmocka_unit_test(what_is_given_back_is_given_again),
#endif
	};

	sqlite_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
