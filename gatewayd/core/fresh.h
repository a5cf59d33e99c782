/*
 * Mails that were kept just now, in the memory that they came in: what is parsed next needs not be
 * read back from the store.
 *
 * At most FRESH_MAX of them and FRESH_BYTES_MAX bytes; what is not here is in the store.
 */
#ifndef GATEWAYD_CORE_FRESH_H
#define GATEWAYD_CORE_FRESH_H

#include <stddef.h>
#include <stdint.h>

#include "gatewayd/base/memory.h"
#include "gatewayd/base/units.h"
#include "store/store.h"

enum {
	FRESH_MAX = 1024,
	FRESH_BYTES_MAX = 64 * MIB,
	FRESH_MANY = 256, /* twice those that are decided together */
	FRESH_MANY_BYTES = 32 * MIB,
	FRESH_HERE_MAX = 32 * KIB, /* bytes of a mail that is read without a memfd */
};

struct fresh_mail {
	int64_t mail;
	struct memory raw;
};

struct fresh {
	struct fresh_mail v[FRESH_MAX]; /* a ring, numbers ascending */
	size_t first, n, bytes;
};
void fresh_clear(struct fresh *f);

/* There is enough to go on with. */
bool fresh_many(const struct fresh *f);
/* Takes the memory; numbers ascend. */
void fresh_add(struct fresh *f, int64_t mail, const struct memory *raw);
/* Its bytes, which are the caller's then; from the store where they are not here.  Those before it
 * go. */
int fresh_raw(struct fresh *f, struct store *s, const struct store_mail *mail,
	      struct memory *ret_raw, struct err *e);

#endif
