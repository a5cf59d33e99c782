/* How much one text speaks of what another one does; pure. */
#ifndef GATEWAYD_CASE_SEARCH_SCORE_H
#define GATEWAYD_CASE_SEARCH_SCORE_H

#include "gatewayd/base/str.h"

enum { SEARCH_WORDS_MAX = 1000, SEARCH_ASKED_MAX = 64 };

/*
 * The part of the first SEARCH_ASKED_MAX words of `asked` that are among the first SEARCH_WORDS_MAX
 * of `text`, 0 to 1, a word weighing by its length.  Both are folded (lexicon_fold_words()).  Two
 * words are the same when they begin alike and differ in an ending of at most three bytes (six
 * behind a beginning of eight), or when one of six bytes or more is the beginning or the end of the
 * other, but for such an ending; a character of a script without blanks is each pair that has it.
 */
double search_score_cover(struct span asked, struct span text);

#endif
