/* backup: gatewayctl writes the copy of core as who called it */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/ctl/ctl_copy.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

enum { CHUNK = MIB };

static int write_all(int from, int to)
{
	char *chunk MEM_AUTO = mem_alloc(CHUNK);
	ssize_t n = lseek(from, 0, SEEK_SET) < 0 ? -1 : 1;

	while (n > 0) {
		n = read(from, chunk, CHUNK);
		if (n > 0 && file_write_all(to, (struct span){ chunk, (size_t)n }) < 0)
			return -1;
	}
	return n < 0 ? -1 : fsync(to);
}

/* In the folder of `path`, without a name: whatever ends this process leaves nothing. */
static int open_unnamed(const char *path)
{
	char *folder MEM_AUTO = mem_strdup(path);
	char *slash = strrchr(folder, '/');

	if (slash)
		slash[slash == folder ? 1 : 0] = '\0';
	return open(slash ? folder : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

static int give_name(struct ctl *c, int fd, const char *path)
{
	const char *unnamed = arena_printf(c->d->arena, "/proc/self/fd/%d", fd);

	return linkat(AT_FDCWD, unnamed, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* Where the file system has no files without a name: one that a kill can leave. */
static int write_named(struct ctl *c, int from, const char *path)
{
	char *part = arena_printf(c->d->arena, "%s.XXXXXX", path);
	int to = mkostemp(part, O_CLOEXEC), done;

	if (to < 0)
		return -1;
	done = write_all(from, to) < 0 ? -1 : link(part, path);
	close(to);
	unlink(part);
	return done;
}

/* Under its final name only when it is whole; one that is there already stays. */
static int write_file(struct ctl *c, int from)
{
	const char *path = c->words[0];
	int to = open_unnamed(path), why = 0;

	if (to < 0 ? write_named(c, from, path) < 0
		   : write_all(from, to) < 0 || give_name(c, to, path) < 0)
		why = errno;
	if (to >= 0)
		close(to);
	if (!why)
		return EX_OK;
	buf_addf(c->err, "gatewayctl: %s: %s\n", path, strerror(why));
	if (why == EEXIST)
		return EX_DATAERR;
	return why == ENOSPC || why == EIO ? EX_IOERR : EX_CANTCREAT;
}

int ctl_backup_local(struct ctl *c)
{
	json_t *answer JSON_AUTO = NULL;
	int status;

	if (access(c->words[0], F_OK) == 0) {
		buf_addf(c->err, "gatewayctl: %s: %s\n", c->words[0], strerror(EEXIST));
		return EX_DATAERR;
	}
	status = ctl_copy_get(c, c->words[0], &answer);
	if (status != EX_OK)
		return status;
	status = write_file(c, c->file);
	close(c->file);
	if (status != EX_OK)
		return status;
	if (!c->json)
		ctl_line(c,
			 "%s has all that is in the store now.  Who is erased later is still in "
			 "it: gatewayctl restore erases them again, as long as %s.erased is there",
			 c->words[0], c->d->conf->store);
	return ctl_done(c, json_pack("{s:o, s:s}", "file", json_of_span(span_of(c->words[0])),
				     "erasures",
				     arena_printf(c->d->arena, "%s.erased", c->d->conf->store)));
}
