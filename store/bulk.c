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

static bool says_full(int code)
{
	return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

static int failed(const struct bulk *b, struct err *e)
{
	return err_set(
	    e, ERR_TEMP, "store: %s: %s%s", b->path,
	    says_full(errno) ? "the disk is full, or a quota or limit reached; make room: " : "",
	    strerror(errno));
}

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

/* --- what stands at its path --- */

#define PUT_BACK "put it back as it was with the store, or a backup (gatewayctl restore)"

static int is_missing(const struct bulk *b, const char *how, struct err *e)
{
	return err_set(e, ERR_PERM, "%s is %s, and long mails stand in it: " PUT_BACK, b->path,
		       how);
}

static const char *kind_of(mode_t mode)
{
	return S_ISLNK(mode) ? "a symbolic link" : S_ISDIR(mode) ? "a folder" : "a device or pipe";
}

static int is_no_file(const struct bulk *b, mode_t mode, struct err *e)
{
	return err_set(e, ERR_PERM,
		       "%s is %s, and must be the file itself that long mails stand in: move it "
		       "away, and " PUT_BACK,
		       b->path, kind_of(mode));
}

/* It could not be opened; errno says why. */
static int is_closed(const struct bulk *b, struct err *e)
{
	int why = errno;
	struct stat st;

	if (lstat(b->path, &st) == 0 && !S_ISREG(st.st_mode))
		return is_no_file(b, st.st_mode, e);
	if (why == EACCES || why == EPERM)
		return err_set(e, ERR_PERM,
			       "%s: %s: give it to who owns the store (chown), with leave to read "
			       "and write (chmod 600)",
			       b->path, strerror(why));
	return err_set(e, why == EMFILE || why == ENFILE || why == ENOMEM ? ERR_TEMP : ERR_PERM,
		       "%s: %s: where that does not pass, " PUT_BACK, b->path, strerror(why));
}

static int store_size(const struct bulk *b)
{
	return (int)(strlen(b->path) - strlen(BULK_TAIL));
}

static int is_others(const struct bulk *b, const char *how, struct err *e)
{
	return err_set(e, ERR_PERM,
		       "%s is %s %.*s, and nothing of it was changed: put both back as they were "
		       "together, or \"gatewayctl restore %.*s\" goes on with this store as with a "
		       "backup, and moves both aside",
		       b->path, how, store_size(b), b->path, store_size(b), b->path);
}

static bool is_fresh(const struct bulk *b, int64_t size)
{
	return !b->state.named && size <= BULK_MARK_ROOM; /* making it was cut off */
}

static bool is_ours(const struct bulk *b, const struct bulk_mark *mark)
{
	return mark->number == b->state.number ||
	       (mark->before == b->state.number && !mark->stands);
}

static int judge_mark(struct bulk *b, int64_t size, struct bulk_mark *ret_mark, struct err *e)
{
	const struct bulk_state *s = &b->state;

	b->is_marked = bulk_marks_read(&b->marks, b->fd, s->number, ret_mark);
	if (!b->is_marked)
		return !s->number || is_fresh(b, size) ? 0 : is_others(b, "not that of", e);
	if (is_ours(b, ret_mark))
		return 0;
	if (memcmp(ret_mark->identity, s->identity, sizeof(s->identity)) != 0)
		return is_others(b, "of another store than", e);
	return is_others(b, ret_mark->commits > s->commits ? "newer than" : "older than", e);
}

static int judge(struct bulk *b, int64_t *ret_size, struct bulk_mark *ret_mark, struct err *e)
{
	struct stat st;

	if (fstat(b->fd, &st) < 0)
		return failed(b, e);
	if (!S_ISREG(st.st_mode))
		return is_no_file(b, st.st_mode, e);
	*ret_size = st.st_size;
	if (judge_mark(b, st.st_size, ret_mark, e) < 0)
		return -1;
	return st.st_size < b->state.named ? is_missing(b, "shorter than it was", e) : 0;
}

/* --- the file --- */

static void begin_at(struct bulk *b, int64_t end)
{
	b->end = b->stands = b->marked = end;
}

static int64_t highest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* With the mark, which is there before any byte. */
static int begin_file(struct bulk *b, struct err *e)
{
	struct bulk_mark mark = { .number = b->state.number,
				  .stands = true,
				  .commits = b->state.commits };

	memcpy(mark.identity, b->state.identity, sizeof(mark.identity));
	begin_at(b, highest(b->end, BULK_MARK_ROOM));
	b->is_marked = true;
	b->is_dirty = true;
	return bulk_marks_make(&b->marks, b->fd, &mark) < 0 ? failed(b, e) : bulk_sync(b, e);
}

static int set_size(const struct bulk *b, int64_t size, struct err *e)
{
	return ftruncate(b->fd, size) < 0 ? failed(b, e) : 0;
}

/* It is the store's own. */
static int settle(struct bulk *b, int64_t size, struct bulk_mark *mark, struct err *e)
{
	if (!b->is_marked && is_fresh(b, size))
		return set_size(b, 0, e) < 0 ? -1 : begin_file(b, e);
	if (!b->is_marked) {
		begin_at(b, highest(b->end, size));
		return 0;
	}
	begin_at(b, highest(b->end, BULK_MARK_ROOM));
	if (!mark->stands && mark->number == b->state.number) {
		mark->stands = true;
		(void)bulk_marks_write(&b->marks, mark);
	}
	return size != b->end ? set_size(b, b->end, e) : 0;
}

int bulk_open(struct bulk *b, const char *where, const struct bulk_state *state,
	      enum bulk_mode mode, struct err *e)
{
	struct bulk_mark mark = { 0 };
	int64_t size;

	b->path = mem_alloc(strlen(where) + sizeof(BULK_TAIL));
	stpcpy(stpcpy(b->path, where), BULK_TAIL);
	b->state = *state;
	begin_at(b, mode == BULK_READ ? state->named : highest(state->named, state->gone));
	b->fd = open(b->path,
		     (mode == BULK_READ ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (b->fd < 0 && errno != ENOENT)
		return is_closed(b, e);
	if (mode == BULK_AS_IT_IS)
		return 0;
	if (b->fd < 0)
		return state->named ? is_missing(b, "gone", e) : 0;
	if (judge(b, &size, &mark, e) < 0)
		return -1;
	return mode == BULK_WRITE ? settle(b, size, &mark, e) : 0;
}

/* One that came there meanwhile is another's. */
static int create(struct bulk *b, struct err *e)
{
	b->fd = open(b->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (b->fd < 0)
		return errno == EEXIST && bulk_stands(b, e) < 0 ? -1 : failed(b, e);
	if (sqlite_file_give(b->path, e) == 0 && begin_file(b, e) == 0 &&
	    sqlite_file_sync_folder(b->path, e) == 0)
		return 0;
	close(b->fd);
	unlink(b->path);
	b->fd = -1;
	return -1;
}

int bulk_is_whole(struct bulk *b, struct err *e)
{
	struct bulk_mark mark;
	int64_t size;

	if (b->fd < 0)
		return b->state.named ? is_missing(b, "gone", e) : 0;
	return judge(b, &size, &mark, e);
}

int bulk_take(struct bulk *b, struct err *e)
{
	if (b->fd < 0 && !b->state.named)
		return 0;
	if (b->fd < 0 && create(b, e) < 0)
		return -1;
	if (set_size(b, b->end, e) < 0)
		return -1;
	b->is_dirty = true;
	return b->state.number ? begin_file(b, e) : bulk_sync(b, e);
}

/* --- while it is written to --- */

static int is_astray(const struct bulk *b, const char *how, struct err *e)
{
	return err_set(e, ERR_TEMP,
		       "%s %s, and long mails stand in the one that is written to: put that back "
		       "(mv), or make a backup before the daemon ends (gatewayctl backup) and "
		       "restore it",
		       b->path, how);
}

static bool has_its_mark(const struct bulk *b)
{
	struct bulk_mark mark;
	struct bulk_marks m;

	return !b->is_marked ||
	       (bulk_marks_read(&m, b->fd, b->state.number, &mark) && is_ours(b, &mark));
}

int bulk_stands(const struct bulk *b, struct err *e)
{
	struct stat mine, there;
	bool is_there = lstat(b->path, &there) == 0;

	if (b->fd < 0)
		return is_there ? err_set(e, ERR_TEMP,
					  "%s came there while the store was open, and is not its "
					  "file: move it away",
					  b->path)
				: 0;
	if (!is_there)
		return is_astray(b, "is gone", e);
	if (fstat(b->fd, &mine) < 0)
		return failed(b, e);
	if (mine.st_dev != there.st_dev || mine.st_ino != there.st_ino)
		return is_astray(b, "is another one", e);
	if (mine.st_size < b->stands || !has_its_mark(b))
		return err_set(e, ERR_TEMP,
			       "%s was cut off or written over while the store was open: end the "
			       "daemon, and " PUT_BACK,
			       b->path);
	return 0;
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
	struct span piece;
	int64_t at;
	int got;

	if (b->fd < 0 && create(b, e) < 0)
		return -1;
	at = b->end;
	b->is_dirty = true;
	while ((got = next(ctx, &piece, e)) > 0) {
		if (write_all(b, piece, at, e) < 0) {
			b->lacks = at + (int64_t)piece.n - b->stands;
			return -1;
		}
		at += (int64_t)piece.n;
	}
	if (got < 0)
		return -1;
	*ret_at = b->end;
	*ret_length = at - b->end;
	b->end = at;
	return 0;
}

bool bulk_has_new(const struct bulk *b)
{
	return b->end != b->stands;
}

int bulk_begin(struct bulk *b, int64_t number, int64_t commits, struct err *e)
{
	struct bulk_mark mark = { .number = number, .before = b->state.number, .commits = commits };

	memcpy(mark.identity, b->state.identity, sizeof(mark.identity));
	b->is_dirty = true;
	b->next = number;
	b->state.commits = commits;
	return bulk_marks_write(&b->marks, &mark) < 0 ? failed(b, e) : 0;
}

int bulk_sync(struct bulk *b, struct err *e)
{
	if (b->is_dirty && fdatasync(b->fd) < 0) {
		b->is_broken = true;
		return failed(b, e);
	}
	if (b->is_dirty)
		bulk_marks_synced(&b->marks);
	b->is_dirty = false;
	return 0;
}

void bulk_commit(struct bulk *b)
{
	struct bulk_mark mark = { .number = b->next,
				  .before = b->state.number,
				  .stands = true,
				  .commits = b->state.commits };

	b->stands = b->marked = b->end;
	if (!b->next)
		return;
	memcpy(mark.identity, b->state.identity, sizeof(mark.identity));
	(void)bulk_marks_write(&b->marks, &mark); /* opening it does it, too */
	b->state.number = b->next;
	b->next = 0;
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
	b->next = 0;
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

int bulk_try_room(struct bulk *b, int64_t bytes, struct err *e)
{
	struct stat st;
	int code;

	if (b->fd < 0 || fstat(b->fd, &st) < 0 || st.st_size != b->end)
		return 0;
	do
		code = posix_fallocate(b->fd, b->end, bytes);
	while (code == EINTR);
	(void)!ftruncate(b->fd, b->end);
	errno = code;
	return says_full(code) ? failed(b, e) : 0;
}

int64_t bulk_size(const struct bulk *b)
{
	struct stat st;

	return b->fd >= 0 && fstat(b->fd, &st) == 0 ? (int64_t)st.st_blocks * BLOCK : 0;
}
