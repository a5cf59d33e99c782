#include "gatewayd/base/run_note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/escape.h"
#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"

enum { EVERYBODY_READS = 0644 };

static char *note_path(const char *socket)
{
	char *path = mem_alloc(strlen(socket) + sizeof(".note"));

	stpcpy(stpcpy(path, socket), ".note");
	return path;
}

int run_note_put(const char *socket, struct span line, struct err *e)
{
	char *path MEM_AUTO = note_path(socket);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		      EVERYBODY_READS);
	int done = fd < 0 ? -1 : file_write_all(fd, line);

	if (done < 0)
		err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return done;
}

void run_note_drop(const char *socket)
{
	char *path MEM_AUTO = note_path(socket);

	(void)unlink(path); /* it is read only while nobody listens */
}

/* Whoever owns the folder may have put anything there. */
bool run_note_get(const char *socket, struct buf *ret_line)
{
	char *path MEM_AUTO = note_path(socket);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char bytes[RUN_NOTE_MAX];
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (n <= 0)
		return false;
	escape_line((struct span){ bytes, (size_t)n }, ret_line);
	return true;
}
