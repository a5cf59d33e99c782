/*
 * Mails that are made to hurt: each is something repeated as often as one wants.  They are made
 * when they are needed and never stored.
 */
#ifndef TESTS_BOMBS_BOMBS_H
#define TESTS_BOMBS_BOMBS_H

#include "gatewayd/base/buf.h"

struct bomb {
	const char *name;
	size_t full; /* repetitions of the real thing */
	struct span head, unit, tail;
	const char *coding; /* NULL, or what the units are wrapped in: see bomb_make() */
};

extern const struct bomb bombs[];
extern const size_t bomb_count;

/*
 * Appends head, n times unit, tail; "#" in head and unit becomes the number of the repetition. With
 * coding "tnef" the units are attributes of a TNEF stream, with "rtf" the tokens of its RTF body.
 */
void bomb_make(const struct bomb *b, size_t n, struct buf *out);

#endif
