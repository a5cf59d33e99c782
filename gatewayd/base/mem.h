/*
 * Memory that is there or the process is not.
 *
 * Every size that comes from outside has a limit of its own before it gets here, so a failed
 * allocation is no condition to handle: the role says so, ends with EX_OSERR and its parent
 * restarts it.  No signal: running out of memory proves nothing about what was being worked on.
 */
#ifndef GATEWAYD_BASE_MEM_H
#define GATEWAYD_BASE_MEM_H

#include "gatewayd/base/str.h"

void *mem_alloc(size_t n);		      /* zeroed */
void *mem_alloc_n(size_t count, size_t size); /* zeroed; ends when count * size overflows */
void *mem_resize_n(void *p, size_t count, size_t size); /* new room is not zeroed */
/* Room for one more behind the n of an array of *cap: v itself, or moved to twice the room. */
void *mem_grow(void *v, size_t n, size_t *cap, size_t size);
#define MEM_GROW(v, n, cap) ((v) = mem_grow((v), (n), (cap), sizeof(*(v))))
char *mem_strdup(const char *s);
char *mem_dup_span(struct span s); /* with a NUL behind it; one inside is kept */

_Noreturn void mem_exhausted(void); /* what the above do; for other allocators */

/* Frees what *pp points to and clears it; for __attribute__((cleanup)) on `char *` and the like. */
void mem_free(void *pp);
#define MEM_AUTO __attribute__((cleanup(mem_free)))

#endif
