#include "tests/simulate/disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "tests/simulate/ops.h"
#include "tests/store/image.h"

enum { FILES = 12, SLOTS = 2, SLOT_MAX = 512 };

const char *const disk_loss_names[DISK_LOSSES] = { "keep", "lose", "halve", "mix" };

/* A slot of the witness as it was before the last write to it. */
struct slot {
	char path[IMAGE_PATH_MAX]; /* "": nothing was written */
	int64_t at;
	size_t n;
	char before[SLOT_MAX];
};

static struct {
	struct image images[FILES];
	struct slot slots[SLOTS];
	enum disk_state state;
	uint64_t digest;
} disk;

void disk_digest(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		disk.digest = (disk.digest ^ p[i]) * 0x100000001b3u;
}

uint64_t disk_digest_now(void)
{
	return disk.digest;
}

void disk_is(enum disk_state state)
{
	disk.state = state;
}

/* --- images --- */

struct fate {
	enum disk_loss loss;
	struct chance *chance;
};

/* What becomes of one that was not synced. */
static int fate(void *ctx, const struct write *w)
{
	const struct fate *f = ctx;
	uint64_t toss = f->loss == DISK_MIXES ? chance_below(f->chance, 3) : (uint64_t)f->loss;

	if (toss == DISK_KEEPS)
		return w->n < 0 ? 0 : w->n;
	return toss == DISK_HALVES && w->n > 0 ? (int)chance_below(f->chance, (uint64_t)w->n) : -1;
}

/* --- the witness --- */

void disk_witness_writes(int fd, size_t n, int64_t at)
{
	struct slot *s = &disk.slots[at ? 1 : 0];
	char name[64];
	ssize_t got;

	if (n > SLOT_MAX)
		return;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	got = readlink(name, s->path, sizeof(s->path) - 1);
	s->path[got > 0 ? got : 0] = '\0';
	s->at = at;
	s->n = n;
	if (pread(fd, s->before, n, at) != (ssize_t)n)
		s->path[0] = '\0';
}

/* What it may have lost is its last write; a sector is written whole or not at all. */
static void slot_back(struct slot *s, enum disk_loss loss, struct chance *c)
{
	bool keeps = loss == DISK_MIXES ? chance_in_100(c, 50) : loss != DISK_LOSES;
	int fd = s->path[0] && !keeps ? open(s->path, O_WRONLY | O_CLOEXEC) : -1;

	s->path[0] = '\0';
	if (fd < 0)
		return;
	if (pwrite(fd, s->before, s->n, s->at) != (ssize_t)s->n)
		abort();
	close(fd);
}

void disk_seed(void)
{
	sqlite3_randomness(0, NULL);
}

void disk_forget(void)
{
	memset(disk.slots, 0, sizeof(disk.slots));
	for (int i = 0; i < FILES; i++)
		image_forget(&disk.images[i]);
}

void disk_fresh(void)
{
	disk_forget();
	disk.state = DISK_WELL;
	disk.digest = 0xcbf29ce484222325u;
}

/* What was there before the layer was, as of a copy that was put back. */
static void image_load(struct image *im)
{
	int fd = im->n || im->first ? -1 : open(im->path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) < 0)
		abort();
	im->bytes = mem_resize_n(im->bytes, (size_t)st.st_size + 1, 1);
	if (read(fd, im->bytes, (size_t)st.st_size) != st.st_size)
		abort();
	im->n = (size_t)st.st_size;
	close(fd);
}

void disk_power_back(enum disk_loss loss, struct chance *c)
{
	struct fate f = { loss, c };

	for (int i = 0; i < FILES && disk.images[i].path[0]; i++) {
		image_settle(&disk.images[i], fate, &f);
		if (loss != DISK_KEEPS || ops_off())
			image_write(&disk.images[i]);
	}
	for (int i = 0; i < SLOTS; i++)
		slot_back(&disk.slots[i], loss, c);
}

/* --- the layer --- */

static sqlite3_vfs *real_vfs;

/* The power is off, or this operation fails. */
static bool fails(enum op op)
{
	return ops_off() || ops_fails(op);
}

static int layer_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	if (fails(OP_READ))
		return SQLITE_IOERR_READ;
	return real_of(f)->pMethods->xRead(real_of(f), out, n, at);
}

/* Of the write at which it crashes a part may get there. */
static int layer_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	struct image *im = ((struct file *)f)->image;
	bool off = ops_off(), failed = fails(OP_WRITE);

	if (disk.state != DISK_WELL && !off)
		return disk.state == DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	if (im && !off && (!failed || ops_off()))
		layer_in_parts(image_later, im, at, bytes, n);
	if (failed)
		return SQLITE_IOERR_WRITE;
	disk_digest(bytes, (size_t)n);
	return real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
}

static int layer_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct image *im = ((struct file *)f)->image;

	if (fails(OP_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	if (im)
		image_later(im, size, NULL, -1);
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int layer_sync(sqlite3_file *f, int flags)
{
	struct image *im = ((struct file *)f)->image;

	(void)flags;
	if (fails(OP_SYNC))
		return SQLITE_IOERR_FSYNC;
	if (im)
		image_settle(im, NULL, NULL);
	return SQLITE_OK;
}

static const sqlite3_io_methods layer = {
	LAYER_HANDS_ON,	       .xClose = layer_close_real,  .xRead = layer_read,
	.xWrite = layer_write, .xTruncate = layer_truncate, .xSync = layer_sync,
};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct file *file = (struct file *)f;
	int code;

	(void)vfs;
	f->pMethods = NULL;
	if (fails(OP_OPEN))
		return SQLITE_CANTOPEN;
	file->real = (sqlite3_file *)(file + 1);
	file->image = name ? image_of(disk.images, FILES, name) : NULL;
	code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
	f->pMethods = code == SQLITE_OK ? &layer : NULL;
	if (f->pMethods && file->image)
		image_load(file->image);
	return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct image *im = image_of(disk.images, FILES, name);

	(void)vfs;
	if (fails(OP_DELETE))
		return SQLITE_IOERR_DELETE;
	image_settle(im, NULL, NULL);
	im->n = 0;
	return real_vfs->xDelete(real_vfs, name, sync_folder);
}

static int layer_random(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	chance_fill(&chance_libraries, out, (size_t)n);
	return n;
}

/* --- SQLite's memory --- */

static sqlite3_mem_methods real_memory;

static void *memory_get(int n)
{
	return ops_fails(OP_MEMORY) && !ops_off() ? NULL : real_memory.xMalloc(n);
}

static void *memory_resize(void *p, int n)
{
	return ops_fails(OP_MEMORY) && !ops_off() ? NULL : real_memory.xRealloc(p, n);
}

void disk_register(void)
{
	static sqlite3_vfs vfs;
	sqlite3_mem_methods memory;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
	memory = real_memory;
	memory.xMalloc = memory_get;
	memory.xRealloc = memory_resize;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "simulated";
	vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
	vfs.xOpen = layer_open;
	vfs.xDelete = layer_delete;
	vfs.xRandomness = layer_random;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
	disk_fresh();
}
