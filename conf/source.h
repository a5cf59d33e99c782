/*
 * The text of a configuration file with its @include lines resolved, for conf/tree.c.
 *
 * libconfig resolves includes against the working directory and wraps numbers at 32 bits.  So the
 * files are put together here: an included name stands beside the file that names it, whole
 * numbers become 64-bit ones ("25" -> "25L"), and each line remembers where it came from.
 *
 * Limits: SOURCE_FILE_MAX bytes a file, SOURCE_TEXT_MAX in all, SOURCE_DEPTH_MAX includes deep.
 */
#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include "conf/conf.h"
#include "conf/files.h"
#include "gatewayd/base/units.h"

enum {
	SOURCE_FILE_MAX = 4 * MIB,
	SOURCE_TEXT_MAX = 16 * MIB,
	SOURCE_DEPTH_MAX = 8,
};

struct source_line {
	const char *file; /* lives in the arena given to source_read() */
	int line;
};

struct source {
	struct buf text;
	struct source_line *lines; /* of the text, from 0 */
	size_t line_count, line_room;
};

/* false: problems were added; what was read is kept all the same. */
bool source_read(struct conf_files *files, const char *path, struct arena *a,
		 struct conf_problems *problems, struct source *ret_source);
void source_release(struct source *s);

/* Where line n (from 1) of the text came from. */
struct source_line source_at(const struct source *s, int n);

#endif
