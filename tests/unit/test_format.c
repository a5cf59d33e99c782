/* format() beside snprintf(): the same bytes and the same number, however much room there is. */
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "gatewayd/base/format.h"

enum { ROOM = 256 };

/* At each size from none to more than enough, and with a byte behind it that stays. */
#define SAME(...)                                                              \
	do {                                                                   \
		char ours[ROOM + 1], theirs[ROOM + 1];                         \
                                                                               \
		for (size_t size = 0; size <= ROOM; size++) {                  \
			memset(ours, 'x', sizeof(ours));                       \
			memset(theirs, 'x', sizeof(theirs));                   \
			assert_int_equal(format(ours, size, __VA_ARGS__),      \
					 snprintf(theirs, size, __VA_ARGS__)); \
			assert_memory_equal(ours, theirs, sizeof(ours));       \
		}                                                              \
	} while (0)

static void texts_are_the_same(void **state)
{
	(void)state;
	SAME("%s", "");
	SAME("plain text only, of some length");
	SAME("a%sb%sc", "one", "");
	SAME("%.*s|%.*s|", 3, "abcdef", 0, "abc");
	SAME("%.*s|", 6, "ab\0def");
	SAME("%.*s|", 9, "abc");
	SAME("%.*s|", -1, "abc");
	SAME("100%% %c%c", 'a', '\0');
	SAME("%s=%.*s; %c", "key", 5, "value", ';');
}

static void numbers_are_the_same(void **state)
{
	(void)state;
	SAME("%d %d %d", 0, INT_MIN, INT_MAX);
	SAME("%u %u", 0U, UINT_MAX);
	SAME("%ld %ld", LONG_MIN, LONG_MAX);
	SAME("%lld %lld", LLONG_MIN, LLONG_MAX);
	SAME("%lu %llu", ULONG_MAX, ULLONG_MAX);
	SAME("%zu %zu", (size_t)0, SIZE_MAX);
	SAME("%" PRIi64 " %" PRIu64, INT64_MIN, UINT64_MAX);
	SAME("%04d-%02d-%02dT%02d:%02d:%02dZ", 2026, 11, 9, 0, 5, 59);
	SAME("%02d %02d %04d %03d %09d", 123, -1, -12, -1234, -7);
	SAME("%02u %08u %05lu %04zu", 7U, UINT_MAX, 12UL, (size_t)3);
}

static void what_it_does_not_know_is_the_same(void **state)
{
	(void)state;
	SAME("%5d|%-5d|%+d|%x|%02X", 7, 7, 7, 255U, 10U);
	SAME("%d %5s %s", 1, "a", "b");
	SAME("%.3s %.2f %5.1f", "abcdef", 1.25, 2.0);
	SAME("%zd %hd %hhu %p", (ssize_t)-1, (short)3, (unsigned char)200, (void *)NULL);
	SAME("%s and %*d", "first", 4, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_the_same),
		cmocka_unit_test(numbers_are_the_same),
		cmocka_unit_test(what_it_does_not_know_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
