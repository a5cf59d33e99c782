#include "store/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "store/sqlite_file.h"
#include "store/sqlite_folder.h"

enum { SLOTS = 2, MAGIC_SIZE = 8, SUM_SIZE = SHA256_SIZE };

static const char magic[MAGIC_SIZE] = "gwd-wit1";

/* --- a slot: magic, turn, state, zeros, and the checksum of all that at its end --- */

static void put_number(uint8_t **at, int64_t n)
{
	for (int i = 0; i < 8; i++)
		*(*at)++ = (uint8_t)((uint64_t)n >> (8 * i));
}

static int64_t get_number(const uint8_t **at)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n |= (uint64_t) * (*at)++ << (8 * i);
	return (int64_t)n;
}

static void slot_put(const struct witness_state *s, uint64_t turn, uint8_t out[WITNESS_SLOT_SIZE])
{
	uint8_t *at = out + MAGIC_SIZE;

	memset(out, 0, WITNESS_SLOT_SIZE);
	memcpy(out, magic, MAGIC_SIZE);
	put_number(&at, (int64_t)turn);
	put_number(&at, s->is_blank);
	memcpy(at, s->identity, STORE_TAG_SIZE);
	at += STORE_TAG_SIZE;
	put_number(&at, s->commits);
	for (int i = 0; i < SEQUENCE_COUNT; i++)
		put_number(&at, s->sequence[i]);
	put_number(&at, (int64_t)s->epochs);
	for (size_t i = 0; i < s->epochs; i++) {
		put_number(&at, s->epoch[i].has_tag);
		memcpy(at, s->epoch[i].tag, STORE_TAG_SIZE);
		at += STORE_TAG_SIZE;
		put_number(&at, s->epoch[i].mark);
	}
	sha256_of((struct span){ (const char *)out, WITNESS_SLOT_SIZE - SUM_SIZE },
		  out + WITNESS_SLOT_SIZE - SUM_SIZE);
}

_Static_assert(MAGIC_SIZE + 2 * 8 + STORE_TAG_SIZE + (2 + SEQUENCE_COUNT) * 8 +
		       WITNESS_EPOCHS_MAX * (2 * 8 + STORE_TAG_SIZE) + SUM_SIZE <=
		   WITNESS_SLOT_SIZE,
	       "a slot holds it all");

static bool slot_is_whole(const uint8_t in[WITNESS_SLOT_SIZE])
{
	uint8_t sum[SUM_SIZE];

	sha256_of((struct span){ (const char *)in, WITNESS_SLOT_SIZE - SUM_SIZE }, sum);
	return memcmp(in, magic, MAGIC_SIZE) == 0 &&
	       memcmp(in + WITNESS_SLOT_SIZE - SUM_SIZE, sum, SUM_SIZE) == 0;
}

static bool slot_get(const uint8_t in[WITNESS_SLOT_SIZE], uint64_t *ret_turn,
		     struct witness_state *ret_state)
{
	struct witness_state s = { 0 };
	const uint8_t *at = in + MAGIC_SIZE;
	uint64_t turn;

	if (!slot_is_whole(in))
		return false;
	turn = (uint64_t)get_number(&at);
	s.is_blank = get_number(&at);
	memcpy(s.identity, at, STORE_TAG_SIZE);
	at += STORE_TAG_SIZE;
	s.commits = get_number(&at);
	for (int i = 0; i < SEQUENCE_COUNT; i++)
		s.sequence[i] = get_number(&at);
	s.epochs = (size_t)get_number(&at);
	if (s.epochs > WITNESS_EPOCHS_MAX)
		return false;
	for (size_t i = 0; i < s.epochs; i++) {
		s.epoch[i].has_tag = get_number(&at);
		memcpy(s.epoch[i].tag, at, STORE_TAG_SIZE);
		at += STORE_TAG_SIZE;
		s.epoch[i].mark = get_number(&at);
	}
	*ret_turn = turn;
	*ret_state = s;
	return true;
}

/* --- the file --- */

/* The newer slot; *ret_turn is its turn. */
static bool newest(int fd, uint64_t *ret_turn, struct witness_state *ret_state)
{
	bool found = false;

	for (int i = 0; i < SLOTS; i++) {
		uint8_t slot[WITNESS_SLOT_SIZE];
		struct witness_state state;
		uint64_t turn;

		if (pread(fd, slot, sizeof(slot), (off_t)i * WITNESS_SLOT_STEP) != sizeof(slot) ||
		    !slot_get(slot, &turn, &state) || (found && turn < *ret_turn))
			continue;
		*ret_turn = turn;
		*ret_state = state;
		found = true;
	}
	return found;
}

/* Whatever stands there: nobody waits for the other end of a pipe. */
enum witness_found witness_read(const char *path, struct witness_state *ret_state)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint64_t turn = 0;
	bool found;

	if (fd < 0)
		return errno == ENOENT ? WITNESS_NONE : WITNESS_CLOSED;
	found = newest(fd, &turn, ret_state);
	close(fd);
	return found ? WITNESS_FOUND : WITNESS_DAMAGED;
}

static int failed(const char *path, struct err *e)
{
	return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_TEMP : ERR_PERM, "store: %s: %s",
		       path, strerror(errno));
}

/* Both slots, so that later writes change no size. */
static int fill(int fd, const struct witness_state *state)
{
	uint8_t all[SLOTS * WITNESS_SLOT_STEP] = { 0 };

	slot_put(state, 1, all);
	if (pwrite(fd, all, sizeof(all), 0) != sizeof(all))
		return -1;
	return fsync(fd);
}

/* Under its name it appears complete. */
static int appear(const char *fresh, const char *path, bool replace)
{
	if (replace)
		return rename(fresh, path);
	if (link(fresh, path) < 0 && errno != EEXIST)
		return -1;
	return unlink(fresh);
}

int witness_make(const char *path, const struct witness_state *state, bool replace, struct err *e)
{
	size_t size = strlen(path) + 32;
	char *fresh MEM_AUTO = mem_alloc(size);
	int fd, done;

	snprintf(fresh, size, "%s.new-%d", path, (int)getpid());
	fd = sqlite_file_fresh(fresh);
	if (fd < 0)
		return sqlite_folder_refuse(path, STORE_CREATE, errno, e);
	done = fill(fd, state);
	if (close(fd) < 0 || done < 0 || sqlite_file_give(fresh, e) < 0 ||
	    appear(fresh, path, replace) < 0) {
		failed(path, e);
		unlink(fresh);
		return -1;
	}
	return sqlite_file_sync_folder(path, e);
}

int witness_open(struct witness *w, const char *path, struct err *e)
{
	struct witness_state state;

	w->turn = 0;
	w->fd = open(path, O_RDWR | O_CLOEXEC);
	if (w->fd < 0)
		return failed(path, e);
	(void)newest(w->fd, &w->turn, &state);
	return 0;
}

void witness_close(struct witness *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

bool witness_write(struct witness *w, const struct witness_state *state)
{
	uint8_t slot[WITNESS_SLOT_SIZE];
	uint64_t turn = w->turn + 1;

	slot_put(state, turn, slot);
	if (pwrite(w->fd, slot, sizeof(slot), (off_t)((turn + 1) % SLOTS) * WITNESS_SLOT_STEP) !=
	    sizeof(slot))
		return false;
	w->turn = turn;
	return true;
}

bool witness_is_there(const struct witness *w, const char *path)
{
	struct stat open_one, named;

	return fstat(w->fd, &open_one) == 0 && stat(path, &named) == 0 &&
	       open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}
