/*
 * Which words of a text stand before the place that one looks at.
 *
 * It may say of a word that it does not, where there is no place for more words or too many stand
 * at one place: so each look costs the same, whatever the words are.  In place.  Private to store/.
 */
#ifndef STORE_SEARCH_ONCE_H
#define STORE_SEARCH_ONCE_H

#include "gatewayd/base/str.h"

enum {
	SEARCH_ONCE_SLOTS = 8192,
	SEARCH_ONCE_BEHIND = 16, /* bytes behind the text that can be read, whatever they are */
};

struct search_once {
	const char *text;
	size_t mask;
	struct search_once_slot {
		uint32_t at, n; /* of the text; n 0: of no word */
	} slots[SEARCH_ONCE_SLOTS];
};

/* The text stays, with SEARCH_ONCE_BEHIND; it is no longer than 4 GiB. */
void search_once_begin(struct search_once *o, struct span text);
/* The word, of that text, has been asked for before. */
bool search_once_again(struct search_once *o, struct span word);

#endif
