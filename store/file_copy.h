/*
 * A file beside another: all of its bytes, its holes as holes, on the disk.
 *
 * Private to store/.
 */
#ifndef STORE_FILE_COPY_H
#define STORE_FILE_COPY_H

#include <stdint.h>

#include "gatewayd/base/err.h"

struct file_copying {
	void (*progress)(void *ctx, int64_t done, int64_t all); /* NULL: nobody is told */
	void *ctx;
	int64_t done, all; /* bytes of all files that are copied so */
};
/* In the place of what stands at `to`, mode 0600, for who owns its folder.  ERR_TEMP: the disk is
 * full. */
int file_copy(const char *from, const char *to, struct file_copying *c, struct err *e);

#endif
