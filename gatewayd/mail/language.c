#include "gatewayd/mail/language.h"

#include "conf/common.h"
#include "conf/words.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"

enum {
	LEAST_HITS = 2,
	LETTERS_A_WORD = 3, /* so many count as a word */
};

/* A byte that is at least this one, which is no ASCII. */
static bool has_from(struct span text, unsigned char least)
{
	uint64_t add = EIGHT_OF(0x100 - least), any = 0;
	size_t i = 0;

	for (; text.n - i >= 8; i += 8) {
		uint64_t w = eight_at(text.p + i);

		any |= ((w & EIGHT_OF(0x7f)) + add) & w;
	}
	for (; i < text.n; i++)
		any |= (unsigned char)text.p[i] >= least ? 0x80 : 0;
	return any & EIGHT_OF(0x80);
}

/* Of the range "a-z"; 0 when the language has none of its own. */
static size_t own_letters(const struct words *w, struct span text)
{
	struct span range = w->letters ? span_of(w->letters) : SPAN(""), first = range, last;
	size_t hits = 0, n;
	bool ascii;

	first = span_cut(&range, '-');
	last = range;
	if (!utf8_len(first) || !utf8_len(last))
		return 0;
	ascii = utf8_code(first) < 0x80;
	if (!ascii && !has_from(text, (unsigned char)first.p[0]))
		return 0;
	for (; text.n; text = span_sub(text, n ? n : 1, SIZE_MAX)) {
		n = ascii || (unsigned char)text.p[0] >= 0x80 ? utf8_len(text) : 0;
		hits +=
		    n && utf8_code(text) >= utf8_code(first) && utf8_code(text) <= utf8_code(last);
	}
	return hits / LETTERS_A_WORD;
}

static void count_hits(const struct conf *conf, struct span text, size_t *hits)
{
	common_count(conf->common, text, hits);
	for (size_t i = 0; i < conf->languages.n; i++)
		hits[i] += own_letters(words_find(conf, NULL, conf->languages.v[i]), text);
}

struct span language_guess(const struct conf *conf, struct span subject, struct span text)
{
	size_t *hits MEM_AUTO = mem_alloc_n(conf->languages.n, sizeof(*hits));
	struct span best = SPAN("");
	size_t most = LEAST_HITS - 1;

	count_hits(conf, utf8_prefix(subject, LANGUAGE_TEXT_MAX), hits);
	count_hits(conf, utf8_prefix(text, LANGUAGE_TEXT_MAX), hits);
	for (size_t i = 0; i < conf->languages.n; i++) {
		if (hits[i] == most && best.n)
			best = SPAN("");
		else if (hits[i] > most)
			best = span_of(conf->languages.v[i]);
		most = hits[i] > most ? hits[i] : most;
	}
	return best;
}

bool language_unsubscribes(const struct conf *conf, struct span text)
{
	for (size_t i = 0; i < conf->words_count; i++) {
		const struct policy_words *v = &conf->words[i].unsubscribe;

		for (size_t k = 0; k < v->n; k++)
			if (span_find_ci(text, span_of(v->v[k])) != SIZE_MAX)
				return true;
	}
	return false;
}
