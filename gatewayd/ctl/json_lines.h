/*
 * On which line each value of a JSON text stands, which jansson does not tell.
 *
 * The text is one that json_read() took.  The lines come in the order in which the values begin: an
 * object before its members, members and elements as they are written (jansson keeps that order).
 * Who walks the tree asks for one line at each value, or passes over all of a value.
 */
#ifndef GATEWAYD_CTL_JSON_LINES_H
#define GATEWAYD_CTL_JSON_LINES_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/json.h"

struct json_lines {
	const int *v;
	size_t n, at;
};

void json_lines_read(struct span text, struct arena *a, struct json_lines *ret_lines);
int json_lines_next(struct json_lines *l);
/* Of the value itself; it and all inside of it are passed over. */
int json_lines_pass(struct json_lines *l, json_t *value);

/* Makes lines that begin with "#" empty, so that a file can explain itself; in the arena. */
struct span json_without_comments(struct span text, struct arena *a);

#endif
