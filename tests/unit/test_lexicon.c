/* Phrases of a lexicon are found where a walk over all of them finds them, and in that order; what
 * they are found in. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/utf8.h"

enum { ROUNDS = 3000, PHRASES_MAX = 40, PHRASE_MAX = 12, TEXT_MAX = 120, HITS_MAX = 20000 };

struct phrase {
	char p[3 * PHRASE_MAX + 3]; /* with its "*" */
	int number;
};

struct hit {
	size_t start, end;
	int phrase;
};

struct hits {
	struct hit v[HITS_MAX];
	size_t n;
};

static struct hits walked, scanned;
static struct phrase phrases[PHRASES_MAX];

/* Small alphabets, so that phrases share their beginnings and stand in each other. */
static const char *const alphabets[] = {
	"ab",
	"ab ",
	"aab \n",
	"abc$. ",
	"a\xc3\xa9\xe3\x81\x82\xe3\x81\x84 ",
	"xyz 09&\xd1\x84",
	"abcde  9.\xd1\x84",
};

static uint32_t seed = 1;

static size_t below(size_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* n characters; ret_s has room for three bytes each. */
static void some(const char *alphabet, size_t n, char *ret_s)
{
	for (; n; n--) {
		struct span from = { alphabet + below(strlen(alphabet)), 3 };
		size_t bytes;

		while (((unsigned char)*from.p & 0xc0) == 0x80)
			from.p--;
		bytes = utf8_len(from);
		memcpy(ret_s, from.p, bytes);
		ret_s += bytes;
	}
	*ret_s = '\0';
}

/* within: it may begin within a word. */
static void add_phrase(struct lexicon *l, const char *alphabet, bool within, struct phrase *p)
{
	char bytes[3 * PHRASE_MAX + 1];

	some(alphabet, 1 + below(below(2) ? 3 : PHRASE_MAX), bytes);
	snprintf(p->p, sizeof(p->p), "%s%s%s", within && !below(4) ? "*" : "", bytes,
		 below(4) ? "" : "*");
	p->number = lexicon_add(l, span_of(p->p));
}

static void fold(struct span s, struct buf *out)
{
	buf_init(out, SIZE_MAX);
	lexicon_fold(s, out);
}

static void hit(void *ctx, int phrase, size_t start, size_t end)
{
	struct hits *h = ctx;

	assert_true(h->n < HITS_MAX);
	h->v[h->n++] = (struct hit){ start, end, phrase };
}

static bool is_word(struct span text, size_t at)
{
	return at < text.n && lexicon_is_word_byte((unsigned char)text.p[at]);
}

/* The phrase ends there, and no word goes on beyond it but where it may. */
static bool ends_at(const struct phrase *p, struct span bytes, struct span text, size_t end)
{
	struct span written = span_of(p->p);
	bool open_left = written.p[0] == '*', open_right = written.p[written.n - 1] == '*';
	size_t start = end - bytes.n;

	return bytes.n <= end && span_eq(span_sub(text, start, bytes.n), bytes) &&
	       (open_left || !start || !is_word(text, start - 1)) &&
	       (open_right || !is_word(text, end - 1) || !is_word(text, end));
}

static void walk(struct span text, size_t n)
{
	for (size_t end = 1; end <= text.n; end++)
		for (size_t i = 0; i < n; i++) {
			struct buf bytes BUF_AUTO;
			struct span s;

			fold(span_trim(span_of(phrases[i].p)), &bytes);
			s = span_trim(buf_span(&bytes));
			if (phrases[i].number >= 0 && ends_at(&phrases[i], s, text, end))
				hit(&walked, phrases[i].number, end - s.n, end);
		}
}

static int by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->phrase - y->phrase;
}

/* A phrase that is there twice is found once. */
static void sort_out(struct hits *h)
{
	size_t n = 0;

	qsort(h->v, h->n, sizeof(*h->v), by_place);
	for (size_t i = 0; i < h->n; i++)
		if (!n || by_place(&h->v[n - 1], &h->v[i]) != 0)
			h->v[n++] = h->v[i];
	h->n = n;
}

static void ends_grow(const struct hits *h)
{
	for (size_t i = 1; i < h->n; i++) {
		const struct hit *a = &h->v[i - 1], *b = &h->v[i];

		assert_true(a->end < b->end || (a->end == b->end && a->start <= b->start));
	}
}

/* Those of `from` that start there. */
static void starting_at(const struct hits *from, size_t start, struct hits *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < from->n; i++)
		if (from->v[i].start == start)
			ret->v[ret->n++] = from->v[i];
}

static void compare_at(const struct lexicon *l, struct span text, size_t start)
{
	static struct hits all, at;

	starting_at(&scanned, start, &all);
	at.n = 0;
	lexicon_scan_at(l, text, start, hit, &at);
	assert_int_equal(at.n, all.n);
	assert_memory_equal(at.v, all.v, all.n * sizeof(*all.v));
}

static void compare(const char *alphabet, bool within)
{
	struct arena a ARENA_AUTO = { 0 };
	struct lexicon *l = lexicon_new(&a);
	struct buf text BUF_AUTO;
	size_t n = below(PHRASES_MAX + 1);
	char said[3 * TEXT_MAX + 1];

	for (size_t i = 0; i < n; i++)
		add_phrase(l, alphabet, within, &phrases[i]);
	lexicon_seal(l);
	some(alphabet, below(TEXT_MAX + 1), said);
	fold(span_of(said), &text);
	walked.n = scanned.n = 0;
	walk(buf_span(&text), n);
	lexicon_scan(l, buf_span(&text), hit, &scanned);
	assert_int_equal(lexicon_has_any(l, buf_span(&text)), scanned.n > 0);
	ends_grow(&scanned);
	compare_at(l, buf_span(&text), below(text.n + 1));
	sort_out(&walked);
	sort_out(&scanned);
	assert_int_equal(scanned.n, walked.n);
	assert_memory_equal(scanned.v, walked.v, walked.n * sizeof(*walked.v));
}

static void a_scan_finds_what_a_walk_finds(void **state)
{
	size_t hits = 0;

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		compare(alphabets[i % (sizeof(alphabets) / sizeof(*alphabets))], i & 1);
		hits += scanned.n;
	}
	assert_true(hits > 10 * ROUNDS);
}

static void a_number_is_of_a_phrase(void **state)
{
	struct arena a ARENA_AUTO = { 0 };
	struct lexicon *l = lexicon_new(&a);

	(void)state;
	assert_int_equal(lexicon_add(l, SPAN("Router down")), 0);
	assert_int_equal(lexicon_add(l, SPAN("router*")), 1);
	assert_int_equal(lexicon_add(l, SPAN("router  DOWN")), 0);
	assert_int_equal(lexicon_add(l, SPAN("*")), -1);
	assert_int_equal(lexicon_add(l, SPAN("*router*")), 2);
	assert_int_equal(lexicon_count(l), 3);
	lexicon_seal(l);
}

static void fold_each(struct span s, struct buf *out)
{
	for (size_t n; s.n; s = span_sub(s, n, SIZE_MAX)) {
		n = utf8_len(s);
		lexicon_fold(span_sub(s, 0, n), out);
	}
}

/* Runs are taken as a whole; two line ends in a row alone are more than each of them. */
static void a_text_folds_as_its_characters_do(void **state)
{
	static const char *const mixed[] = {
		"ab \xc3\xa9\xc3\x9f\xc3\x97'-<.\t",
		"l'quA \xc5\xbf\xc4\xb3\xe2\x80\x99\xc3\xbc",
		"abcdefghijklmnopqrstuvwxyz -",
		"x \"\r*\xcc\x88\xc3\x96\xc3\xb7o\xef\xbc\xa1",
	};

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		char said[3 * TEXT_MAX + 1], *blank;
		struct buf whole BUF_AUTO, each BUF_AUTO;
		size_t max = below(4) ? 1000 : below(TEXT_MAX);

		some(mixed[i % (sizeof(mixed) / sizeof(*mixed))], below(TEXT_MAX + 1), said);
		blank = strchr(said, ' ');
		if (blank)
			*blank = '\n';
		buf_init(&whole, max);
		buf_init(&each, max);
		lexicon_fold(span_of(said), &whole);
		fold_each(span_of(said), &each);
		assert_true(span_eq(buf_span(&whole), buf_span(&each)));
		assert_int_equal(whole.full, each.full);
	}
}

/* Blanks between two line ends are passed over, long before and behind which words stand. */
static void an_empty_line_is_a_line_end(void **state)
{
	static const char *const between[] = { "\n\n",	   "\n \n", "\n\r\n",
					       " \n\t\n ", "-\n\n", "\n\n-" };

	(void)state;
	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++)
		for (size_t n = 1; n < 2 * PHRASE_MAX; n++) {
			char said[TEXT_MAX], folded[TEXT_MAX];
			struct buf out BUF_AUTO;

			snprintf(said, sizeof(said), "%.*s%sThe rest of the words\nof it", (int)n,
				 "abcdefghijklmnopqrstuvwxyz", between[i]);
			snprintf(folded, sizeof(folded), "%.*s\nthe rest of the words of it",
				 (int)n, "abcdefghijklmnopqrstuvwxyz");
			fold(span_of(said), &out);
			assert_true(span_is(buf_span(&out), folded));
		}
}

static void words_are_added(void **state)
{
	static const char *const said[] = { "Two", "\xce\xa9" }, *const all[] = {
		"one two three", "one \xcf\x89 three"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 100);
		buf_adds(&out, "one ");
		lexicon_fold_words(span_of(said[i]), &out);
		buf_addc(&out, ' ');
		lexicon_fold_words(SPAN("three"), &out);
		assert_string_equal(buf_cstr(&out), all[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_finds_what_a_walk_finds),
		cmocka_unit_test(a_number_is_of_a_phrase),
		cmocka_unit_test(an_empty_line_is_a_line_end),
		cmocka_unit_test(a_text_folds_as_its_characters_do),
		cmocka_unit_test(words_are_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
