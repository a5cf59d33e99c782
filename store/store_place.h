/*
 * Part of store.h: a file where it stands in the raw mail it came with, as it is or in base64.
 */
#ifndef STORE_STORE_PLACE_H
#define STORE_STORE_PLACE_H

#include "store/store_open.h"

struct store_place {
	size_t at, length; /* bytes of raw */
	size_t size;	   /* bytes that they come to */
	bool is_base64;
};

/* It lies in raw and comes to that size, exactly: it can be read back as long as raw is what it is.
 */
bool store_place_holds(struct span raw, const struct store_place *place);
/* The bytes of one that holds; as it is they are raw's, else the arena's. */
struct span store_place_bytes(struct span raw, const struct store_place *place, struct arena *a);

#endif
