/*
 * What was packed a short time ago, and what it was: a message is sent, and the words of a note are
 * indexed, soon after they were written down, and need not be unpacked for it.
 *
 * Asked by the packed bytes themselves, which are compared: so it says what they unpack to whatever
 * became of the rows since.  The oldest go first: of all where there is no room, of four where more
 * than that have one hash.  Private to store/.
 */
#ifndef STORE_LATELY_H
#define STORE_LATELY_H

#include <stdint.h>

#include "gatewayd/base/str.h"

enum { LATELY_SETS = 256, LATELY_WAYS = 4 };

struct lately {
	char *room;   /* a ring; NULL: nothing was put there */
	uint64_t end; /* bytes that were put there, ever */
	struct lately_place {
		uint64_t at; /* of the packed bytes; the others are behind them */
		size_t packed, bytes;
	} places[LATELY_SETS][LATELY_WAYS];
};

void lately_release(struct lately *l);
/* Copies both; nothing where they are long. */
void lately_put(struct lately *l, struct span packed, struct span bytes);
/* Of so many bytes; they live until the next lately_put(). */
bool lately_find(const struct lately *l, struct span packed, size_t size, struct span *ret_bytes);

#endif
