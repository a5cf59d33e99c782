/*
 * TNEF (MS-OXTNEF): the files in a winmail.dat.
 *
 * A bounded reader of the few attributes needed: title, data and MAPI properties of attachments
 * (long and Unicode names, type, content id).  At most LIMIT_TNEF_FILES files; every length is
 * checked against what is there, nothing is expanded.
 */
#ifndef PARSER_TNEF_H
#define PARSER_TNEF_H

#include "parser/reading.h"

struct tnef_file {
	struct span name;	/* UTF-8, may be empty */
	struct span type;	/* "type/subtype", lower case, may be empty */
	struct span content_id; /* p == NULL: none */
	struct span data;	/* bytes of the stream */
};

/* Calls found() for each file; what cannot be read ends it with bad-tnef, a limit with tnef-cut. */
void tnef_read(struct span stream, struct reading *r,
	       void (*found)(void *ctx, const struct tnef_file *file), void *ctx);

#endif
