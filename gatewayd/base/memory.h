/*
 * Bytes that came from another role, or go to one: mapped from a memfd, or the process's own where
 * they are few and a memfd would cost more than a copy.
 */
#ifndef GATEWAYD_BASE_MEMORY_H
#define GATEWAYD_BASE_MEMORY_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

struct memory {
	struct span bytes; /* on the heap, or where fd is mapped */
	bool is_mapped;
	bool is_lent; /* by area.h: they are where they are */
	int fd;	      /* owned, and sealed */
};

void memory_copy(struct memory *ret_m, struct span bytes);
void memory_lent(struct memory *ret_m, struct span bytes);
void memory_of(struct memory *ret_m, struct buf *bytes); /* which is empty then */
/* As memfd_map(), which see; the descriptor is its own then, on success only. */
int memory_map(struct memory *ret_m, int fd, size_t max, struct err *e);
/* Has it in a memfd. */
int memory_share(struct memory *m, struct err *e);
/* They stay there, and large ones are no part of this process's memory until they are read again.
 */
void memory_rest(const struct memory *m);
void memory_release(struct memory *m); /* it is empty then */

#endif
