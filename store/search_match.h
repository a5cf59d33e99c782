/*
 * The words of the full-text indexes: what is kept of a text, and what is looked for.
 *
 * Private to store/.
 */
#ifndef STORE_SEARCH_MATCH_H
#define STORE_SEARCH_MATCH_H

#include "store/query.h"
#include "store/store_search.h"

/* Any bytes as they are asked: folded (lexicon_fold_words()). */
struct span search_asked(struct arena *a, struct span words);
/* A text as it is indexed: folded, and behind each long word the ends of it that may be a part of a
 * compound, since an index finds how a word begins only. */
struct span search_indexed(struct arena *a, struct span text);
/* The same, each word the first time that it stands there. */
struct span search_indexed_once(struct arena *a, struct span text);

/*
 * What stands for MATCH, in the arena; "": no word of `asked` is in the index.  count_id says how
 * many texts have a word.
 *
 * It is "printer" OR "offline" OR ...: the rarest of the words, because they say most, and because
 * a word that half of all texts have would cost the reading of half of them.  Common ones are taken
 * only when there is no other, and *ret_common says so.
 */
int search_match(struct store *s, enum sql_id count_id, struct span asked, struct arena *a,
		 struct span *ret_match, bool *ret_common, struct err *e);
/* The same a word at a time: the words of `asked`, which stays; how many have one; what stands for
 * MATCH. */
size_t search_match_words(struct span asked, struct store_search_word v[STORE_SEARCH_WORDS]);
int search_match_count(struct store *s, enum sql_id count_id, struct store_search_word *w,
		       struct err *e);
struct span search_match_join(struct store_search_word *v, size_t n, struct arena *a,
			      bool *ret_common);

#endif
