/*
 * Memory that is there or the process is not.
 *
 * Every size that comes from outside has a limit of its own before it gets here, so a failed
 * allocation is no condition to handle: the role aborts and its parent starts it anew.
 */
#ifndef GATEWAYD_BASE_MEM_H
#define GATEWAYD_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n);		      /* zeroed */
void *mem_alloc_n(size_t count, size_t size); /* zeroed; aborts when count * size overflows */
void *mem_resize_n(void *p, size_t count, size_t size); /* new room is not zeroed */
char *mem_strdup(const char *s);

/* Frees what *pp points to and clears it; for __attribute__((cleanup)) on `char *` and the like. */
void mem_free(void *pp);
#define MEM_AUTO __attribute__((cleanup(mem_free)))

#endif
