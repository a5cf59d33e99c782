/*
 * The files that a configuration was read from, with their bytes.
 *
 * Every file is read once and kept, so that a configuration is a whole of one moment: what is
 * edited later counts from the next load.  As one run of bytes the files go to another process,
 * which loads the very same configuration from them, whatever is on the disk by then
 * (conf_files_put(), conf_load_files()).
 *
 * Belongs to an arena; not shared between threads.
 */
#ifndef CONF_FILES_H
#define CONF_FILES_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"

enum { FILES_COUNT_MAX = 100 * 1000 /* looked for, there or not */, FILES_BYTES_MAX = 64 * MIB };

struct conf_files;

struct conf_files *files_new(struct arena *a); /* reads the disk */
/* Knows what the bytes hold and nothing else; NULL when they are damaged. */
struct conf_files *files_from(struct span bytes, struct arena *a);
void files_put(const struct conf_files *f, struct buf *out);

/*
 * The whole of a file of at most max bytes, in the arena.  false: a complaint for people ("cannot
 * be read: ...").
 */
bool files_read(struct conf_files *f, const char *path, size_t max, struct span *ret_text,
		const char **ret_complaint);

/* The how manyth file that was asked for this is; the count of all when it was not. */
size_t files_rank(const struct conf_files *f, struct span path);

#endif
