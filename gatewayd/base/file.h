/* Reading a file that the caller names. */
#ifndef GATEWAYD_BASE_FILE_H
#define GATEWAYD_BASE_FILE_H

#include "gatewayd/base/buf.h"

/* Appends all of the file, or of standard input for "-".  -1 with errno; EFBIG: over out's maximum.
 */
int file_read(const char *path, struct buf *out);
int file_write_all(int fd, struct span bytes); /* -1 with errno */

#endif
