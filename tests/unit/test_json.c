/* An object that is written by hand is the one that jansson writes. */
#include "tests/unit/unit.h"

#include "gatewayd/base/json.h"

enum { ROUNDS = 20000, LONGEST = 40 };

static uint32_t seed = 1;

static size_t below(size_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* Letters, what has an escape, what is no UTF-8, and each byte there is. */
static struct span a_text(char *to)
{
	static const char *const pieces[] = { "a",	     "word", "\"",	 "\\",
					      "/",	     "\n",   "\x01",	 "\x7f",
					      "\t\b",	     "\f\r", "\xc3\xa4", "\xf0\x9f\x98\x80",
					      "\xe2\x80\xa8" };
	size_t n = 0, kind = below(8);

	if (kind == 0)
		return SPAN_NONE;
	while (n + 8 < LONGEST && below(8)) {
		const char *piece = pieces[below(sizeof(pieces) / sizeof(*pieces))];

		if (kind == 1 && !below(8)) {
			to[n++] = (char)below(256);
			continue;
		}
		memcpy(to + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return (struct span){ to, n };
}

static int64_t a_number(void)
{
	static const int64_t ends[] = { 0, -1, INT64_MAX, INT64_MIN };

	return below(2) ? ends[below(4)] : (int64_t)below(1 << 20) - (1 << 19);
}

static void it_is_what_jansson_writes(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		json_t *j JSON_AUTO = json_object();
		struct buf by_hand BUF_AUTO, out BUF_AUTO;
		struct json_flat f = json_flat_begin(&by_hand);

		buf_init(&by_hand, SIZE_MAX);
		buf_init(&out, SIZE_MAX);
		for (size_t i = 0, n = below(6); i < n; i++) {
			char name[32], room[LONGEST];
			struct span s = a_text(room);
			int64_t v = a_number();

			snprintf(name, sizeof(name), "name%zu", i);
			switch (below(3)) {
			case 0:
				json_flat_span(&f, name, s);
				json_object_set_new(j, name, json_of_span(s));
				break;
			case 1:
				json_flat_int(&f, name, v);
				json_object_set_new(j, name, json_integer(v));
				break;
			default:
				json_flat_bool(&f, name, v > 0);
				json_object_set_new(j, name, json_boolean(v > 0));
			}
		}
		json_flat_end(&f);
		json_write(j, true, &out);
		if (!span_eq(buf_span(&by_hand), buf_span(&out)))
			fail_msg("%s instead of %s", buf_cstr(&by_hand), buf_cstr(&out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_jansson_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
