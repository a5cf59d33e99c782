/*
 * Facts as the JSON object of `gatewayctl parse`.
 */
#ifndef PARSER_FACTS_JSON_H
#define PARSER_FACTS_JSON_H

#include "parser/parser.h"

/*
 * Parses raw and appends the object and a newline to out; with `file` that key comes first.
 * compact: on one line.  crypto_init() must have been called.
 */
void facts_json(struct parser *p, struct span raw, const char *file, bool compact, struct buf *out);

/* Appends s as a JSON string; what is not UTF-8 becomes U+FFFD, NUL is dropped. */
void facts_json_string(struct buf *out, struct span s);

#endif
