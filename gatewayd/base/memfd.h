/* Bytes in a memfd: the way in which large things go from role to role. */
#ifndef GATEWAYD_BASE_MEMFD_H
#define GATEWAYD_BASE_MEMFD_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

/* Empty, and not sealed. */
int memfd_new(int *ret_fd, struct err *e);
/* The bytes, sealed against every change, at offset 0. */
int memfd_of(struct span bytes, int *ret_fd, struct err *e);
/* Writes all of it. */
int memfd_write(int fd, struct span bytes, struct err *e);

/*
 * Maps a memfd that somebody else filled.  It is sealed first, so that it cannot change under our
 * eyes: a writer that still has it mapped is refused.  ERR_PERM: not sealable, over max, or another
 * kind of file.
 */
int memfd_map(int fd, size_t max, struct span *ret_bytes, struct err *e);
void memfd_unmap(struct span bytes);
/* Seals it as memfd_map() does, and tells how many bytes it has. */
int memfd_seal(int fd, size_t max, size_t *ret_n, struct err *e);
/* The first n of its bytes to `into`, at the end of what is there; ERR_TEMP: they cannot be had. */
int memfd_read(int fd, size_t n, struct buf *into, struct err *e);
/* They stay mapped, and are no part of this process's memory until they are read again. */
void memfd_rest(struct span bytes);

#endif
