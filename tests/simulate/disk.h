/*
 * The disk below the store: SQLite's files and the witness, with what was synced kept apart from
 * what was only written.
 *
 * A layer under SQLite (its default VFS from disk_register() on) over files that should stand on a
 * file system in memory.  Each step of it is an operation of ops.h.  When the power comes back,
 * each write since the last sync is there as a whole, in part or not at all, by chance and each for
 * itself, so that a later one may outlive an earlier one.
 */
#ifndef TESTS_SIMULATE_DISK_H
#define TESTS_SIMULATE_DISK_H

#include <stddef.h>

#include "tests/simulate/chance.h"

enum disk_loss {
	DISK_KEEPS,  /* the process ended, the machine did not */
	DISK_LOSES,  /* all that was not synced */
	DISK_HALVES, /* each of these writes: the first part of it */
	DISK_MIXES,  /* each by chance: whole, in part, lost */
	DISK_LOSSES,
};
extern const char *const disk_loss_names[DISK_LOSSES];

void disk_register(void);
/* A disk without files; what the last one had is forgotten. */
void disk_fresh(void);
/* SQLite's random numbers begin again, with those of chance_libraries. */
void disk_seed(void);
/* The store is closed, and its files were changed by others. */
void disk_forget(void);
/* The store is closed: the files become what the disk has. */
void disk_power_back(enum disk_loss loss, struct chance *c);
/* Before it writes to a file beside SQLite's, which nobody syncs: the slot of the witness. */
void disk_witness_writes(int fd, size_t n, int64_t at);
/* From now on each write says that the disk is full, or bad (an I/O error), until DISK_WELL. */
enum disk_state { DISK_WELL, DISK_FULL, DISK_BAD };
void disk_is(enum disk_state state);

/* A number for all that was written and sent since disk_fresh(): the same world, the same number.
 */
void disk_digest(const void *bytes, size_t n);
uint64_t disk_digest_now(void);

#endif
