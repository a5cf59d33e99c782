/*
 * Where a bracket is probably missing in a text that libconfig cannot read.
 *
 * libconfig says "syntax error" where it gives up, which for a missing "}" is the end of the file.
 * People indent: a line that stands no deeper than the "{" it is inside of tells where the "}"
 * should have been.  In a text without indentation a section of the schema inside of another one
 * tells it.
 */
#ifndef CONF_BRACKETS_H
#define CONF_BRACKETS_H

#include "conf/source.h"

enum { BRACKETS_DEPTH_MAX = 64 };

struct brackets {
	int line;     /* of the text, from 1 */
	bool surplus; /* one too many; else one too few */
	char text[160];
};

/* false: as many close as open, each the right kind. */
bool brackets_find(const struct source *s, struct brackets *ret_found);

#endif
