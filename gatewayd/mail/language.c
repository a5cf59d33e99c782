#include "gatewayd/mail/language.h"

#include "conf/words.h"
#include "gatewayd/base/utf8.h"

enum {
	LEAST_HITS = 2,
	LETTERS_A_WORD = 3, /* so many count as a word */
	COMMON_MAX = 400,   /* words of "common" (conf/words.c) */
};

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

/* The common words of a language by their first byte; 0 ends a chain, else it is a word's number
 * and one. */
struct by_first {
	const struct policy_words *words;
	uint16_t head[256];
	uint16_t next[COMMON_MAX];
};

static void by_first_init(struct by_first *b, const struct policy_words *words)
{
	*b = (struct by_first){ .words = words };
	for (size_t i = 0; i < words->n && i < COMMON_MAX; i++) {
		uint16_t *head = &b->head[(unsigned char)words->v[i][0]];

		b->next[i] = *head;
		*head = (uint16_t)(i + 1);
	}
}

static bool is_common(const struct by_first *b, struct span word)
{
	for (uint16_t i = b->head[ascii_lower((unsigned char)word.p[0])]; i; i = b->next[i - 1])
		if (span_is_ci(word, b->words->v[i - 1]))
			return true;
	return false;
}

enum { WORDS_MAX = LANGUAGE_TEXT_MAX }; /* of two texts, with at least a sign between words */

/* Of subject and text. */
struct said_words {
	struct span v[WORDS_MAX];
	size_t n;
};

static void add_words(struct said_words *said, struct span text)
{
	while (text.n && said->n < WORDS_MAX) {
		said->v[said->n] = next_word(&text);
		said->n += said->v[said->n].n > 0;
	}
}

static size_t common_words(const struct words *w, const struct said_words *said)
{
	struct by_first common;
	size_t hits = 0;

	by_first_init(&common, &w->common);
	for (size_t i = 0; i < said->n; i++)
		hits += is_common(&common, said->v[i]);
	return hits;
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
	for (; text.n; text = span_sub(text, n ? n : 1, SIZE_MAX)) {
		n = ascii || (unsigned char)text.p[0] >= 0x80 ? utf8_len(text) : 0;
		hits +=
		    n && utf8_code(text) >= utf8_code(first) && utf8_code(text) <= utf8_code(last);
	}
	return hits / LETTERS_A_WORD;
}

struct span language_guess(const struct conf *conf, struct span subject, struct span text)
{
	struct span best = SPAN("");
	size_t most = LEAST_HITS - 1;
	struct said_words said;

	text = utf8_prefix(text, LANGUAGE_TEXT_MAX);
	subject = utf8_prefix(subject, LANGUAGE_TEXT_MAX);
	said.n = 0;
	add_words(&said, subject);
	add_words(&said, text);
	for (size_t i = 0; i < conf->languages.n; i++) {
		const struct words *w = words_find(conf, NULL, conf->languages.v[i]);
		size_t hits =
		    common_words(w, &said) + own_letters(w, subject) + own_letters(w, text);

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
