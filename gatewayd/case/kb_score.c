#include "gatewayd/case/kb_score.h"

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/units.h"

enum { WORD_LEAST = 3, WEIGHT_MOST = 8, STEM_LEAST = 4, ENDING_MOST = 3, PART_LEAST = 6 };

enum { TEXT_MAX = 32 * KIB }; /* of each that is looked at */

static bool in_word(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c >= 0x80;
}

static bool next_word(struct span *s, struct span *ret_word)
{
	for (;;) {
		size_t from = 0, n = 0;

		while (from < s->n && !in_word((unsigned char)s->p[from]))
			from++;
		while (from + n < s->n && in_word((unsigned char)s->p[from + n]))
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

static bool is_part(struct span part, struct span of)
{
	return part.n >= PART_LEAST && part.n < of.n &&
	       (span_starts(of, part) || span_eq(span_sub(of, of.n - part.n, part.n), part));
}

/* "purging" and "purge"; "zertifikat" and "zertifikate", "serverzertifikat". */
static bool same_word(struct span a, struct span b)
{
	size_t n = 0, longest = a.n > b.n ? a.n : b.n;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n == longest ||
	       ((unsigned char)a.p[0] < 0x80 && n >= STEM_LEAST && longest - n <= ENDING_MOST) ||
	       is_part(a, b) || is_part(b, a);
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

static struct span fold(struct span text, struct buf *out)
{
	buf_init(out, TEXT_MAX);
	lexicon_fold_words(text, out);
	return buf_span(out);
}

double kb_score_cover(struct span asked, struct span text)
{
	struct buf folded_text BUF_AUTO, folded_asked BUF_AUTO;
	struct span words[KB_WORDS_MAX], wanted[KB_ASKED_MAX];
	size_t n = words_of(fold(text, &folded_text), words, KB_WORDS_MAX);
	size_t k = words_of(fold(asked, &folded_asked), wanted, KB_ASKED_MAX);
	int all = 0, found = 0;

	for (size_t i = 0; i < k; i++) {
		if (is_among(wanted[i], wanted, i))
			continue;
		all += weight(wanted[i]);
		found += is_among(wanted[i], words, n) ? weight(wanted[i]) : 0;
	}
	return all ? (double)found / all : 0;
}
