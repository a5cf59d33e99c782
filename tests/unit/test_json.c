/* An object that is written or read by hand is the one that jansson writes or reads. */
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

/* All values of it, if json_flat_next() takes them: each as jansson has it. */
static bool reads_all(struct span text)
{
	struct json_flat_in in = json_flat_in(text);
	struct json_flat_value v;
	json_t *j JSON_AUTO = NULL;
	struct err e;
	size_t n = 0;

	while (json_flat_next(&in, &v))
		n++;
	if (!n || !span_is(in.rest, "}"))
		return false;
	if (json_read(text, &j, &e) < 0) { /* it does not look for names that are there twice */
		assert_non_null(strstr(e.text, "duplicate"));
		return false;
	}
	assert_int_equal(json_object_size(j), n);
	for (in = json_flat_in(text); json_flat_next(&in, &v);) {
		const json_t *is = json_object_getn(j, v.name.p, v.name.n);

		assert_true(v.is_text ? json_is_string(is) : json_is_integer(is));
		if (v.is_text)
			assert_true(span_eq(v.text, (struct span){ json_string_value(is),
								   json_string_length(is) }));
		else
			assert_int_equal(v.number, json_integer_value(is));
	}
	return true;
}

static void put_flat(struct buf *out)
{
	struct json_flat f = json_flat_begin(out);

	for (size_t i = 0, n = 1 + below(4); i < n; i++) {
		char name[32], room[LONGEST];

		snprintf(name, sizeof(name), "name%zu", i);
		if (below(2))
			json_flat_span(&f, name, a_text(room));
		else
			json_flat_int(&f, name, below(3) ? a_number() : 0);
	}
	json_flat_end(&f);
}

/* Texts that were written, and with a byte changed, left out or added. */
static void it_is_what_jansson_reads(void **state)
{
	static const char bytes[] = "{}[]\",:-+.0123456789eE \n\\u\x80\xc3n";
	size_t read = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct buf whole BUF_AUTO, changed BUF_AUTO;
		size_t at, kind = below(4);
		char byte = bytes[below(sizeof(bytes) - 1)];
		struct span s;

		buf_init(&whole, SIZE_MAX);
		buf_init(&changed, SIZE_MAX);
		put_flat(&whole);
		s = buf_span(&whole);
		at = below(s.n);
		buf_add(&changed, span_sub(s, 0, at));
		if (kind & 1)
			buf_addc(&changed, byte);
		buf_add(&changed, span_sub(s, at + (kind & 1 ? below(2) : kind / 2), SIZE_MAX));
		read += reads_all(kind ? buf_span(&changed) : s);
	}
	assert_true(read > ROUNDS / 10);
}

static void what_is_written_plainly_is_read(void **state)
{
	(void)state;
	assert_true(reads_all(SPAN("{\"severity\":2,\"queue\":\"support\"}")));
	assert_true(reads_all(SPAN("{\"owner\":\"\",\"note\":0,\"due\":1795426800}")));
	assert_false(reads_all(SPAN("{}")));
	assert_false(reads_all(SPAN("")));
	assert_false(reads_all(SPAN("{\"a\":1")));
	assert_false(reads_all(SPAN("{\"a\":1}x")));
	assert_false(reads_all(SPAN("{\"a\":01}")));
	assert_false(reads_all(SPAN("{\"a\":\"\\n\"}")));
	assert_false(reads_all(SPAN("{\"a\":99999999999999999999}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_jansson_writes),
		cmocka_unit_test(it_is_what_jansson_reads),
		cmocka_unit_test(what_is_written_plainly_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
