/* The machine: where the store is, disk, memory, descriptors, clock and zones. */
#include "gatewayd/doctor/doctor_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/zone.h"

enum {
	MEMORY_MIN = 256 * MIB, /* for all roles of a small installation */
	FILES_MIN = 256,	/* descriptors of a process */
	FILES_OF_MAILBOX = 8,
	CLOCK_OFF_S = 120,
	TRY_BYTES = 64 * KIB,
};

/* --- the store --- */

/* As a store is: made, written, synchronised.  -1 with errno. */
static int try_write(const char *path)
{
	static const char nothing[TRY_BYTES];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), r, error;

	if (fd < 0)
		return -1;
	r = file_write_all(fd, (struct span){ nothing, sizeof(nothing) }) < 0 ? -1 : fsync(fd);
	error = errno;
	close(fd);
	unlink(path);
	errno = error;
	return r;
}

static void check_disk(struct doctor *d, const char *folder)
{
	struct statvfs disk;
	int64_t free_bytes, need = d->conf->limits.disk_free_bytes;

	if (statvfs(folder, &disk) < 0)
		return;
	free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	if (free_bytes < need)
		SAY_WRONG(d, "disk",
			  TEXT(d,
			       "%" PRIi64 " MB are free in %s, limits.disk_free is %" PRIi64 " MB",
			       free_bytes / 1000000, folder, need / 1000000),
			  "make room there, or put the store on a larger disk");
	else
		SAY_GOOD(d, "disk",
			 TEXT(d, "%" PRIi64 " MB are free in %s", free_bytes / 1000000, folder));
}

/* One that root's gatewayctl has made belongs to root. */
static bool check_store_file(struct doctor *d, const char *path)
{
	if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) < 0 ||
	    faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0)
		return true;
	SAY_WRONG(d, "store", TEXT(d, "%s may not write %s", d->user, path),
		  TEXT(d, "chown %s: %s*", d->user, d->conf->store));
	return false;
}

/* What is long of mails stands in it; a link to it, or a folder, is refused when it is opened. */
static bool check_bulk(struct doctor *d, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || S_ISREG(st.st_mode))
		return check_store_file(d, path);
	SAY_WRONG(d, "store", TEXT(d, "%s is no file", path),
		  "move it away, and put the file itself in its place");
	return false;
}

void doctor_store(struct doctor *d)
{
	const char *store = d->conf->store, *folder = d->conf->state_dir;
	const char *trial = TEXT(d, "%s/.doctor.%d", folder, (int)getpid());

	if (access(folder, F_OK) < 0) {
		SAY_WRONG(d, "store", TEXT(d, "there is no folder %s", folder),
			  TEXT(d, "install -d -o %s -g %s -m 700 %s", d->user, d->group, folder));
		return;
	}
	if (try_write(trial) < 0)
		SAY_WRONG(d, "store",
			  TEXT(d, "%s may not write in %s: %s", d->user, folder, strerror(errno)),
			  errno == ENOSPC ? "make room on that disk"
					  : TEXT(d, "chown %s: %s", d->user, folder));
	else if (conf_is_database(store) ||
		 (check_store_file(d, store) && check_store_file(d, TEXT(d, "%s-wal", store)) &&
		  check_store_file(d, TEXT(d, "%s.witness", store)) &&
		  check_bulk(d, TEXT(d, "%s.bulk", store))))
		SAY_GOOD(d, "store", TEXT(d, "%s writes in %s", d->user, folder));
	check_disk(d, folder);
}

/* --- memory and descriptors --- */

static int64_t memory_free(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = -1;

	while (f && kib < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %ld kB", &kib) != 1)
			kib = -1;
	if (f)
		fclose(f);
	return kib < 0 ? -1 : (int64_t)kib * KIB;
}

static void check_memory(struct doctor *d)
{
	int64_t bytes = memory_free();

	if (bytes >= 0 && bytes < MEMORY_MIN)
		SAY_WRONG(d, "memory", TEXT(d, "%" PRIi64 " MB are free", bytes / 1000000),
			  "give the machine 256 MB more");
	else if (bytes >= 0)
		SAY_GOOD(d, "memory", TEXT(d, "%" PRIi64 " MB are free", bytes / 1000000));
}

/* Of this process: systemd gives the unit LimitNOFILE. */
static void check_descriptors(struct doctor *d)
{
	uint64_t need = FILES_MIN + FILES_OF_MAILBOX * d->conf->mailbox_count;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	if (files.rlim_cur < need)
		SAY_WRONG(d, "descriptors",
			  TEXT(d, "a process may open %" PRIu64 " files, %" PRIu64 " are needed",
			       (uint64_t)files.rlim_cur, need),
			  "raise LimitNOFILE= of the unit, or ulimit -n");
	else
		SAY_GOOD(d, "descriptors",
			 TEXT(d, "a process may open %" PRIu64 " files", (uint64_t)files.rlim_cur));
}

/* --- zones --- */

static void say_zone(struct doctor *d, struct zones *zones, const char *what, const char *name)
{
	const struct zone *zone;
	struct err e = { 0 };
	char now[TIME_TEXT_MAX];

	if (zones_get(zones, name, &zone, &e) < 0)
		SAY_WRONG(d, what, e.text, "apt-get install tzdata, or correct the name");
	else
		SAY_GOOD(
		    d, what,
		    TEXT(d, "in %s it is %s", name, zone_text(zone, clock_now(&d->clock), now)));
}

static void check_zones(struct doctor *d)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);

	for (size_t i = 0; i < d->conf->queue_count; i++) {
		const struct conf_queue *q = &d->conf->queues[i];
		bool told = false;

		for (size_t k = 0; k < i && !told; k++)
			told = strcmp(d->conf->queues[k].zone, q->zone) == 0;
		if (!told)
			say_zone(d, zones, "zone", q->zone);
	}
}

void doctor_machine(struct doctor *d)
{
	check_memory(d);
	check_descriptors(d);
	check_zones(d);
}

/* --- the clock --- */

static bool is_kept(void)
{
	struct timex t = { 0 };

	return adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);
}

/* By the mail to itself, else: no mail can have come to its server later than now. */
static int64_t behind_s(const struct doctor *d)
{
	int64_t ahead = d->newest_at == INSTANT_NONE ? 0 : d->newest_at - clock_now(&d->clock);

	return d->echoed ? d->echo_off_s : ahead > 0 ? ahead : 0;
}

void doctor_clock(struct doctor *d)
{
	int64_t behind = behind_s(d);

	if (behind > CLOCK_OFF_S || behind < -CLOCK_OFF_S)
		SAY_WRONG(d, "clock",
			  TEXT(d, "it is %" PRIi64 " s %s the IMAP server's",
			       behind < 0 ? -behind : behind, behind < 0 ? "before" : "behind"),
			  "timedatectl set-ntp true, or set it by hand");
	else if (!is_kept())
		SAY_NOTE(d, "clock", "nothing keeps it right", "timedatectl set-ntp true");
	else
		SAY_GOOD(d, "clock", "a time service keeps it right");
}
