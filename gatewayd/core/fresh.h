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

#include "gatewayd/base/units.h"
#include "store/store.h"

enum { FRESH_MAX = 256, FRESH_BYTES_MAX = 64 * MIB };

struct fresh_mail {
	int64_t mail;
	int fd;
	size_t size;
};

struct fresh {
	struct fresh_mail v[FRESH_MAX]; /* a ring, numbers ascending */
	size_t first, n, bytes;
};
void fresh_clear(struct fresh *f);

/* Takes the descriptor of a sealed memfd; numbers ascend. */
void fresh_add(struct fresh *f, int64_t mail, int fd, size_t size);
/* Its descriptor, which is the caller's then; -1: it is not here.  Those before it go. */
int fresh_take(struct fresh *f, int64_t mail);
/* The same; from the store where it is not here. */
int fresh_raw(struct fresh *f, struct store *s, int64_t mail, int *ret_fd, struct err *e);

#endif
