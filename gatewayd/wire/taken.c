#include "gatewayd/wire/taken.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/units.h"

enum {
	ROWS = 4096, /* a power of two */
	PROBES = 32, /* places in which a row may be, from its own on */
	HEAD = 4 * KIB,
	HEAD_MARK = 4 * KIB, /* bytes of a mail that its mark is taken of */
	BEING_PUT = -1,
};

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

struct head {
	char version[24];
	char boot[40]; /* as BOOT_ID says it */
};

struct taken_row {
	_Atomic int64_t row; /* 0: free; BEING_PUT */
	uint64_t mark;
	uint32_t class, code;
};

static const size_t file_size = HEAD + ROWS * sizeof(struct taken_row);

/* --- the file --- */

static void head_now(struct head *ret_h)
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

	*ret_h = (struct head){ .version = "gatewayd taken 1\n" };
	if (fd < 0)
		return;
	if (read(fd, ret_h->boot, sizeof(ret_h->boot) - 1) < 0)
		ret_h->boot[0] = '\0';
	close(fd);
}

/* Its room is there from now on: what is put there waits for no disk, and finds none full. */
static int make_room(int fd, struct err *e)
{
	int error = posix_fallocate(fd, 0, (off_t)file_size);

	return error ? err_set(e, ERR_PERM, "posix_fallocate: %s", strerror(error)) : 0;
}

static int empty(int fd, const struct head *h, struct err *e)
{
	if (ftruncate(fd, 0) < 0)
		return err_set(e, ERR_PERM, "ftruncate: %s", strerror(errno));
	if (make_room(fd, e) < 0)
		return -1;
	if (pwrite(fd, h, sizeof(*h), 0) != (ssize_t)sizeof(*h))
		return err_set(e, ERR_PERM, "write: %s", strerror(errno));
	return 0;
}

/* Nobody else's, so that nobody else says what was sent. */
static int check(int fd, off_t *ret_size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_PERM, "fstat: %s", strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1)
		return err_set(e, ERR_PERM, "not a file of the daemon's own: remove it");
	*ret_size = st.st_size;
	return 0;
}

/* No sender runs yet: what was being put never will be. */
static int free_halves(int fd, struct err *e)
{
	struct taken t;

	if (taken_map(&t, fd, e) < 0)
		return -1;
	for (size_t i = 0; i < ROWS; i++)
		if (atomic_load(&t.rows[i].row) == BEING_PUT)
			atomic_store(&t.rows[i].row, 0);
	taken_release(&t);
	return 0;
}

static int make_ready(int fd, struct err *e)
{
	struct head now, was;
	off_t size = 0;

	head_now(&now);
	if (check(fd, &size, e) < 0)
		return -1;
	if ((size != (off_t)file_size || pread(fd, &was, sizeof(was), 0) != (ssize_t)sizeof(was) ||
	     memcmp(&was, &now, sizeof(now)) != 0) &&
	    empty(fd, &now, e) < 0)
		return -1;
	return free_halves(fd, e); /* where files cannot be mapped no sender could, either */
}

static int in_memory(int *ret_fd, struct err *e)
{
	struct head now;

	head_now(&now);
	if (memfd_new(ret_fd, e) < 0)
		return -1;
	if (empty(*ret_fd, &now, e) == 0)
		return 0;
	close(*ret_fd);
	return -1;
}

int taken_open(const char *socket, int *ret_fd, struct err *e)
{
	char *path MEM_AUTO = NULL;
	int fd;

	if (!socket)
		return in_memory(ret_fd, e);
	path = mem_alloc(strlen(socket) + sizeof(".taken"));
	stpcpy(stpcpy(path, socket), ".taken");
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (make_ready(fd, e) < 0) {
		close(fd);
		return err_prefix(e, "%s: ", path);
	}
	*ret_fd = fd;
	return 0;
}

/* Cut by somebody while the daemon runs it would be the end of each sender that looks into it. */
int taken_map(struct taken *t, int fd, struct err *e)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_TEMP, "fstat: %s", strerror(errno));
	if (st.st_size < (off_t)file_size && make_room(fd, e) < 0)
		return -1;
	at = mmap(NULL, file_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return err_set(e, ERR_TEMP, "mapping what servers took: %s", strerror(errno));
	t->rows = (struct taken_row *)(void *)((char *)at + HEAD);
	return 0;
}

void taken_release(struct taken *t)
{
	if (t->rows)
		munmap((char *)t->rows - HEAD, file_size);
	t->rows = NULL;
}

/* --- rows --- */

uint64_t taken_mark(const char *recipient, struct span message, uint64_t results)
{
	return span_hash(span_of(recipient)) ^ span_hash(span_sub(message, 0, HEAD_MARK)) * 3 ^
	       results * 5;
}

/* The place of such a row; NULL: there is none. */
static struct taken_row *place_of(const struct taken *t, int64_t row)
{
	for (size_t i = 0; t->rows && i < PROBES; i++) {
		struct taken_row *r = &t->rows[((uint64_t)row + i) % ROWS];

		if (atomic_load(&r->row) == row)
			return r;
	}
	return NULL;
}

/* Of another sender at the same time each has a place of its own. */
static struct taken_row *take_place(const struct taken *t, int64_t row)
{
	for (size_t i = 0; t->rows && i < PROBES; i++) {
		struct taken_row *r = &t->rows[((uint64_t)row + i) % ROWS];
		int64_t none = 0;

		if (atomic_compare_exchange_strong(&r->row, &none, BEING_PUT))
			return r;
	}
	return NULL;
}

void taken_put(const struct taken *t, int64_t row, uint64_t mark, enum smtp_class class, int code)
{
	struct taken_row *r;

	taken_drop(t, row);
	r = take_place(t, row);
	if (!r)
		return;
	r->mark = mark;
	r->class = (uint32_t) class;
	r->code = (uint32_t)code;
	atomic_store(&r->row, row);
}

bool taken_has(const struct taken *t, int64_t row)
{
	return place_of(t, row) != NULL;
}

bool taken_find(const struct taken *t, int64_t row, uint64_t mark, enum smtp_class *ret_class,
		int *ret_code)
{
	const struct taken_row *r = place_of(t, row);

	if (!r || r->mark != mark)
		return false;
	*ret_class = r->class == SMTP_SENT ? SMTP_SENT : SMTP_UNKNOWN;
	*ret_code = (int)r->code;
	return true;
}

void taken_drop(const struct taken *t, int64_t row)
{
	struct taken_row *r = place_of(t, row);

	if (r)
		atomic_store(&r->row, 0);
}
