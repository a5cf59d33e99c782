/*
 * Memory for a library that copies secrets: what is small (passwords, commands that carry them)
 * lies in pages that are never swapped out nor dumped, and is wiped when it is given back.  What is
 * large comes from malloc().
 *
 * The five functions are those of the C library of the same names, and may be called from any
 * thread.  Where the system locks no more memory (RLIMIT_MEMLOCK) they go on without, as
 * crypto_lock() does.
 */
#ifndef GATEWAYD_BASE_LOCKED_H
#define GATEWAYD_BASE_LOCKED_H

#include <stddef.h>

enum { LOCKED_BYTES_MAX = 4096 }; /* of a piece; larger ones are not locked */

void *locked_malloc(size_t n);
void *locked_calloc(size_t count, size_t size);
void *locked_realloc(void *p, size_t n);
char *locked_strdup(const char *s);
void locked_free(void *p);

#endif
