/* backup: core copies in slices, gatewayctl writes the file as who called it */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

enum {
	SLICE_MS = 50,	  /* that core is at it at once */
	SLICE_PAGES = 16, /* between two looks at the clock */
	CHUNK = MIB,
};

/* --- where the store is --- */

/* Without a daemon nobody waits: all of it. */
static int slice(struct ctl *c, struct store_copy *copy, struct store_copied *ret_copied,
		 struct err *e)
{
	int64_t end_ms = clock_wait_ms() + SLICE_MS;
	int more;

	do
		more =
		    store_copy_step(c->d->store, copy, c->daemon ? SLICE_PAGES : -1, ret_copied, e);
	while (more > 0 && clock_wait_ms() < end_ms);
	return more;
}

/* Another one that is under way goes on as long as its gatewayctl asks. */
static int find_copy(struct ctl *c, struct ctl_copy *copy, int64_t number, struct err *e)
{
	if (number)
		return number == copy->number && copy->copy
			   ? 0
			   : err_set(e, ERR_TEMP,
				     "the backup was dropped, as nobody asked for more");
	if (copy->copy)
		return err_set(e, ERR_TEMP, "another backup is under way");
	if (store_copy_begin(c->d->store, &copy->copy, e) < 0)
		return -1;
	copy->number++;
	return 0;
}

int ctl_backup(struct ctl *c)
{
	struct ctl_copy own = { 0 }, *copy = c->daemon ? c->daemon->copy : &own;
	struct store_copied copied = { 0 };
	struct err e = { 0 }, ignored;
	int64_t number;
	int more, status = ctl_option_number(c, "--slice", &number);

	if (status != EX_OK)
		return status;
	if (find_copy(c, copy, number, &e) < 0)
		return ctl_fail(c, &e);
	copy->slices++;
	more = slice(c, copy->copy, &copied, &e);
	if (more < 0)
		(void)store_copy_end(c->d->store, &copy->copy, NULL, &ignored);
	else if (more == 0)
		more = store_copy_end(c->d->store, &copy->copy, &c->file, &e);
	if (more < 0)
		return ctl_fail(c, &e);
	c->has_file = more == 0;
	return ctl_done(c, json_pack("{s:I, s:I, s:I}", "slice", (json_int_t)copy->number, "done",
				     (json_int_t)copied.done, "total", (json_int_t)copied.total));
}

/* --- in gatewayctl --- */

static int ask_slice(struct ctl *c, int64_t *number, struct ctl_progress *progress)
{
	const char *words[] = { "--json", c->words[0], "--slice",
				arena_printf(c->d->arena, "%" PRIi64, *number) };
	json_t *answer JSON_AUTO = NULL;
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int status;

	buf_init(&out, CTL_OUT_MAX);
	status = ctl_ask_half(c, *number ? 4 : 2, words, SPAN(""), &out);
	if (status != EX_OK || json_read(buf_span(&out), &answer, &e) < 0)
		return status != EX_OK ? status : ctl_fail(c, &e);
	*number = json_int(answer, "slice", 0);
	ctl_progress_say(progress, json_int(answer, "done", 0), json_int(answer, "total", 0));
	return EX_OK;
}

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

/* Under its final name only when it is whole; one that is there already stays. */
static int write_file(struct ctl *c, int from)
{
	char *part = arena_printf(c->d->arena, "%s.XXXXXX", c->words[0]);
	int to = mkostemp(part, O_CLOEXEC), why = 0;

	if (to < 0 || write_all(from, to) < 0 || link(part, c->words[0]) < 0)
		why = errno;
	if (to >= 0) {
		close(to);
		unlink(part);
	}
	if (!why)
		return EX_OK;
	buf_addf(c->err, "gatewayctl: %s: %s\n", c->words[0], strerror(why));
	return why == EEXIST ? EX_DATAERR : EX_IOERR;
}

int ctl_backup_local(struct ctl *c)
{
	struct ctl_progress progress = ctl_progress_begin("pages");
	int64_t number = 0;
	int status;

	if (ctl_value(c, "--slice"))
		return ctl_usage(c, "backup: --slice is what gatewayctl itself asks with");
	if (access(c->words[0], F_OK) == 0) {
		buf_addf(c->err, "gatewayctl: %s: %s\n", c->words[0], strerror(EEXIST));
		return EX_DATAERR;
	}
	do
		status = ask_slice(c, &number, &progress);
	while (status == EX_OK && !c->has_file);
	ctl_progress_end(&progress);
	if (status != EX_OK)
		return status;
	status = write_file(c, c->file);
	close(c->file);
	return status == EX_OK ? ctl_done(c, json_pack("{s:s}", "file", c->words[0])) : status;
}
