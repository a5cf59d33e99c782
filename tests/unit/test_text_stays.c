/* What is kept of texts, or compared with what was: read many bytes at once, it stays what it was.
 * The sums are those of a program that read byte by byte. */
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/mail_identity.h"
#include "gatewayd/mail/storm.h"
#include "gatewayd/mail/twin.h"

enum { TEXTS = 1000, PIECES_MAX = 60, TEXT_MAX = 4096 };

static const char *const pieces[] = {
	" ",
	" ",
	"  ",
	"\n",
	"\n\n",
	"\r\n",
	"\t",
	"\v",
	"\f",
	"\r",
	"a",
	"Word",
	"printer",
	"cluster",
	"replication",
	"7",
	"v2.1",
	"10.0.0.1",
	"[::1]",
	"12:30",
	"can't",
	"l'espace",
	"\"",
	"-",
	"--",
	"_",
	"(",
	")",
	", ",
	". ",
	"; ",
	"/",
	"?",
	"! ",
	"*",
	"<a@b.c>",
	"|",
	"~",
	"\x7f",
	"stra\303\237e",
	"\xc3\x84",
	"caf\xc3\xa9",
	"e\xcc\x81",
	"\xc2\xa0",
	"\xe2\x80\x9c",
	"\xe2\x80\x99",
	"\xe6\xbc\xa2\xe5\xad\x97",
	"\xe3\x81\x8b\xe3\x82\x99",
	"\xef\xbd\xb6",
	"\xf0\x9f\x98\x80",
	"\xd0\x9f\xd1\x80",
	"\xc3",
	"\xe2\x82",
	"\xff",
	"\xc0\x80",
	"\xed\xa0\x80",
};

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
	return *seed >> 8;
}

/* In memory of its own, so that reading behind it shows. */
static struct span make_text(uint32_t *seed)
{
	size_t count = next(seed) % PIECES_MAX, n = 0;
	char *p = malloc(TEXT_MAX);

	assert_non_null(p);
	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[next(seed) % (sizeof(pieces) / sizeof(*pieces))];

		memcpy(p + n, piece, strlen(piece));
		n += strlen(piece);
	}
	p = realloc(p, n + !n);
	assert_non_null(p);
	return (struct span){ p, n };
}

static void sum_text(struct sha256 *sum, struct span text)
{
	sha256_update(sum, text);
	sha256_update(sum, SPAN("\xff"));
}

/* What `say` has of each text, as one sum. */
static void assert_stays(void (*say)(struct span text, struct arena *a, struct sha256 *sum),
			 const char *expected)
{
	struct arena a ARENA_AUTO = { 0 };
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct sha256 sum;
	uint32_t seed = 1;

	crypto_init();
	sha256_init(&sum);
	for (int i = 0; i < TEXTS; i++) {
		struct span text = make_text(&seed);

		say(text, &a, &sum);
		free((char *)(uintptr_t)text.p);
	}
	sha256_final(&sum, digest);
	hex_encode(digest, SHA256_SIZE, hex);
	assert_string_equal(hex, expected);
}

static void say_storm(struct span text, struct arena *a, struct sha256 *sum)
{
	static const struct conf_queue queue = { .name = "support" };

	for (int alert = 0; alert < 2; alert++) {
		struct facts f = { .subject = utf8_prefix(text, 30), .text = text };

		f.marks = alert ? facts_mark_bit(FACTS_MARK_MONITORING) : 0;
		sum_text(sum,
			 span_of(arena_printf(
			     a, "%016" PRIx64,
			     (uint64_t)storm_key(&f, SPAN("ann@customer.test"), false, &queue))));
	}
}

static void say_twin(struct span text, struct arena *a, struct sha256 *sum)
{
	struct mail_job job = { .mail = { .message_id = SPAN("1@customer.test") } };
	struct identity identity = { .from = SPAN("Ann@customer.test") };
	struct requester requester = { 0 };
	struct twin twin;

	(void)a;
	job.facts.subject = utf8_prefix(text, 30);
	job.facts.text = text;
	twin_begin(&(struct twin_mail){ &job, &identity, &requester }, &twin);
	sum_text(sum, (struct span){ (const char *)&twin.said, sizeof(twin.said) });
}

static void say_folded(struct span text, struct arena *a, struct sha256 *sum)
{
	(void)a;
	for (size_t max = 40; max < (size_t)TEXT_MAX * 2; max += TEXT_MAX) {
		struct buf folded BUF_AUTO, words BUF_AUTO;

		buf_init(&folded, max);
		buf_init(&words, max);
		lexicon_fold(text, &folded);
		lexicon_fold_words(text, &words);
		sum_text(sum, buf_span(&folded));
		sum_text(sum, buf_span(&words));
	}
}

static void say_scrubbed(struct span text, struct arena *a, struct sha256 *sum)
{
	struct buf out BUF_AUTO;
	size_t valid = 0, n;

	(void)a;
	buf_init(&out, (size_t)TEXT_MAX * 3);
	sum_text(sum, utf8_scrub(text, &out) ? SPAN("good") : SPAN("bad"));
	sum_text(sum, buf_span(&out));
	while ((n = utf8_len(span_sub(text, valid, SIZE_MAX))))
		valid += n;
	assert_int_equal(utf8_text_run(text), valid);
	assert_true(utf8_valid(buf_span(&out)));
}

/* Of a header, with lines in it that are no field. */
static void say_identity(struct span text, struct arena *a, struct sha256 *sum)
{
	static const char *const headers[] = {
		"Subject: ",
		"From x\nSubject: ",
		"no field\r\nSubject: x\r\n",
		"\r\n\nTo: a@b.c\n\n",
		"",
	};
	uint8_t identity[SHA256_SIZE];

	(void)a;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		struct buf mail BUF_AUTO;

		buf_init(&mail, TEXT_MAX * 2);
		buf_adds(&mail, headers[i]);
		buf_add(&mail, text);
		mail_identity(buf_span(&mail), identity);
		sum_text(sum, (struct span){ (const char *)identity, SHA256_SIZE });
	}
}

static void storm_keys_stay(void **state)
{
	(void)state;
	assert_stays(say_storm, "977f738734b240bc9ce1af459fbee5996a65b2e2384c511e6049458e7de91946");
}

static void twins_stay(void **state)
{
	(void)state;
	assert_stays(say_twin, "7a839eb023928f1a422a56741b0c2898fb1a9270838fa6f87fd7471101be8baf");
}

static void folded_texts_stay(void **state)
{
	(void)state;
	assert_stays(say_folded,
		     "19980a60a9f69754df69fb3e67d52bf9986a42cec2f77f2f75ea9dd6ce349263");
}

static void scrubbed_texts_stay(void **state)
{
	(void)state;
	assert_stays(say_scrubbed,
		     "f736e48e4d1887ccfb063cc3ad85475cc187396dda953faaf3ca8a175cee82ea");
}

static void identities_stay(void **state)
{
	(void)state;
	assert_stays(say_identity,
		     "1c7ead3e29c5e1cf701bcde37a5c2292211799b5b2a2f70a0d6a74b396339b89");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(storm_keys_stay),   cmocka_unit_test(twins_stay),
		cmocka_unit_test(folded_texts_stay), cmocka_unit_test(scrubbed_texts_stay),
		cmocka_unit_test(identities_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
