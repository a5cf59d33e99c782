#include "gatewayd/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "gatewayd/base/units.h"

enum { CHUNK = 256 * KIB };

static int read_all(int fd, struct buf *out)
{
	char chunk[CHUNK];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			buf_add(out, (struct span){ chunk, (size_t)n });
		if (out->full) {
			errno = EFBIG;
			return -1;
		}
	}
	return 0;
}

int file_read(const char *path, struct buf *out)
{
	int fd, result, why;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, out);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = read_all(fd, out);
	why = errno;
	close(fd);
	errno = why;
	return result;
}

int file_write_all(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return -1;
		bytes = span_sub(bytes, n > 0 ? (size_t)n : 0, SIZE_MAX);
	}
	return 0;
}
