/*
 * The marks by which mail clients tell in their HTML what is quote, signature or forward.
 *
 * The table is parser/tables/reply_markers.h, one client's mark a row.
 */
#ifndef PARSER_REPLY_MARKERS_H
#define PARSER_REPLY_MARKERS_H

#include "parser/reply.h"

/* Limits; what lies past them is not looked at. */
enum {
	REPLY_MARKER_ATTRIBUTES_MAX = 32,
	REPLY_MARKER_VALUE_MAX = 512, /* bytes of an attribute's value */
};

/*
 * To be asked for each element when it begins.  element and attributes come as from a SAX parser:
 * name, value (or NULL), name, value, ..., NULL; attributes itself may be NULL.
 */
enum reply_hint_kind reply_marker_find(const char *element, const char *const *attributes);

#endif
