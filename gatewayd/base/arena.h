/*
 * Memory that is freed as a whole: one arena for one mail, one for one turn of the loop.
 *
 * Nothing taken from an arena is freed by itself.  arena_reset() keeps the first block, so that a
 * long-lived arena costs no allocation in the steady state.
 */
#ifndef GATEWAYD_BASE_ARENA_H
#define GATEWAYD_BASE_ARENA_H

#include "gatewayd/base/str.h"

struct arena_block;

struct arena {
	struct arena_block *head; /* the block being filled */
	size_t used;		  /* bytes handed out since the last reset */
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);
#define ARENA_AUTO __attribute__((cleanup(arena_release)))
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t n);			 /* zeroed, aligned for anything */
void *arena_alloc_n(struct arena *a, size_t count, size_t size); /* aborts on overflow */
/* Room for one more behind the n of an array that only grows so: v itself, or a copy twice as
 * large; the new room is zeroed.  No capacity is kept: it is what n implies (8, 16, 32 ...). */
void *arena_grow(struct arena *a, void *v, size_t n, size_t size);
#define ARENA_GROW(a, v, n) ((v) = arena_grow((a), (v), (n), sizeof(*(v))))
char *arena_room(struct arena *a, size_t n);	       /* not zeroed, not aligned */
struct span arena_dup(struct arena *a, struct span s); /* a NUL stands behind it */
char *arena_cstr(struct arena *a, struct span s);      /* cut at the first NUL inside */
/* One behind the other; a NUL behind all. */
struct span arena_join(struct arena *a, const struct span *v, size_t n);
#define ARENA_JOIN(a, ...)                                    \
	arena_join((a), (const struct span[]){ __VA_ARGS__ }, \
		   sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span))
struct span arena_decimal(struct arena *a, int64_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
