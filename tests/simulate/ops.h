/*
 * Operations of core that touch the world outside, counted, and made to fail at the n-th.
 *
 * Counted are the steps of the disk (disk.h) and the calls that the linker leads here (--wrap of
 * sendmsg, recvmsg, memfd_create, mmap, open, rename, link, fsync, pwrite), while core works; what
 * the scripted peers and the checks do is not.  OPS_CRASH: from the n-th on nothing that core does
 * reaches the world: what it writes is not written, what it sends is not sent; that is all that
 * anybody else sees of a process that ended there.
 */
#ifndef TESTS_SIMULATE_OPS_H
#define TESTS_SIMULATE_OPS_H

#include <stdbool.h>

#define OPS(X)                                      \
	X(OP_READ, "read") /* of a file */          \
	X(OP_WRITE, "write")                        \
	X(OP_SYNC, "fsync")                         \
	X(OP_TRUNCATE, "truncate")                  \
	X(OP_OPEN, "open")                          \
	X(OP_DELETE, "delete")                      \
	X(OP_RENAME, "rename")                      \
	X(OP_WITNESS, "pwrite") /* beside SQLite */ \
	X(OP_SEND, "sendmsg")                       \
	X(OP_RECEIVE, "recvmsg")                    \
	X(OP_MEMFD, "memfd_create")                 \
	X(OP_MAP, "mmap")                           \
	X(OP_MEMORY, "malloc") /* SQLite's */
enum op {
#define X(id, name) id,
	OPS(X)
#undef X
	    OP_COUNT,
};
extern const char *const op_names[OP_COUNT];

enum { OPS_ALL = (1 << OP_COUNT) - 1 };
/* What others see of core: between two of these a crash makes no difference. */
enum {
	OPS_SEEN = 1 << OP_WRITE | 1 << OP_SYNC | 1 << OP_TRUNCATE | 1 << OP_DELETE |
		   1 << OP_RENAME | 1 << OP_WITNESS | 1 << OP_SEND
};

enum ops_way { OPS_NONE, OPS_CRASH, OPS_ONCE, OPS_FOR_GOOD };

/* At the n-th of those in the mask, from now on. */
void ops_arm(enum ops_way way, unsigned int mask, long n);
void ops_disarm(void); /* and what was off is on again */
void ops_mend(void);   /* nothing fails from now on; what is counted goes on */
/* Core works, or it does not; gives back what was. */
bool ops_count(bool on);
long ops_counted(enum op op); /* since ops_arm() */
long ops_fired(void);	      /* faults since ops_arm() */
bool ops_off(void);	      /* it crashed */

/* One more; true: it fails. */
bool ops_fails(enum op op);

#endif
