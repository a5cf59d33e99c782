#include "gatewayd/mail/routing_text.h"

enum { GAP_MAX = 60 }; /* bytes that " .. " stands for */

bool routing_is_word_byte(unsigned char c)
{
	return c >= 0x80 || ascii_is_alpha(c) || ascii_is_digit(c);
}

/* --- folding, and which words there are --- */

/* The capitals of Latin-1 in UTF-8, U+00C0 to U+00DE, are 0x20 below their small letters. */
static void fold(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n && out->n < ROUTING_TEXT_MAX; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool latin = i && (unsigned char)s.p[i - 1] == 0xc3 && c >= 0x80 && c <= 0x9e;

		if (span_starts(span_sub(s, i, SIZE_MAX), SPAN("\xe2\x80\x99"))) {
			buf_addc(out, '\''); /* U+2019, the apostrophe of phones */
			i += 2;
		} else if (!ascii_is_space(c)) {
			buf_addc(out, (char)(latin ? c + 0x20 : ascii_lower(c)));
		} else if (out->n && out->p[out->n - 1] != ' ') {
			buf_addc(out, ' ');
		}
	}
}

static struct span next_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	while (s->n && !routing_is_word_byte((unsigned char)s->p[0]))
		*s = span_sub(*s, 1, SIZE_MAX);
	while (n < s->n && routing_is_word_byte((unsigned char)s->p[n]))
		n++;
	word = span_sub(*s, 0, n);
	*s = span_sub(*s, n, SIZE_MAX);
	return word;
}

static unsigned hash_of(struct span word)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < word.n; i++)
		h = (h ^ (unsigned char)word.p[i]) * 16777619U;
	return (h ^ h >> 16) % ROUTING_WORD_BITS;
}

void routing_text_init(struct routing_text *t, struct span subject, struct span text)
{
	struct span rest, word;

	*t = (struct routing_text){ 0 };
	buf_init(&t->folded, ROUTING_TEXT_MAX + 16);
	fold(subject, &t->folded);
	t->subject_n = t->folded.n;
	buf_addc(&t->folded, '\n');
	fold(text, &t->folded);
	t->first_n = t->subject_n + 1 + ROUTING_FIRST_MAX;
	rest = buf_span(&t->folded);
	while ((word = next_word(&rest)).n)
		t->words[hash_of(word) / 8] |= (unsigned char)(1U << hash_of(word) % 8);
}

void routing_text_release(struct routing_text *t)
{
	buf_release(&t->folded);
}

/* False: the phrase has a whole word that the text does not have. */
static bool may_have(const struct routing_text *t, struct span phrase)
{
	struct span rest = phrase, word;

	while ((word = next_word(&rest)).n) {
		bool part = rest.n && rest.p[0] == '*';

		part |= word.p > phrase.p && word.p[-1] == '*';
		if (!part && !(t->words[hash_of(word) / 8] & 1U << hash_of(word) % 8))
			return false;
	}
	return true;
}

/* --- phrases --- */

/* Where part stands from `from` on; "*" at an end of it: the word may go on there. */
static bool find_part(struct span text, struct span part, size_t from, struct span *ret_found)
{
	bool open_left = part.n && part.p[0] == '*', open_right;

	part = span_sub(part, open_left, SIZE_MAX);
	open_right = part.n && part.p[part.n - 1] == '*';
	part.n -= open_right;
	while (part.n && from + part.n <= text.n) {
		size_t at = span_find(span_sub(text, from, SIZE_MAX), part), end;

		if (at == SIZE_MAX)
			return false;
		at += from;
		end = at + part.n;
		from = at + 1;
		if (!open_left && at && routing_is_word_byte((unsigned char)text.p[at - 1]))
			continue;
		if (!open_right && end < text.n && routing_is_word_byte((unsigned char)text.p[end]))
			continue;
		*ret_found = span_sub(text, at, part.n);
		return true;
	}
	return false;
}

/* What " .. " may reach: the rest of the sentence, and not far. */
static struct span reach(struct span text, size_t from)
{
	struct span s = span_sub(text, from, GAP_MAX);

	for (size_t i = 0; i < s.n; i++) {
		bool stops = s.p[i] == '.' || s.p[i] == '!' || s.p[i] == '?';

		if (s.p[i] == '\n' || (stops && (i + 1 == s.n || s.p[i + 1] == ' ')))
			return span_sub(s, 0, i);
	}
	return s;
}

static bool is_negated(struct span text, size_t at, const struct policy_words *negations)
{
	struct span before = span_trim(span_sub(text, 0, at));
	size_t n = 0;

	while (n < before.n && routing_is_word_byte((unsigned char)before.p[before.n - n - 1]))
		n++;
	before = span_sub(before, before.n - n, n);
	for (size_t i = 0; i < negations->n; i++)
		if (span_is(before, negations->v[i]))
			return true;
	return false;
}

static bool has(struct span text, struct span phrase, const struct policy_words *negations)
{
	size_t gap = span_find(phrase, SPAN(" .. "));
	struct span part = span_sub(phrase, 0, gap), found;
	struct span later = gap == SIZE_MAX ? SPAN("") : span_sub(phrase, gap + 4, SIZE_MAX);

	for (size_t from = 0; find_part(text, part, from, &found);) {
		size_t at = (size_t)(found.p - text.p);

		if (!is_negated(text, at, negations) &&
		    (!later.n || has(reach(text, at + found.n), later, negations)))
			return true;
		from = at + 1;
	}
	return false;
}

bool routing_text_has(const struct routing_text *t, const struct policy_phrase *phrase,
		      const struct policy_words *negations)
{
	const size_t ends[] = { [POLICY_ANYWHERE] = SIZE_MAX,
				[POLICY_SUBJECT] = t->subject_n,
				[POLICY_FIRST_LINES] = t->first_n };

	return may_have(t, phrase->text) &&
	       has(span_sub(buf_span(&t->folded), 0, ends[phrase->place]), phrase->text, negations);
}
