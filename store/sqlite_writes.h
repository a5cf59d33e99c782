/*
 * Fewer calls for what SQLite writes: pieces that lie side by side are written together.
 *
 * SQLite writes a page of its log in two pieces, and a checkpoint page by page.  Here they are
 * gathered until something else is asked of the file: that they are on the disk, its size, bytes
 * that are gathered, or a piece that lies elsewhere.  So what was to be synced was written before,
 * and a write that fails is heard of at the latest by the sync, which then failed as well.  What a
 * process that ends had gathered was not synced, and so belonged to no commit.
 *
 * And room for the log: an fsync of a file that became longer is one of its inode, too, and takes
 * half as long again.  So a log of 256 KiB that becomes longer becomes 256 KiB longer at once, by
 * zeros, which are no frames.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_WRITES_H
#define STORE_SQLITE_WRITES_H

#include <sqlite3.h>

/* As sqlite3_open_v2(), over the file system that is the default now.  *vfs stays where it is until
 * the database was closed, and is released then; when there is no database it is released. */
int sqlite_writes_open(const char *path, sqlite3_vfs *vfs, sqlite3 **ret_db);
/* Nothing when none was opened. */
void sqlite_writes_release(sqlite3_vfs *vfs);

#endif
