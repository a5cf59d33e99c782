/*
 * A layer between SQLite and its files, for tests of what a disk does: a file that has the real one
 * behind it, and what is handed on as it is.  Who includes it has its own open, read, write,
 * truncate, sync and close.
 */
#ifndef TESTS_STORE_LAYER_H
#define TESTS_STORE_LAYER_H

#include <sqlite3.h>

struct image; /* what the disk has of a file; the includer's */

struct file {
	sqlite3_file base;
	struct image *image; /* NULL: a temporary file */
	sqlite3_file *real;
};

static inline sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct file *)f)->real;
}

static inline int layer_size(sqlite3_file *f, sqlite3_int64 *out)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), out);
}

static inline int layer_lock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xLock(real_of(f), level);
}

static inline int layer_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static inline int layer_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static inline int layer_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static inline int layer_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static inline int layer_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* The next three for who does nothing of its own there. */
static inline int layer_close_real(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static inline int layer_read_real(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), out, n, at);
}

static inline int layer_truncate_real(sqlite3_file *f, sqlite3_int64 size)
{
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

typedef void layer_later_fn(struct image *im, sqlite3_int64 at, const void *bytes, int n);

/* What was written in one call is no safer for that: a part of the disk each. */
static inline void layer_in_parts(layer_later_fn *later, struct image *im, sqlite3_int64 at,
				  const char *bytes, int n)
{
	enum { PART = 4096 };

	for (int done = 0, part; done < n; done += part) {
		part = n - done < PART ? n - done : PART;
		later(im, at + done, bytes + done, part);
	}
}

/* Version 1: no shared memory, which the engine must not need. */
#define LAYER_HANDS_ON                                                                        \
	.iVersion = 1, .xFileSize = layer_size, .xLock = layer_lock, .xUnlock = layer_unlock, \
	.xCheckReservedLock = layer_reserved, .xFileControl = layer_control,                  \
	.xSectorSize = layer_sector, .xDeviceCharacteristics = layer_traits

#endif
