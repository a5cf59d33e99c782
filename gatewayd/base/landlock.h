/*
 * Landlock: which files a process and its threads may still open, whatever its user may.
 *
 * There is no library for it on Debian 12; the three system calls are made here.  What the kernel
 * does not know is left out: without Landlock nothing is done, with an early version truncating
 * and signals stay as they are.  It cannot be undone, and the seal of seccomp comes after it.
 */
#ifndef GATEWAYD_BASE_LANDLOCK_H
#define GATEWAYD_BASE_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "gatewayd/base/err.h"

/*
 * From here on only these files, and what is in these folders, can be opened, and only to be read;
 * those that are not there, or may not be looked at, are passed over.  ERR_TEMP: one could not be
 * looked at just now (no descriptor, a read error), and nothing is restricted.  No abstract local
 * socket and no process outside can be reached where the kernel can scope them.  *ret_there: the
 * kernel has Landlock.  Files of the folder `keep` (a descriptor; -1: none) can be made, written,
 * renamed and removed, too.
 */
int landlock_read_only(const char *const *paths, size_t n, int keep, bool *ret_there,
		       struct err *e);

#endif
