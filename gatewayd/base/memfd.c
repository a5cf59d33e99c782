#include "gatewayd/base/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

int memfd_write(int fd, struct span bytes, struct err *e)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_TEMP, "writing memory: %s", strerror(errno));
		bytes = span_sub(bytes, (size_t)n, SIZE_MAX);
	}
	return 0;
}

int memfd_new(int *ret_fd, struct err *e)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_set(e, ERR_TEMP, "memfd: %s", strerror(errno));
	*ret_fd = fd;
	return 0;
}

int memfd_of(struct span bytes, int *ret_fd, struct err *e)
{
	int fd;

	if (memfd_new(&fd, e) < 0)
		return -1;
	if (memfd_write(fd, bytes, e) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
	    fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		err_set(e, ERR_TEMP, "sealing memory: %s", strerror(errno));
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

/* Of huge pages most machines have none: that there is no room is then whose doing it is. */
static bool is_huge(const struct stat *st)
{
	return st->st_blksize > sysconf(_SC_PAGESIZE);
}

static int seal(int fd, size_t max, struct stat *ret_st, struct err *e)
{
	int had = fcntl(fd, F_GET_SEALS);

	if (had < 0 || ((had & SEALS) != SEALS && fcntl(fd, F_ADD_SEALS, SEALS) < 0) ||
	    fstat(fd, ret_st) < 0)
		return err_set(e, ERR_PERM, "memory that cannot be sealed");
	if (ret_st->st_size < 0 || (uint64_t)ret_st->st_size > max)
		return err_set(e, ERR_PERM, "memory of %lld bytes, over %zu",
			       (long long)ret_st->st_size, max);
	return 0;
}

int memfd_seal(int fd, size_t max, size_t *ret_n, struct err *e)
{
	struct stat st;

	if (seal(fd, max, &st, e) < 0)
		return -1;
	*ret_n = (size_t)st.st_size;
	return 0;
}

int memfd_map(int fd, size_t max, struct span *ret_bytes, struct err *e)
{
	struct stat st;
	void *p;

	if (seal(fd, max, &st, e) < 0)
		return -1;
	*ret_bytes = SPAN("");
	if (st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_set(e, is_huge(&st) ? ERR_PERM : ERR_TEMP, "mmap: %s", strerror(errno));
	*ret_bytes = (struct span){ p, (size_t)st.st_size };
	return 0;
}

int memfd_read(int fd, size_t n, struct buf *into, struct err *e)
{
	char *room = buf_room(into, n);

	if (n && !room)
		return err_set(e, ERR_TEMP, "reading memory: over %zu bytes", into->max);
	for (size_t had = 0; had < n;) {
		ssize_t more = pread(fd, room + had, n - had, (off_t)had);

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			return err_set(e, ERR_TEMP, "reading memory: %s",
				       more ? strerror(errno) : "it has fewer bytes");
		had += (size_t)more;
	}
	into->n += n;
	return 0;
}

void memfd_unmap(struct span bytes)
{
	if (bytes.n)
		munmap((void *)(uintptr_t)bytes.p, bytes.n);
}

void memfd_rest(struct span bytes)
{
	if (bytes.n)
		(void)madvise((void *)(uintptr_t)bytes.p, bytes.n, MADV_DONTNEED);
}
