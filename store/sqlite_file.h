/*
 * The file of a SQLite store, seen from outside of SQLite: made, found, by whom it is locked.
 */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include "gatewayd/base/err.h"
#include "store/store_open.h"

/* With a folder in front, so that ":memory:" is the name of a file, too; the caller's. */
char *sqlite_file_path(const char *where);
/* It is there, a file, and may be read and written; with STORE_CREATE it is made (mode 0600) and
 * its folder is on the disk.  A WAL that is left of a file that is gone or empty is refused: it
 * holds what was committed last. */
int sqlite_file_find(const char *where, enum store_mode mode, struct err *e);
/* Its size in bytes; -1: there is none. */
int64_t sqlite_file_size(const char *path);
/* It begins as SQLite's files do. */
bool sqlite_file_is_one(const char *path);
/* An empty file of that name, mode 0600, for reading and writing, in the place of one that was left
 * there: its descriptor; -1, errno.  Who owns the folder may have put a link there, which root must
 * not write through. */
int sqlite_file_fresh(const char *path);
/* A file made by root is given to who owns the folder: the daemon may run as another user.  Of a
 * link that took its place the link itself is. */
int sqlite_file_give(const char *path, struct err *e);
/* SQLite said that it is busy: -1, ERR_TEMP, with the process that has it open. */
int sqlite_file_locked(const char *where, struct err *e);
/* The entry of that file in its folder is on the disk. */
int sqlite_file_sync_folder(const char *where, struct err *e);

#endif
