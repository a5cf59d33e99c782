#include "gatewayd/case/search_score.h"

#include "gatewayd/base/lexicon.h"

enum {
	WORD_LEAST = 3, /* bytes */
	WEIGHT_MOST = 8,
	STEM_LEAST = 4,
	ENDING_MOST = 3,
	LONG_STEM = 8, /* may have a long ending, "renouvellement" */
	LONG_ENDING = 6,
	PART_LEAST = 6,
	ONE = 3, /* a character of a script without blanks, and two of them */
	PAIR = 6,
};

static bool next_word(struct span *s, struct span *ret_word)
{
	for (;;) {
		size_t from = 0, n = 0;

		while (from < s->n && !lexicon_is_word_byte((unsigned char)s->p[from]))
			from++;
		while (from + n < s->n && lexicon_is_word_byte((unsigned char)s->p[from + n]))
			n++;
		*ret_word = span_sub(*s, from, n);
		*s = span_sub(*s, from + n, SIZE_MAX);
		if (n == 0 || n >= WORD_LEAST)
			return n > 0;
	}
}

static size_t words_of(struct span text, struct span *v, size_t max)
{
	size_t n = 0;

	while (n < max && next_word(&text, &v[n]))
		n++;
	return n;
}

static size_t common(struct span a, struct span b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* At the end of the compound, whatever the endings of the two. */
static bool is_end(struct span part, struct span of)
{
	for (size_t at = 1; at + PART_LEAST <= of.n; at++) {
		size_t n = common(part, span_sub(of, at, SIZE_MAX));

		if (n >= PART_LEAST && part.n - n <= ENDING_MOST && of.n - at - n <= ENDING_MOST)
			return true;
	}
	return false;
}

static bool is_part(struct span part, struct span of)
{
	return part.n >= PART_LEAST && part.n < of.n && (span_starts(of, part) || is_end(part, of));
}

/* "purging" and "purge", of which n bytes are the same. */
static bool same_stem(size_t n, size_t longest)
{
	return (n >= STEM_LEAST && longest - n <= ENDING_MOST) ||
	       (n >= LONG_STEM && longest - n <= LONG_ENDING);
}

/* "zertifikat" and "zertifikate", "serverzertifikats"; b may be a pair that has a. */
static bool same_word(struct span a, struct span b)
{
	size_t n = common(a, b), longest = a.n > b.n ? a.n : b.n;

	if (n == longest)
		return true;
	if ((unsigned char)a.p[0] >= 0x80)
		return a.n == ONE && b.n == PAIR && (n == ONE || memcmp(a.p, b.p + ONE, ONE) == 0);
	return same_stem(n, longest) || is_part(a, b) || is_part(b, a);
}

static bool is_among(struct span word, const struct span *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same_word(word, v[i]))
			return true;
	return false;
}

/* Short words are mostly those that every text has. */
static int weight(struct span word)
{
	return word.n - 2 < WEIGHT_MOST ? (int)word.n - 2 : WEIGHT_MOST;
}

double search_score_cover(struct span asked, struct span text)
{
	struct span words[SEARCH_WORDS_MAX], wanted[SEARCH_ASKED_MAX];
	size_t n = words_of(text, words, SEARCH_WORDS_MAX);
	size_t k = words_of(asked, wanted, SEARCH_ASKED_MAX);
	int all = 0, found = 0;

	for (size_t i = 0; i < k; i++) {
		if (is_among(wanted[i], wanted, i))
			continue;
		all += weight(wanted[i]);
		found += is_among(wanted[i], words, n) ? weight(wanted[i]) : 0;
	}
	return all ? (double)found / all : 0;
}
