/* Common words are counted as a walk over all of them counts them. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "conf/common.h"

enum { ROUNDS = 2000, LANGUAGES = 3, WORDS_MAX = 12, WORD_MAX = 20, TEXT_MAX = 300 };

static const char *const alphabets[] = { "ab", "abAB", "aA\xc3\xa9\xc3\x89", "abcdefgh'" };

static uint32_t seed = 1;

static size_t below(size_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void some(const char *alphabet, size_t n, char *ret_s)
{
	for (size_t i = 0; i < n; i++)
		ret_s[i] = alphabet[below(strlen(alphabet))];
	ret_s[n] = '\0';
}

static bool is_letter(char c)
{
	return ascii_is_alpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool has_before(const struct policy_words *w, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (span_eq_ci(span_of(w->v[i]), span_of(w->v[k])))
			return true;
	return false;
}

static size_t times(const struct policy_words *w, struct span word)
{
	size_t n = 0;

	for (size_t k = 0; k < w->n; k++)
		n += span_eq_ci(span_of(w->v[k]), word) && !has_before(w, k);
	return n;
}

static void walk(const struct policy_words *languages, struct span text, size_t *hits)
{
	for (size_t at = 0, n; at < text.n; at += n ? n : 1) {
		for (n = 0; at + n < text.n && is_letter(text.p[at + n]);)
			n++;
		for (size_t i = 0; n && i < LANGUAGES; i++)
			hits[i] += times(&languages[i], span_sub(text, at, n));
	}
}

/* Words of the text, or of its letters. */
static void make_words(const char *alphabet, char words[WORDS_MAX][WORD_MAX + 1],
		       const char *v[WORDS_MAX], struct policy_words *ret_words)
{
	*ret_words = (struct policy_words){ v, below(WORDS_MAX + 1) };
	for (size_t k = 0; k < WORDS_MAX; k++) {
		some(alphabet, below(below(2) ? 4 : WORD_MAX + 1), words[k]);
		v[k] = words[k];
	}
}

/* Its end is that of its memory, so that a sanitizer sees a byte too many. */
static char *make_text(const char *alphabet, char words[LANGUAGES][WORDS_MAX][WORD_MAX + 1],
		       size_t n)
{
	char *text = malloc(n + 1);

	assert_non_null(text);
	some(alphabet, n, text);
	for (size_t at = 0; at < n; at += 1 + below(8)) {
		const char *word = words[below(LANGUAGES)][below(WORDS_MAX)];
		size_t len = strlen(word);

		if (below(2) && len < n - at) {
			memcpy(text + at, word, len);
			at += len;
		}
		text[at] = " .-9\n"[below(5)];
	}
	return text;
}

static void compare(const char *alphabet, size_t *ret_all)
{
	static char words[LANGUAGES][WORDS_MAX][WORD_MAX + 1];
	static const char *v[LANGUAGES][WORDS_MAX];
	struct policy_words languages[LANGUAGES];
	size_t walked[LANGUAGES] = { 0 }, counted[LANGUAGES] = { 0 }, n = below(TEXT_MAX);
	struct arena a ARENA_AUTO = { 0 };
	char *text;

	for (size_t i = 0; i < LANGUAGES; i++)
		make_words(alphabet, words[i], v[i], &languages[i]);
	text = make_text(alphabet, words, n);
	walk(languages, (struct span){ text, n }, walked);
	common_count(common_new(&a, languages, LANGUAGES), (struct span){ text, n }, counted);
	assert_memory_equal(walked, counted, sizeof(walked));
	for (size_t i = 0; i < LANGUAGES; i++)
		*ret_all += counted[i];
	free(text);
}

static void words_are_counted_as_a_walk_counts_them(void **state)
{
	size_t all = 0;

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++)
		compare(alphabets[i % (sizeof(alphabets) / sizeof(*alphabets))], &all);
	assert_true(all > ROUNDS);
	common_count(NULL, SPAN("a text"), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_counted_as_a_walk_counts_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
