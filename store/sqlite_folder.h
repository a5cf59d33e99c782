/* The folder that the files of a store are made in, and why that cannot be. */
#ifndef STORE_SQLITE_FOLDER_H
#define STORE_SQLITE_FOLDER_H

#include "gatewayd/base/err.h"
#include "store/store_open.h"

/* The folder of that file; the caller's. */
char *sqlite_folder_of(const char *path);
/* -1, with what is wrong with the folder of that file and what to do; why: the errno of what
 * failed in it.  ERR_TEMP where its disk is full, else ERR_PERM. */
int sqlite_folder_refuse(const char *path, enum store_mode mode, int why, struct err *e);

#endif
