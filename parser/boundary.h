/*
 * The boundaries of the multiparts that are open, innermost last (RFC 2046 section 5.1.1).
 *
 * A delimiter line is "--", the boundary, "--" if it closes, and blanks; nothing else may follow,
 * so that a boundary that begins with another is told from it.
 */
#ifndef PARSER_BOUNDARY_H
#define PARSER_BOUNDARY_H

#include "gatewayd/base/str.h"
#include "parser/limits.h"

struct boundary {
	struct span text;
	int part; /* index of the multipart in the tree */
};

struct boundaries {
	struct boundary v[LIMIT_DEPTH];
	int n;
};

/*
 * The level whose delimiter `line` is (its line end may be on it), the innermost when several are
 * alike; -1: none.  Only lines that begin with "--" need be asked about.
 */
int boundary_match(const struct boundaries *open, struct span line, bool *ret_closing);

#endif
