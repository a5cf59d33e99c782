/*
 * Senders, and the rows of the outbox that each has: their results are to come.
 *
 * In place: zeroed is empty.
 */
#ifndef GATEWAYD_CORE_HOLDERS_H
#define GATEWAYD_CORE_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOLDERS_MAX = 8 }; /* a sender, and those before it that still have rows */

struct peer;

struct holder {
	struct peer *peer; /* NULL: free */
	int64_t *rows;
	size_t n, cap;
};

struct holders {
	struct holder v[HOLDERS_MAX];
};

void holders_release(struct holders *h);
/* That of the peer; of NULL: a free one.  NULL: none. */
struct holder *holders_find(struct holders *h, const struct peer *peer);
size_t holders_rows(const struct holders *h); /* of all together */
bool holders_have(const struct holders *h, int64_t row);
void holder_add(struct holder *h, int64_t row);
bool holder_drop(struct holder *h, int64_t row); /* false: it did not have it */

#endif
