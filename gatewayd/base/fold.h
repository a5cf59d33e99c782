/*
 * The words of a text, for telling whether two texts say the same: blind for case, punctuation,
 * white space, quote marks, line breaks and characters that are not seen.
 *
 * Of scripts without blanks each character is a word.  FOLD_ASCII is for a text whose other
 * characters became "?" on the way: it passes over them on both sides.
 */
#ifndef GATEWAYD_BASE_FOLD_H
#define GATEWAYD_BASE_FOLD_H

#include "gatewayd/base/str.h"

enum fold { FOLD_UNICODE, FOLD_ASCII };

/* The next word of *s, which goes behind it; false at the end. */
bool fold_word(struct span *s, enum fold how, uint64_t *ret_hash);

/* Of words in order, from 0. */
uint64_t fold_join(uint64_t hash, uint64_t word);

/* Of all words of a line; how many there are. */
size_t fold_line(struct span line, enum fold how, uint64_t *ret_hash);

#endif
