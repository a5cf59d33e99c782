/* What is packed comes back as it was, and nothing else that is said to be packed does. */
#include "tests/unit/unit.h"

#include <zstd.h>

#include "gatewayd/base/crypto.h"
#include "store/dictionary.h"
#include "store/pack.h"

enum { MAX = 700000 };

static char bytes[MAX];
static const size_t sizes[] = { 0,     1,      63,     64,     65,     1000,  4096,
				65535, 131072, 262144, 262145, 524289, 700000 };

/* Words, noise, one letter, base64. */
static char byte_of(int kind, size_t i)
{
	uint32_t noise = (uint32_t)i * 2654435761u;

	switch (kind) {
	case 0: return "the quick brown fox "[i * i % 7 + i % 13];
	case 1: return (char)((noise ^ noise >> 15) * 2246822519u >> 13);
	case 2: return 'a';
	default:
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[noise >>
											  26];
	}
}

static struct span some(int kind, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_of(kind, i);
	return (struct span){ bytes, n };
}

static bool comes_back(struct packer *p, struct span stored, struct span was)
{
	struct buf back BUF_AUTO;
	struct err e;

	buf_init(&back, MAX);
	return unpack(p, stored, was.n, &back, &e) == 0 && span_eq(buf_span(&back), was);
}

static void each_size_of_each_kind_comes_back(void **state)
{
	struct packer *p = packer_new();

	(void)state;
	for (int kind = 0; kind < 4; kind++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct span was = some(kind, sizes[i]), stored = pack(p, was);

			assert_true(comes_back(p, stored, was));
			assert_true(stored.n == was.n || stored.n <= was.n - was.n / 16);
		}
	packer_free(p);
}

static void its_pieces_are_as_many_bytes_as_were_said(void **state)
{
	struct packer *p = packer_new();

	(void)state;
	for (int kind = 0; kind < 4; kind++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct span was = some(kind, sizes[i]), piece;
			size_t n = pack_size(p, was);
			struct buf all BUF_AUTO;
			struct err e;

			buf_init(&all, MAX);
			pack_begin(p, was);
			while (n < was.n && pack_next(p, &piece, &e) > 0)
				buf_add(&all, piece);
			assert_true(n == was.n ||
				    (all.n == n && comes_back(p, buf_span(&all), was)));
		}
	packer_free(p);
}

/* Over and under what is kept of the look at its size. */
static void again_are_the_same_pieces(void **state)
{
	static char noise[3 << 20];
	struct packer *p = packer_new();

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = byte_of(i % 512 < 200 ? 1 : 0, i);
	for (size_t n = 300000; n < sizeof(noise); n += 300000) {
		struct span was = { noise, n }, piece;
		size_t size = pack_size(p, was);
		struct buf first BUF_AUTO, again BUF_AUTO;
		struct err e;

		buf_init(&first, sizeof(noise));
		buf_init(&again, sizeof(noise));
		assert_true(size < n);
		for (pack_again(p, was); pack_next(p, &piece, &e) > 0;)
			buf_add(&again, piece);
		for (pack_begin(p, was); pack_next(p, &piece, &e) > 0;)
			buf_add(&first, piece);
		assert_int_equal(again.n, size);
		assert_true(span_eq(buf_span(&first), buf_span(&again)));
		pack_again(p, was);
		assert_int_equal(pack_next(p, &piece, &e), 1);
	}
	packer_free(p);
}

/* Each byte changed, each length cut, one more behind. */
static void damaged_are_an_error_or_the_same(struct packer *p, struct span packed, struct span was)
{
	char copy[4000];
	struct err e;

	assert_true(packed.n != was.n && packed.n < sizeof(copy));
	memcpy(copy, packed.p, packed.n);
	copy[packed.n] = 0;
	for (size_t i = 0; i < packed.n; i++) {
		struct buf back BUF_AUTO;

		buf_init(&back, MAX);
		assert_false(comes_back(p, (struct span){ copy, i }, was));
		copy[i] ^= 0x10;
		if (unpack(p, (struct span){ copy, packed.n }, was.n, &back, &e) == 0)
			assert_true(span_eq(buf_span(&back), was));
		copy[i] ^= 0x10;
	}
	assert_false(comes_back(p, (struct span){ copy, packed.n + 1 }, was));
	assert_true(comes_back(p, (struct span){ copy, packed.n }, was));
}

static void what_is_damaged_is_an_error_or_the_same(void **state)
{
	struct packer *p = packer_new();
	struct span was = some(0, 3000);

	(void)state;
	damaged_are_an_error_or_the_same(p, pack(p, was), was);
	damaged_are_an_error_or_the_same(p, pack_incoming(p, was), was);
	packer_free(p);
}

/* Never in as many bytes, which have no sum. */
static void what_comes_in_has_a_frame_or_is_packed(void **state)
{
	static const size_t short_ones[] = { 64, 65, 255, 256, 1000, 4096, 8191, 8192 };
	struct packer *p = packer_new();

	(void)state;
	for (int kind = 0; kind < 4; kind++)
		for (size_t i = 0; i < sizeof(short_ones) / sizeof(*short_ones); i++) {
			struct span was = some(kind, short_ones[i]);
			struct span stored = pack_incoming(p, was);

			assert_true(stored.n != was.n && stored.n <= was.n + PACK_FRAME_MAX);
			assert_true(kind > 1 || stored.n > was.n);
			assert_true(comes_back(p, stored, was));
			stored = pack_incoming(p, some(2, 8193));
			assert_true(stored.n < 1000 && comes_back(p, stored, some(2, 8193)));
		}
	assert_int_equal(pack_incoming(p, some(0, 63)).n, 63);
	packer_free(p);
}

/* --- runs of base64 --- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Text, lines of so many characters, and so on, until n bytes are full. */
static struct span lines_of(size_t characters, const char *end, size_t n)
{
	static const char text[] = "--mix\r\nContent-Transfer-Encoding: base64\r\n\r\n";
	size_t at = 0, line = 0;

	while (at + characters + sizeof(text) + 2 < n) {
		if (line++ % 100 == 0) {
			memcpy(bytes + at, text, sizeof(text) - 1);
			at += sizeof(text) - 1;
		}
		for (size_t k = 0; k < characters; k++, at++)
			bytes[at] = letters[((uint32_t)at * 2654435761u) >> 26];
		memcpy(bytes + at, end, strlen(end));
		at += strlen(end);
	}
	return (struct span){ bytes, at };
}

static const struct {
	size_t characters;
	const char *end;
	bool is_run;
} shapes[] = {
	{ 76, "\r\n", true }, { 76, "\n", true },     { 60, "\r\n", true },
	{ 40, "\n", true },   { 64, "\r\n", true },   { 1020, "\n", true },
	{ 72, "\n", true },   { 1020, "\r\n", true }, { 1024, "\n", false },
	{ 75, "\n", false },  { 36, "\n", false },    { 76, "=\n", false },
	{ 76, "\r", false },  { 76, " \r\n", false }, { 76, "\n\r", false },
};

/* In pieces of so many bytes. */
static bool comes_back_by(struct packer *p, struct span stored, struct span was, size_t piece)
{
	struct buf back BUF_AUTO, copy BUF_AUTO;
	struct unpacking u;
	struct err e;
	int result = 0;

	buf_init(&back, MAX);
	buf_init(&copy, MAX);
	buf_add(&copy, stored);
	stored = buf_span(&copy);
	unpack_begin(&u, p, stored.n, was.n, pack_add_piece, &back);
	for (; result == 0 && stored.n; stored = span_sub(stored, piece, SIZE_MAX))
		result = unpack_piece(&u, span_sub(stored, 0, piece), &e);
	return result == 0 && unpack_end(&u, &e) == 0 && span_eq(buf_span(&back), was);
}

static void lines_of_base64_are_three_quarters_and_come_back(void **state)
{
	static const size_t pieces[] = { 1, 7, 8, 9, 4096, SIZE_MAX };
	struct packer *p = packer_new();

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		for (size_t n = 9000; n < MAX; n *= 4) {
			struct span was = lines_of(shapes[i].characters, shapes[i].end, n);
			struct span stored = pack(p, was);

			assert_int_equal(stored.p[0] == 0x5b, shapes[i].is_run);
			for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++)
				assert_true(comes_back_by(p, pack(p, was), was, pieces[k]));
			if (shapes[i].is_run)
				assert_true(stored.n < was.n * 77 / 100);
		}
	packer_free(p);
}

static void long_ones_in_pieces_come_back(void **state)
{
	struct packer *p = packer_new();

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct span was = lines_of(shapes[i].characters, shapes[i].end, MAX), piece;
		size_t n = pack_size(p, was);
		struct buf all BUF_AUTO;
		struct err e;

		buf_init(&all, MAX);
		pack_begin(p, was);
		while (n < was.n && pack_next(p, &piece, &e) > 0)
			buf_add(&all, piece);
		assert_true(n == was.n || (all.n == n && comes_back(p, buf_span(&all), was)));
	}
	packer_free(p);
}

/* Another character, at each place of a line, is no part of a run; nor is a line that is cut. */
static void each_character_at_each_place_comes_back(void **state)
{
	struct packer *p = packer_new();
	struct span was = lines_of(76, "\r\n", 12000);
	size_t from = 5000;

	(void)state;
	for (size_t at = 0; at < 78; at++)
		for (int c = 0; c < 256; c++) {
			char before = bytes[from + at];

			bytes[from + at] = (char)c;
			assert_true(comes_back(p, pack(p, was), was));
			bytes[from + at] = before;
		}
	for (; was.n > 8192; was.n -= 17)
		assert_true(comes_back(p, pack(p, was), was));
	packer_free(p);
}

static void damaged_runs_are_an_error_or_the_same(void **state)
{
	struct packer *p = packer_new();
	struct span was = lines_of(76, "\r\n", 9000);
	struct buf copy BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&copy, MAX);
	buf_add(&copy, pack(p, was));
	for (size_t i = 0; i < copy.n; i++) {
		struct buf back BUF_AUTO;

		buf_init(&back, MAX);
		assert_false(comes_back(p, span_sub(buf_span(&copy), 0, i), was));
		copy.p[i] ^= 0x10;
		if (unpack(p, buf_span(&copy), was.n, &back, &e) == 0)
			assert_true(span_eq(buf_span(&back), was));
		else
			assert_int_equal(e.class, ERR_PERM);
		copy.p[i] ^= 0x10;
	}
	assert_true(comes_back(p, buf_span(&copy), was));
	buf_addc(&copy, 0);
	assert_false(comes_back(p, buf_span(&copy), was));
	packer_free(p);
}

static void a_bomb_stops_at_the_size_that_was_said(void **state)
{
	static char zeros[16 << 20], bomb[4096];
	struct packer *p = packer_new();
	struct err e;
	size_t n = ZSTD_compress(bomb, sizeof(bomb), zeros, sizeof(zeros), 1);

	(void)state;
	for (size_t size = 0; size < MAX; size = size * 3 + 1) {
		struct buf back BUF_AUTO;

		buf_init(&back, MAX);
		assert_int_equal(unpack(p, (struct span){ bomb, n }, size, &back, &e), -1);
		assert_true(back.n <= size && e.class == ERR_PERM);
	}
	packer_free(p);
}

/* --- what goes out --- */

enum { MESSAGE = 7000 };

/* The end of the dictionary, with words of its own here and there. */
static struct span message(size_t n)
{
	const char *from = (const char *)dictionary_1 + dictionary_1_size - MESSAGE;

	for (size_t i = 0; i < n; i++)
		bytes[i] = i % MESSAGE % 300 < 20 ? byte_of(0, i) : from[i % MESSAGE];
	return (struct span){ bytes, n };
}

/* By another packer, to which nothing is known of it. */
static bool comes_back_elsewhere(struct span stored, struct span was, size_t piece)
{
	struct packer *p = packer_new();
	bool so = comes_back_by(p, stored, was, piece);

	packer_free(p);
	return so;
}

static void what_goes_out_is_a_third_of_what_else_it_would_be(void **state)
{
	struct packer *p = packer_new();
	struct span was = message(MESSAGE);
	size_t plain = pack(p, was).n, outgoing = pack_outgoing(p, was).n;

	(void)state;
	assert_true(outgoing < plain / 3);
	packer_free(p);
}

static void what_goes_out_comes_back_at_each_size(void **state)
{
	static const size_t pieces[] = { 1, 9, SIZE_MAX };
	struct packer *p = packer_new();

	(void)state;
	for (size_t n = 0; n < 40000; n = n * 5 / 4 + 1)
		for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++) {
			struct span was = message(n);

			assert_true(comes_back_elsewhere(pack_outgoing(p, was), was, pieces[k]));
			assert_true(comes_back(p, pack_outgoing(p, was), was));
			was = some((int)k, n);
			assert_true(comes_back_elsewhere(pack_outgoing(p, was), was, pieces[k]));
		}
	packer_free(p);
}

static void what_goes_out_with_files_comes_back(void **state)
{
	struct packer *p = packer_new();
	struct span was = lines_of(76, "\r\n", 20000), stored = pack_outgoing(p, was);

	(void)state;
	assert_int_equal(stored.p[0], 0x5b);
	assert_true(comes_back_elsewhere(stored, was, SIZE_MAX));
	packer_free(p);
}

static void damaged_messages_are_an_error_or_the_same(void **state)
{
	struct packer *p = packer_new(), *other = packer_new();
	struct span was = message(MESSAGE);
	struct buf copy BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&copy, MAX);
	buf_add(&copy, pack_outgoing(p, was));
	for (size_t i = 0; i < copy.n; i++) {
		struct buf back BUF_AUTO;

		buf_init(&back, MAX);
		assert_false(comes_back(other, span_sub(buf_span(&copy), 0, i), was));
		copy.p[i] ^= 0x10;
		if (unpack(other, buf_span(&copy), was.n, &back, &e) == 0)
			assert_true(span_eq(buf_span(&back), was));
		else
			assert_int_equal(e.class, ERR_PERM);
		copy.p[i] ^= 0x10;
	}
	assert_true(comes_back(other, buf_span(&copy), was));
	packer_free(p);
	packer_free(other);
}

/* A store of a later program.  The id is the byte behind the magic number and what is in it. */
static void another_dictionary_is_asked_for(void **state)
{
	struct packer *p = packer_new(), *other = packer_new();
	struct span was = message(MESSAGE);
	struct buf copy BUF_AUTO, back BUF_AUTO;
	struct err e;

	(void)state;
	buf_init(&copy, MAX);
	buf_init(&back, MAX);
	buf_add(&copy, pack_outgoing(p, was));
	assert_int_equal(ZSTD_getDictID_fromFrame(copy.p, copy.n), 1);
	copy.p[5] = 2;
	assert_int_equal(ZSTD_getDictID_fromFrame(copy.p, copy.n), 2);
	assert_int_equal(unpack(other, buf_span(&copy), was.n, &back, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_string_equal(
	    e.text, "does not unpack: it needs a dictionary that this program does not have");
	packer_free(p);
	packer_free(other);
}

/* What stores have is read by it: it is never another one. */
static void the_first_dictionary_is_as_it_was(void **state)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_SIZE * 2 + 1];

	(void)state;
	sha256_of((struct span){ (const char *)dictionary_1, dictionary_1_size }, digest);
	hex_encode(digest, sizeof(digest), hex);
	assert_string_equal(hex,
			    "8366cff5a4909b934a78893cc9e4d952eb560737e299694306a3107fdbe12e60");
}

static void what_was_kept_by_it_is_read(void **state)
{
	static const uint8_t stored[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x21, 0x01, 0x8d, 0x15, 0x01,
					  0x00, 0x48, 0x74, 0x65, 0x78, 0x74, 0x22, 0x3e, 0x35,
					  0x0d, 0x0a, 0x07, 0xfc, 0x20, 0x4c, 0xbb, 0x30, 0xa4,
					  0xe1, 0xf0, 0xe8, 0x81, 0x42, 0xfa, 0x94, 0x2f, 0x2f,
					  0x51, 0xc7, 0x68, 0x42, 0x0b, 0x36, 0x6f, 0x03 };
	struct span was =
	    SPAN("<p class=3D\"g-text\">Thank you for your mail. We have opened case #5 "
		 "for it.</p>\r\nOne of our support staff will answer you before that time.\r\n");

	(void)state;
	assert_true(comes_back_elsewhere((struct span){ (const char *)stored, sizeof(stored) }, was,
					 SIZE_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_size_of_each_kind_comes_back),
		cmocka_unit_test(its_pieces_are_as_many_bytes_as_were_said),
		cmocka_unit_test(again_are_the_same_pieces),
		cmocka_unit_test(what_is_damaged_is_an_error_or_the_same),
		cmocka_unit_test(what_comes_in_has_a_frame_or_is_packed),
		cmocka_unit_test(lines_of_base64_are_three_quarters_and_come_back),
		cmocka_unit_test(long_ones_in_pieces_come_back),
		cmocka_unit_test(each_character_at_each_place_comes_back),
		cmocka_unit_test(damaged_runs_are_an_error_or_the_same),
		cmocka_unit_test(a_bomb_stops_at_the_size_that_was_said),
		cmocka_unit_test(what_goes_out_is_a_third_of_what_else_it_would_be),
		cmocka_unit_test(what_goes_out_comes_back_at_each_size),
		cmocka_unit_test(what_goes_out_with_files_comes_back),
		cmocka_unit_test(damaged_messages_are_an_error_or_the_same),
		cmocka_unit_test(another_dictionary_is_asked_for),
		cmocka_unit_test(the_first_dictionary_is_as_it_was),
		cmocka_unit_test(what_was_kept_by_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
