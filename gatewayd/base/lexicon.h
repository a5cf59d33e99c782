/*
 * Many phrases, found in one pass over a text (Aho, Corasick: Efficient String Matching, 1975).
 *
 * Phrases and texts are compared as lexicon_fold() leaves them: small letters without accents, the
 * German umlauts as two letters, one blank for any run of blanks, hyphens, quote marks and signs
 * that are no text; apostrophes are passed over ("can't" is "cant"), but for those behind what
 * French elides ("l'espace" is "l espace"); an empty line is "\n".
 */
#ifndef GATEWAYD_BASE_LEXICON_H
#define GATEWAYD_BASE_LEXICON_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"

/* Appends s, folded; what the buffer has no room for is cut. */
void lexicon_fold(struct span s, struct buf *out);
/* Two names of at most 400 bytes that are one when folded; an empty one is none. */
bool lexicon_same(struct span a, struct span b);
/* The same for an index of words: Chinese, Japanese and Korean have no blanks between words, so
 * each two characters of a run that follow each other are a word, and one that stands alone. */
void lexicon_fold_words(struct span s, struct buf *out);
/* A letter or digit of a folded text; each byte of another script is one. */
extern const bool lexicon_word_bytes[256];
static inline bool lexicon_is_word_byte(unsigned char c)
{
	return lexicon_word_bytes[c];
}

struct lexicon;

/* Everything lives in the arena, once it is sealed. */
struct lexicon *lexicon_new(struct arena *a);

/* A phrase stands by itself ("purge" is not in "purged"); "*" at an end lets the word go on there.
 * Its number, from 0; a phrase that is there already keeps its number; -1: nothing is left of it.
 */
int lexicon_add(struct lexicon *l, struct span phrase);
/* To be called once, behind the last lexicon_add() and before the first lexicon_scan(). */
void lexicon_seal(struct lexicon *l);
size_t lexicon_count(const struct lexicon *l); /* of phrases */

/* Calls found() for every place of every phrase, in the order of their ends; offsets are those of
 * the text, which is folded. */
void lexicon_scan(const struct lexicon *l, struct span text,
		  void (*found)(void *ctx, int phrase, size_t start, size_t end), void *ctx);
/* A phrase stands in the text, which is folded. */
bool lexicon_has_any(const struct lexicon *l, struct span text);
/* As lexicon_scan(), for the phrases that begin at `start`; the offset from which none goes on. */
size_t lexicon_scan_at(const struct lexicon *l, struct span text, size_t start,
		       void (*found)(void *ctx, int phrase, size_t start, size_t end), void *ctx);

#endif
