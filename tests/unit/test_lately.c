/* What was packed lately is known by its packed bytes, all of them; the oldest go first. */
#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"
#include "store/lately.h"
#include "store/pack.h"

enum { PACKED = 700, BYTES = 5300, ROWS = 2000, KNOWN_MIN = 340 };

static char packed[PACKED], bytes[BYTES];

/* Alike for long stretches, as mails of one template are. */
static struct span packed_of(int row)
{
	memset(packed, 'p', sizeof(packed));
	memcpy(packed + 320, &row, sizeof(row));
	return (struct span){ packed, sizeof(packed) };
}

static struct span bytes_of(int row)
{
	memset(bytes, row, sizeof(bytes));
	memcpy(bytes, &row, sizeof(row));
	return (struct span){ bytes, sizeof(bytes) };
}

static bool is_known(const struct lately *l, int row)
{
	struct span found;

	if (!lately_find(l, packed_of(row), BYTES, &found))
		return false;
	assert_true(span_eq(found, bytes_of(row)));
	return true;
}

static void nothing_is_known_before(void **state)
{
	struct lately l = { 0 };

	(void)state;
	assert_false(is_known(&l, 0));
	lately_release(&l);
}

static void the_last_are_known_and_each_as_it_was(void **state)
{
	struct lately l = { 0 };
	int known = 0;

	(void)state;
	for (int row = 0; row < ROWS; row++) {
		lately_put(&l, packed_of(row), bytes_of(row));
		assert_true(is_known(&l, row));
	}
	for (int row = 0; row < ROWS; row++)
		known += is_known(&l, row);
	assert_in_range(known, KNOWN_MIN, 2 * MIB / (PACKED + BYTES));
	assert_false(is_known(&l, 0));
	lately_release(&l);
}

static void another_byte_or_size_is_not_known(void **state)
{
	struct lately l = { 0 };
	struct span found;

	(void)state;
	lately_put(&l, packed_of(1), bytes_of(1));
	for (size_t i = 0; i < PACKED; i++) {
		struct span other = packed_of(1);

		packed[i] ^= 1;
		assert_false(lately_find(&l, other, BYTES, &found));
		assert_false(lately_find(&l, span_sub(packed_of(1), 0, i), BYTES, &found));
	}
	assert_false(lately_find(&l, packed_of(1), BYTES - 1, &found));
	assert_true(is_known(&l, 1));
	lately_release(&l);
}

static void what_is_long_is_left_out(void **state)
{
	static char many[3 * MIB];
	struct lately l = { 0 };
	struct span found, longest = { many, sizeof(many) };

	(void)state;
	lately_put(&l, packed_of(1), longest);
	lately_put(&l, longest, bytes_of(1));
	assert_false(lately_find(&l, packed_of(1), longest.n, &found));
	assert_false(lately_find(&l, longest, BYTES, &found));
	lately_release(&l);
}

/* --- as the store has it --- */

static struct span words(size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = "the quick brown fox "[i * i % 7 + i % 13];
	return (struct span){ bytes, n };
}

static void it_unpacks_to_the_same_and_nothing_else_does(void **state)
{
	struct packer *p = packer_new();
	char stored[BYTES];

	(void)state;
	for (size_t n = 0; n < BYTES; n += 53) {
		struct span was = words(n), now = pack_for_soon(p, was);
		struct buf back BUF_AUTO, other BUF_AUTO;
		struct err e;

		buf_init(&back, BYTES);
		buf_init(&other, BYTES);
		memcpy(stored, now.p, now.n);
		now.p = stored;
		assert_int_equal(unpack(p, now, n, &back, &e), 0);
		assert_true(span_eq(buf_span(&back), was));
		if (now.n == n)
			continue;
		assert_int_equal(unpack(p, now, n + 1, &other, &e), -1);
		assert_int_equal(unpack(p, span_sub(now, 0, now.n - 1), n, &other, &e), -1);
	}
	packer_free(p);
}

/* Whole, and then one more piece. */
static void more_behind_it_is_an_error(void **state)
{
	struct packer *p = packer_new();
	struct span was = words(3000), now = pack_for_soon(p, was);
	struct buf back BUF_AUTO;
	struct unpacking u;
	struct err e;

	(void)state;
	buf_init(&back, BYTES);
	unpack_begin(&u, p, now.n, was.n, pack_add_piece, &back);
	assert_int_equal(unpack_piece(&u, now, &e), 0);
	assert_int_equal(unpack_end(&u, &e), 0);
	assert_int_equal(unpack_piece(&u, now, &e), -1);
	packer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_before),
		cmocka_unit_test(the_last_are_known_and_each_as_it_was),
		cmocka_unit_test(another_byte_or_size_is_not_known),
		cmocka_unit_test(what_is_long_is_left_out),
		cmocka_unit_test(it_unpacks_to_the_same_and_nothing_else_does),
		cmocka_unit_test(more_behind_it_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
