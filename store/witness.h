/*
 * The companion of a store: a small file beside it, STORE.witness, that says which store it is and
 * how far it had come, so that an older copy, an empty file or a lost log is told from the newest.
 *
 * It must never be ahead of the store through a crash of our own, and cost nothing.  So a commit is
 * durable first (its own fsync), then the state is written over the older of two slots with one
 * pwrite() and no fsync: a kill or a power cut can leave the companion behind, which is no harm,
 * and never ahead.  A slot is one sector (512 bytes, which a disk writes whole or not at all) in a
 * block of its own that was allocated when the file was made, and has a checksum: one that is torn
 * all the same leaves the other one.  Made or replaced as a whole it appears under its name
 * complete and synced, file and folder.
 *
 * Private to store/.
 */
#ifndef STORE_WITNESS_H
#define STORE_WITNESS_H

#include "store/store_epoch.h"

enum { WITNESS_EPOCHS_MAX = 8, WITNESS_SLOT_SIZE = 512, WITNESS_SLOT_STEP = 4096 };

/* X(id, table): numbers that go on where the store may have lost the highest ones. */
#define STORE_SEQUENCES(X)           \
	X(SEQUENCE_CASES, "cases")   \
	X(SEQUENCE_MAIL, "mail")     \
	X(SEQUENCE_NOTE, "note")     \
	X(SEQUENCE_OUTBOX, "outbox") \
	X(SEQUENCE_ATTACHMENT, "attachment")
enum sequence {
#define X(id, table) id,
	STORE_SEQUENCES(X)
#undef X
	    SEQUENCE_COUNT,
};

struct witness_state {
	bool is_blank; /* of a store that is being made: nothing was committed to it */
	uint8_t identity[STORE_TAG_SIZE];
	int64_t commits;
	int64_t sequence[SEQUENCE_COUNT]; /* the highest number given */
	size_t epochs;			  /* the newest first */
	struct store_epoch epoch[WITNESS_EPOCHS_MAX];
};

#define WITNESS_BEGUN ".witness.new-" /* STORE.witness.new-PID: until it is complete */

/* CLOSED: it cannot be opened, errno says why; nobody knows what it says. */
enum witness_found { WITNESS_NONE, WITNESS_CLOSED, WITNESS_DAMAGED, WITNESS_FOUND };
/* The newer of the slots that are whole. */
enum witness_found witness_read(const char *path, struct witness_state *ret_state);
/* Makes it, durable; one that is there is replaced with `replace`, else left as it is. */
int witness_make(const char *path, const struct witness_state *state, bool replace, struct err *e);

/* For writing, while the store is open. */
struct witness {
	int fd; /* -1: none */
	uint64_t turn;
};
int witness_open(struct witness *w, const char *path, struct err *e);
void witness_close(struct witness *w);
/* After the commit.  False when it could not be written: it stays behind, and the next may do. */
bool witness_write(struct witness *w, const struct witness_state *state);
/* The file under that name is still the one that is written to. */
bool witness_is_there(const struct witness *w, const char *path);

#endif
