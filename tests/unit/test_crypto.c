/* SHA-256 in pieces is that of the whole, and that of the standard (FIPS 180-4, examples); base64.
 */
#include "tests/unit/unit.h"

#include "gatewayd/base/crypto.h"

enum { ROUNDS = 2000, BYTES = 5000 };

static uint32_t seed = 1;

static size_t below(size_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void the_examples_of_the_standard(void **state)
{
	static const struct {
		const char *text, *hex;
	} known[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		uint8_t digest[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE];

		sha256_of(span_of(known[i].text), digest);
		hex_encode(digest, sizeof(digest), hex);
		assert_string_equal(hex, known[i].hex);
	}
}

/* Of any length, and wherever they fall. */
static void lines_are_what_they_are_with_their_ends(void **state)
{
	static char bytes[BYTES];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		uint8_t digest[SHA256_SIZE], again[SHA256_SIZE];
		struct sha256 h, whole;

		sha256_init(&h);
		sha256_init(&whole);
		for (int line = 0; line < 40; line++) {
			struct span s = { memset(bytes, 'a' + line, BYTES),
					  below(below(8) ? 80 : 1500) };

			sha256_update_line(&h, s);
			sha256_update(&whole, s);
			sha256_update(&whole, SPAN("\n"));
		}
		sha256_final(&h, digest);
		sha256_final(&whole, again);
		assert_memory_equal(digest, again, SHA256_SIZE);
	}
}

/* Short and long ones, in any order. */
static void pieces_are_the_whole(void **state)
{
	static char bytes[BYTES];

	(void)state;
	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = (char)below(256);
	for (int round = 0; round < ROUNDS; round++) {
		struct span whole = { bytes, below(BYTES + 1) };
		uint8_t digest[SHA256_SIZE], again[SHA256_SIZE];
		struct sha256 h;

		sha256_init(&h);
		for (size_t at = 0, n; at < whole.n; at += n) {
			n = below(below(4) ? 80 : 1500);
			sha256_update(&h, span_sub(whole, at, n));
		}
		sha256_final(&h, digest);
		sha256_of(whole, again);
		assert_memory_equal(digest, again, SHA256_SIZE);
	}
}

/* The quick way and the one in constant time, each into as much room as it needs. */
static void base64_is_the_same_both_ways(void **state)
{
	static const struct {
		const char *bytes, *text;
	} examples[] = { /* RFC 4648 section 10 */
			 { "", "" },
			 { "f", "Zg==" },
			 { "fo", "Zm8=" },
			 { "foo", "Zm9v" },
			 { "foob", "Zm9vYg==" },
			 { "fooba", "Zm9vYmE=" },
			 { "foobar", "Zm9vYmFy" }
	};
	static char bytes[BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		struct buf text BUF_AUTO;

		buf_init(&text, 100);
		base64_add(span_of(examples[i].bytes), &text);
		assert_string_equal(buf_cstr(&text), examples[i].text);
	}
	for (size_t n = 0; n < BYTES; n++) {
		struct buf quick BUF_AUTO, slow BUF_AUTO, back BUF_AUTO;
		struct span s = { bytes, n };

		bytes[n] = (char)below(256);
		buf_init(&quick, base64_size(n));
		buf_init(&slow, base64_size(n) + 1);
		buf_init(&back, base64_size(n) + 1);
		base64_add(s, &quick);
		base64_add_secret(s, &slow);
		assert_true(!quick.full && span_eq(buf_span(&quick), buf_span(&slow)));
		assert_true(base64_read(buf_span(&quick), &back) && span_eq(buf_span(&back), s));
	}
}

/* Of what is taken from the kernel at once no byte is told twice. */
static void no_two_names_are_one(void **state)
{
	enum { NAMES = 500 };
	static uint8_t names[NAMES][8];

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		uint8_t other[CRYPTO_NAME_MAX];

		crypto_random_name(names[i], sizeof(names[i]));
		crypto_random_name(other, 1 + i % sizeof(other));
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(names[k], names[i], sizeof(names[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard),
		cmocka_unit_test(pieces_are_the_whole),
		cmocka_unit_test(lines_are_what_they_are_with_their_ends),
		cmocka_unit_test(base64_is_the_same_both_ways),
		cmocka_unit_test(no_two_names_are_one),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
