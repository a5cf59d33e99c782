#include "store/search_match.h"

#include <stdlib.h>

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/sixteen.h"
#include "gatewayd/base/utf8.h"
#include "store/search_once.h"

enum {
	WORD_MIN = 2,  /* bytes; one letter says nothing */
	WORD_MAX = 64, /* what is longer is cut */
	WORDS_USED = 16,
	WORD_COMMON = 1000, /* texts; a word that so many have is common */
	PREFIX_MIN = 5,	    /* bytes; a longer word is found in what begins with it, too */
	ENDING_MIN = 6,	    /* a longer word has an ending, which is left out */
	ENDING = 2,
	STEM_MAX = 8, /* how the longest words begin; "renouvellement", "renouveler" */
	PART_MIN = 6, /* of a part of a compound */
	PART_MAX = 16,
	PART_BEFORE = 4,   /* what stands beside it */
	COMPOUND_MAX = 40, /* a longer run of letters is no word */
	CJK_ONE = 4,	   /* bytes; what is no longer is one character */
	GROUP_MAX = 2 * (PART_MAX - PART_MIN + 2) * (WORD_MAX + 8),
	MATCH_MAX = WORDS_USED * GROUP_MAX,
	FOLDED_MAX = 1 << 20, /* of a text: more than the largest has */
};

/* Runs of letters and digits, found by BLOCK bytes. */
enum { BLOCK = 64 };
struct words {
	struct span rest; /* behind the block */
	const char *block;
	uint64_t edges; /* of the block, from the next on: a bit where a word begins or has ended */
	bool inside;	/* a word stands at its end */
};

static uint64_t word_bits(const char *p)
{
	uint64_t bits = 0;

	for (int i = 0; i < BLOCK; i += SIXTEEN) {
		sixteen v = sixteen_at(p + i);

		v = sixteen_within(v | ('a' - 'A'), 'a', 'z') | sixteen_within(v, '0', '9') |
		    (sixteen)(v >= 0x80);
		bits |= (uint64_t)sixteen_bits(v) << i;
	}
	return bits;
}

static bool next_block(struct words *w)
{
	char last[BLOCK] = "";
	size_t n = w->rest.n < BLOCK ? w->rest.n : BLOCK;
	const char *p = w->rest.p;
	uint64_t bits;

	if (!n && !w->inside)
		return false;
	if (n < BLOCK)
		p = memcpy(last, p, n);
	bits = word_bits(p);
	w->edges = bits ^ (bits << 1 | w->inside);
	w->inside = bits >> (BLOCK - 1);
	w->block = w->rest.p;
	w->rest = span_sub(w->rest, n, SIZE_MAX);
	return true;
}

/* Where the next word begins, or where this one ended; NULL: none. */
static inline const char *next_edge(struct words *w)
{
	const char *p;

	while (!w->edges)
		if (!next_block(w))
			return NULL;
	p = w->block + __builtin_ctzll(w->edges);
	w->edges &= w->edges - 1;
	return p;
}

static struct words words_of(struct span text)
{
	return (struct words){ .rest = text };
}

/* false: there is none. */
static inline bool next_word(struct words *w, struct span *ret_word)
{
	const char *from = next_edge(w);

	if (!from)
		return false;
	*ret_word = (struct span){ from, (size_t)(next_edge(w) - from) };
	return true;
}

/* --- what is kept --- */

static void put_ends(struct span word, struct buf *out)
{
	if (word.n > COMPOUND_MAX || !utf8_is_ascii(word))
		return;
	for (size_t at = PART_BEFORE; at + PART_MIN <= word.n; at++) {
		buf_addc(out, ' ');
		buf_add(out, span_sub(word, at, SIZE_MAX));
	}
}

static void fold(struct span text, struct buf *out)
{
	buf_init(out, FOLDED_MAX);
	lexicon_fold_words(text, out);
	out->n = utf8_prefix(buf_span(out), FOLDED_MAX).n;
}

struct span search_asked(struct arena *a, struct span words)
{
	struct buf folded BUF_AUTO;

	fold(words, &folded);
	return arena_dup(a, buf_span(&folded));
}

/* A word of so few bytes has no end of its own. */
static bool is_short(struct span word)
{
	return word.n < PART_BEFORE + PART_MIN;
}

static bool is_behind(struct span word, struct span run)
{
	return run.n && word.p == run.p + run.n + 1 && word.p[-1] == ' ';
}

/* A run of words with one blank between them, or a long word and its ends. */
static void put_run(struct span run, struct buf *out)
{
	if (!run.n)
		return;
	if (out->n)
		buf_addc(out, ' ');
	buf_add(out, run);
}

/* once: of those that come again the first; NULL: all. */
static void put_words(struct span text, struct search_once *once, struct buf *out)
{
	struct words words = words_of(text);
	struct span run = SPAN(""), word;

	while (next_word(&words, &word)) {
		if (once && search_once_again(once, word))
			continue;
		if (is_short(word) && is_behind(word, run)) {
			run.n += 1 + word.n;
			continue;
		}
		put_run(run, out);
		run = word;
		if (is_short(word))
			continue;
		put_run(run, out);
		put_ends(word, out);
		run = SPAN("");
	}
	put_run(run, out);
}

static struct span indexed(struct arena *a, const struct buf *folded, struct search_once *once)
{
	struct buf out BUF_AUTO;

	buf_init(&out, FOLDED_MAX);
	put_words(buf_span(folded), once, &out);
	return arena_dup(a, utf8_prefix(buf_span(&out), FOLDED_MAX));
}

struct span search_indexed(struct arena *a, struct span text)
{
	struct buf folded BUF_AUTO;

	fold(text, &folded);
	return indexed(a, &folded, NULL);
}

struct span search_indexed_once(struct arena *a, struct span text)
{
	struct buf folded BUF_AUTO;
	struct search_once once;

	fold(text, &folded);
	folded.max += SEARCH_ONCE_BEHIND;
	(void)buf_room(&folded, SEARCH_ONCE_BEHIND);
	search_once_begin(&once, buf_span(&folded));
	return indexed(a, &folded, &once);
}

/* --- what is looked for --- */

static bool is_among(struct span text, const struct store_search_word *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(text, v[i].text))
			return true;
	return false;
}

size_t search_match_words(struct span asked, struct store_search_word v[STORE_SEARCH_WORDS])
{
	struct words words = words_of(asked);
	struct span text;
	size_t n = 0;

	while (n < STORE_SEARCH_WORDS && next_word(&words, &text)) {
		text = utf8_prefix(text, WORD_MAX);
		if (text.n >= WORD_MIN && utf8_valid(text) && !is_among(text, v, n))
			v[n++].text = text;
	}
	return n;
}

/* In quotes, which no word has inside: nothing in it is syntax. */
static void quote(struct span text, bool begins, struct buf *out)
{
	buf_addc(out, '"');
	buf_add(out, text);
	buf_adds(out, begins ? "\"*" : "\"");
}

static struct span stem(struct span text)
{
	size_t n = text.n >= ENDING_MIN ? text.n - ENDING : text.n;

	return span_sub(text, 0, n < STEM_MAX ? n : STEM_MAX);
}

/* One character of a script without blanks: the first of each pair, or the last of a run. */
static bool is_one(struct span text)
{
	return text.n >= 3 && text.n <= CJK_ONE && utf8_len(text) == text.n;
}

/*
 * The word, and what else may stand for it: of a long one each word that begins so but for its
 * ending ("erneuere", "erneuern", "erneuerung"), and of a compound its first and last parts
 * ("serverzertifikats", "zertifikatserneuerung", "zertifikate").
 */
static void match_word(struct span text, struct buf *out)
{
	bool latin = utf8_is_ascii(text); /* what else there is cannot be cut at any byte */

	buf_addc(out, '(');
	if (!latin || text.n < PREFIX_MIN)
		quote(text, is_one(text), out);
	else
		quote(stem(text), true, out);
	for (size_t n = PART_MIN; latin && n + PART_BEFORE <= text.n && n <= PART_MAX; n++) {
		struct span end = span_sub(text, text.n - n, n);

		buf_adds(out, " OR ");
		quote(n < PART_MIN + ENDING ? end : stem(end), n >= PART_MIN + ENDING, out);
		buf_adds(out, " OR ");
		quote(span_sub(text, 0, n), false, out);
	}
	buf_addc(out, ')');
}

int search_match_count(struct store *s, enum sql_id count_id, struct store_search_word *w,
		       struct err *e)
{
	struct buf match BUF_AUTO;
	struct query q QUERY_AUTO;

	buf_init(&match, GROUP_MAX);
	match_word(w->text, &match);
	query_open(&q, s, count_id, e);
	query_text(&q, buf_span(&match));
	query_int(&q, WORD_COMMON);
	return query_one_int(&q, &w->found);
}

static int by_found(const void *a, const void *b)
{
	const struct store_search_word *x = a, *y = b;

	return (x->found > y->found) - (x->found < y->found);
}

/* The rarest first; whether they are common. */
static bool join_words(const struct store_search_word *v, size_t n, struct buf *out)
{
	bool common = false;

	for (size_t i = 0, used = 0; i < n && used < WORDS_USED; i++) {
		if (v[i].found == 0)
			continue;
		if (v[i].found == WORD_COMMON && used && !common)
			break;
		common = v[i].found == WORD_COMMON;
		if (used++)
			buf_adds(out, " OR ");
		match_word(v[i].text, out);
	}
	return common;
}

struct span search_match_join(struct store_search_word *v, size_t n, struct arena *a,
			      bool *ret_common)
{
	struct buf out BUF_AUTO;

	buf_init(&out, MATCH_MAX);
	qsort(v, n, sizeof(*v), by_found);
	*ret_common = join_words(v, n, &out);
	return arena_dup(a, buf_span(&out));
}

int search_match(struct store *s, enum sql_id count_id, struct span asked, struct arena *a,
		 struct span *ret_match, bool *ret_common, struct err *e)
{
	struct store_search_word v[STORE_SEARCH_WORDS];
	size_t n = search_match_words(asked, v);

	for (size_t i = 0; i < n; i++)
		if (search_match_count(s, count_id, &v[i], e) < 0)
			return -1;
	*ret_match = search_match_join(v, n, a, ret_common);
	return 0;
}
