#include "store/file_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/sqlite_file.h"

enum { PART = MIB };

static int failed(const char *path, struct err *e)
{
	return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_TEMP : ERR_PERM, "%s: %s", path,
		       strerror(errno));
}

static void say(struct file_copying *c, int64_t more)
{
	c->done += more;
	if (c->progress)
		c->progress(c->ctx, c->done, c->all);
}

/* Both stand at the first byte of it. */
static int copy_data(int from, int to, int64_t left, struct file_copying *c)
{
	char *part MEM_AUTO = mem_alloc(PART);

	while (left > 0) {
		ssize_t n = read(from, part, left < PART ? (size_t)left : PART);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (n > 0 && file_write_all(to, (struct span){ part, (size_t)n }) < 0))
			return -1;
		if (n == 0)
			return 0; /* it became shorter */
		left -= n;
		say(c, n);
	}
	return 0;
}

/* Where the next bytes begin and end that are no hole; a file system without holes has one piece.
 */
static bool find_data(int from, int64_t at, int64_t size, int64_t *ret_at, int64_t *ret_end)
{
	off_t data = lseek(from, at, SEEK_DATA), hole;

	if (data < 0 && errno == ENXIO)
		return false;
	*ret_at = data < 0 ? at : data;
	hole = lseek(from, *ret_at, SEEK_HOLE);
	*ret_end = hole < 0 ? size : hole;
	return *ret_at < size;
}

static int copy_all(int from, int to, int64_t size, struct file_copying *c)
{
	int64_t at = 0, begin, end;

	for (; find_data(from, at, size, &begin, &end); at = end) {
		say(c, begin - at);
		if (lseek(from, begin, SEEK_SET) < 0 || lseek(to, begin, SEEK_SET) < 0 ||
		    copy_data(from, to, end - begin, c) < 0)
			return -1;
	}
	say(c, size - at);
	return ftruncate(to, size) < 0 ? -1 : fsync(to);
}

int file_copy(const char *from, const char *to, struct file_copying *c, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, copied;
	struct stat st;

	if (in < 0)
		return failed(from, e);
	out = sqlite_file_fresh(to);
	copied = out < 0 || fstat(in, &st) < 0 ? -1 : copy_all(in, out, st.st_size, c);
	if (copied < 0)
		failed(to, e);
	close(in);
	if (out >= 0 && close(out) < 0 && copied == 0)
		copied = failed(to, e);
	return copied < 0 ? -1 : sqlite_file_give(to, e);
}
