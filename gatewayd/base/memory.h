/*
 * Bytes that came from another role, or go to one: in a memfd, or the process's own where they are
 * few and a memfd would cost more than a copy.
 *
 * To map a memfd, touch its pages and unmap it costs many times what reading it does where the
 * kernel keeps its tables by way of a hypervisor, so only what is long is mapped.
 */
#ifndef GATEWAYD_BASE_MEMORY_H
#define GATEWAYD_BASE_MEMORY_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/units.h"

struct memory {
	struct span bytes; /* on the heap, or where fd is mapped; at NULL: in fd alone */
	bool is_shared;	   /* fd is there */
	bool is_lent;	   /* by area.h: they are where they are */
	int fd;		   /* is_shared: owned, and sealed */
};

void memory_copy(struct memory *ret_m, struct span bytes);
void memory_lent(struct memory *ret_m, struct span bytes);
void memory_of(struct memory *ret_m, struct buf *bytes); /* which is empty then */
/* As memfd_map(), which see; the descriptor is its own then, on success only. */
int memory_map(struct memory *ret_m, int fd, size_t max, struct err *e);
/* The same, and up to MEMORY_READ_MAX bytes are not mapped: memory_open() reads them. */
enum { MEMORY_READ_MAX = MIB };
int memory_take(struct memory *ret_m, int fd, size_t max, struct err *e);
/* The bytes, where they are or in `room`, which has nothing else then; ERR_TEMP: as memfd_read().
 */
int memory_open(const struct memory *m, struct buf *room, struct span *ret_bytes, struct err *e);
/* Has it in a memfd. */
int memory_share(struct memory *m, struct err *e);
/* They stay there, and large ones are no part of this process's memory until they are read again.
 */
void memory_rest(const struct memory *m);
void memory_release(struct memory *m); /* it is empty then */

#endif
