#include "gatewayd/mail/language.h"

#include "conf/words.h"
#include "gatewayd/base/utf8.h"

enum { LEAST_HITS = 2, LETTERS_A_WORD = 3 /* so many count as a word */ };

/* ASCII letters and whatever is not ASCII; quotes and digits part words. */
static bool is_letter(unsigned char c)
{
	return ascii_is_alpha(c) || c >= 0x80;
}

static struct span next_word(struct span *s)
{
	size_t from = 0, to;

	while (from < s->n && !is_letter((unsigned char)s->p[from]))
		from++;
	to = from;
	while (to < s->n && is_letter((unsigned char)s->p[to]))
		to++;
	from = to - from ? from : s->n;
	*s = span_sub(*s, to, SIZE_MAX);
	return (struct span){ s->p - (to - from), to - from };
}

/* Most differ in the first byte. */
static bool is_word(struct span s, const char *word)
{
	return ascii_lower((unsigned char)s.p[0]) == (unsigned char)word[0] && span_is_ci(s, word);
}

static size_t common_words(const struct words *w, struct span text)
{
	size_t hits = 0;

	while (text.n) {
		struct span word = next_word(&text);
		size_t i = 0;

		while (word.n && i < w->common.n && !is_word(word, w->common.v[i]))
			i++;
		hits += word.n && i < w->common.n;
	}
	return hits;
}

/* Of the range "a-z"; 0 when the language has none of its own. */
static size_t own_letters(const struct words *w, struct span text)
{
	struct span range = w->letters ? span_of(w->letters) : SPAN(""), first = range, last;
	size_t hits = 0, n;

	first = span_cut(&range, '-');
	last = range;
	if (!utf8_len(first) || !utf8_len(last))
		return 0;
	for (; text.n; text = span_sub(text, n ? n : 1, SIZE_MAX)) {
		n = utf8_len(text);
		hits +=
		    n && utf8_code(text) >= utf8_code(first) && utf8_code(text) <= utf8_code(last);
	}
	return hits / LETTERS_A_WORD;
}

static size_t hits_in(const struct words *w, struct span text)
{
	return common_words(w, text) + own_letters(w, text);
}

struct span language_guess(const struct conf *conf, struct span subject, struct span text)
{
	struct span best = SPAN("");
	size_t most = LEAST_HITS - 1;

	text = utf8_prefix(text, LANGUAGE_TEXT_MAX);
	subject = utf8_prefix(subject, LANGUAGE_TEXT_MAX);
	for (size_t i = 0; i < conf->languages.n; i++) {
		const struct words *w = words_find(conf, NULL, conf->languages.v[i]);
		size_t hits = hits_in(w, subject) + hits_in(w, text);

		if (hits == most && best.n)
			best = SPAN("");
		else if (hits > most)
			best = span_of(conf->languages.v[i]);
		most = hits > most ? hits : most;
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
