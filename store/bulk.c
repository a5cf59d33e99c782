#include "store/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/sqlite_file.h"

enum { PIECE = 64 * KIB, BLOCK = 512 /* st_blocks (stat(2)) */ };

static int failed(const struct bulk *b, struct err *e)
{
	bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return err_set(e, ERR_TEMP, "store: %s: %s%s", b->path,
		       is_full ? "the disk is full, or a quota or limit reached; make room: " : "",
		       strerror(errno));
}

/* --- the file --- */

void bulk_init(struct bulk *b)
{
	*b = (struct bulk){ .fd = -1 };
}

void bulk_close(struct bulk *b)
{
	if (b->fd >= 0)
		close(b->fd);
	free(b->path);
	bulk_init(b);
}

int bulk_usable(const struct bulk *b, struct err *e)
{
	return b->is_broken ? err_set(e, ERR_TEMP,
				      "store: %s: the disk failed to keep a write; it "
				      "must be opened again",
				      b->path)
			    : 0;
}

static int is_missing(const struct bulk *b, const char *how, struct err *e)
{
	return err_set(e, ERR_PERM,
		       "%s is %s, and long mails stand in it: put it back as it was with the "
		       "store, or a backup (gatewayctl restore)",
		       b->path, how);
}

static int look_at(struct bulk *b, enum bulk_mode mode, struct err *e)
{
	struct stat st;

	if (fstat(b->fd, &st) < 0)
		return failed(b, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PERM, "%s is not a file", b->path);
	if (st.st_size < b->end && mode != BULK_AS_IT_IS)
		return is_missing(b, "shorter than it was", e);
	if (st.st_size > b->end && mode == BULK_WRITE && ftruncate(b->fd, b->end) < 0)
		return failed(b, e);
	return 0;
}

int bulk_open(struct bulk *b, const char *where, int64_t end, enum bulk_mode mode, struct err *e)
{
	b->path = mem_alloc(strlen(where) + sizeof(BULK_TAIL));
	stpcpy(stpcpy(b->path, where), BULK_TAIL);
	b->end = b->stands = b->marked = end;
	b->fd = open(b->path,
		     (mode == BULK_READ ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (b->fd >= 0)
		return look_at(b, mode, e);
	if (errno != ENOENT)
		return err_set(e, ERR_PERM, "%s: %s", b->path, strerror(errno));
	return end && mode != BULK_AS_IT_IS ? is_missing(b, "gone", e) : 0;
}

static int create(struct bulk *b, struct err *e)
{
	b->fd = sqlite_file_fresh(b->path);
	b->is_new = true;
	return b->fd < 0 ? failed(b, e) : sqlite_file_give(b->path, e);
}

int bulk_is_whole(const struct bulk *b, struct err *e)
{
	struct stat st;

	if (!b->end || (b->fd >= 0 && fstat(b->fd, &st) == 0 && st.st_size >= b->end))
		return 0;
	return is_missing(b, b->fd < 0 ? "gone" : "shorter than it was", e);
}

bool bulk_is_there(const struct bulk *b)
{
	struct stat mine, there;

	return b->fd < 0 || (fstat(b->fd, &mine) == 0 && stat(b->path, &there) == 0 &&
			     mine.st_dev == there.st_dev && mine.st_ino == there.st_ino);
}

int bulk_lengthen(struct bulk *b, struct err *e)
{
	struct stat st = { 0 };

	if (!b->end)
		return 0;
	if ((b->fd < 0 && create(b, e) < 0))
		return -1;
	if (fstat(b->fd, &st) < 0 || (st.st_size < b->end && ftruncate(b->fd, b->end) < 0))
		return failed(b, e);
	b->is_dirty = true;
	return bulk_sync(b, e);
}

/* --- in --- */

static int write_all(const struct bulk *b, struct span piece, int64_t at, struct err *e)
{
	while (piece.n) {
		ssize_t n = pwrite(b->fd, piece.p, piece.n, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(b, e);
		piece = span_sub(piece, (size_t)n, SIZE_MAX);
		at += n;
	}
	return 0;
}

int bulk_add(struct bulk *b, engine_next_fn *next, void *ctx, int64_t *ret_at, int64_t *ret_length,
	     struct err *e)
{
	int64_t at = b->end;
	struct span piece;
	int got;

	if (b->fd < 0 && create(b, e) < 0)
		return -1;
	b->is_dirty = true;
	while ((got = next(ctx, &piece, e)) > 0) {
		if (write_all(b, piece, at, e) < 0)
			return -1;
		at += (int64_t)piece.n;
	}
	if (got < 0)
		return -1;
	*ret_at = b->end;
	*ret_length = at - b->end;
	b->end = at;
	return 0;
}

int bulk_sync(struct bulk *b, struct err *e)
{
	if (b->is_dirty && fdatasync(b->fd) < 0) {
		b->is_broken = true;
		return failed(b, e);
	}
	if (b->is_new && sqlite_file_sync_folder(b->path, e) < 0)
		return -1;
	b->is_dirty = b->is_new = false;
	return 0;
}

void bulk_commit(struct bulk *b)
{
	b->stands = b->marked = b->end;
}

/* What cannot be cut is written over by the next, or cut when the file is opened. */
static void cut(struct bulk *b, int64_t end)
{
	b->end = end;
	if (b->is_dirty)
		(void)!ftruncate(b->fd, end);
}

void bulk_rollback(struct bulk *b)
{
	b->marked = b->stands; /* no mark outlives its transaction */
	cut(b, b->stands);
}

void bulk_mark(struct bulk *b)
{
	b->marked = b->end;
}

void bulk_back_to_mark(struct bulk *b)
{
	cut(b, b->marked);
}

/* --- out --- */

int bulk_read(const struct bulk *b, int64_t at, int64_t length, store_piece_fn *fn, void *ctx,
	      struct err *e)
{
	char piece[PIECE];

	while (length > 0) {
		size_t most = length < PIECE ? (size_t)length : sizeof(piece);
		ssize_t n = pread(b->fd, piece, most, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && b->fd >= 0)
			return failed(b, e);
		if (n <= 0)
			return err_set(e, ERR_PERM,
				       "its bytes are not in the file beside the store");
		if (fn(ctx, (struct span){ piece, (size_t)n }, e) < 0)
			return -1;
		at += n;
		length -= n;
	}
	return 0;
}

int bulk_empty(struct bulk *b, int64_t at, int64_t length, struct err *e)
{
	static const char zeros[PIECE];

	for (; length > 0; at += PIECE, length -= PIECE) {
		size_t n = length < PIECE ? (size_t)length : sizeof(zeros);

		if (write_all(b, (struct span){ zeros, n }, at, e) < 0)
			return -1;
	}
	return 0;
}

int bulk_sync_zeros(struct bulk *b, struct err *e)
{
	return fdatasync(b->fd) < 0 ? failed(b, e) : 0;
}

void bulk_punch(struct bulk *b, int64_t at, int64_t length)
{
	(void)fallocate(b->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, length);
}

int64_t bulk_size(const struct bulk *b)
{
	struct stat st;

	return b->fd >= 0 && fstat(b->fd, &st) == 0 ? (int64_t)st.st_blocks * BLOCK : 0;
}
