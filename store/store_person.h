/*
 * Part of store.h: what is known of one person, and what stands where she was erased.
 */
#ifndef STORE_STORE_PERSON_H
#define STORE_STORE_PERSON_H

#include "store/store_open.h"

enum { STORE_PSEUDONYM_SIZE = 2 * MAC_SIZE + 1 };
/* An address where it may not stand in clear: its keyed hash in hex, the same for upper and lower
 * case.  Who has the store can try guesses. */
int store_person_pseudonym(struct store *s, struct span address, char ret_hex[STORE_PSEUDONYM_SIZE],
			   struct err *e);

#endif
