/*
 * Parameters of Content-Type and Content-Disposition (RFC 2045, RFC 2183, RFC 2231), as senders
 * write them: missing quotes, missing semicolons, encoded words, pieces in any order.
 */
#ifndef PARSER_PARAM_H
#define PARSER_PARAM_H

#include "parser/limits.h"
#include "parser/reading.h"

struct param {
	struct span name;  /* without what RFC 2231 puts behind it */
	struct span value; /* without its quotes, backslashes still in it */
	int index;	   /* of a piece, -1: the whole value */
	bool extended;	   /* percent-encoded, with a charset before the first piece */
	bool quoted;
};

struct params {
	struct param v[LIMIT_PARAMS];
	size_t n;
};

/*
 * The type at the start of a Content-Type value, "type/subtype" in lower case in r->arena, and in
 * *rest what follows it; p == NULL when it is unreadable.
 */
struct span content_type_read(struct span value, struct span *rest, struct reading *r);

/* s is what follows the type or disposition. */
void params_read(struct span s, struct params *ret_params, struct reading *r);

/* For the program: bytes as they stand, pieces joined, not decoded; p == NULL when absent. */
struct span param_get(const struct params *ps, const char *name, struct reading *r);

/* For a person: decoded, valid UTF-8; p == NULL when absent. */
struct span param_text(const struct params *ps, const char *name, struct reading *r);

#endif
