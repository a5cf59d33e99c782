/*
 * Facts as the JSON object of `gatewayctl parse`.
 */
#ifndef PARSER_JSON_H
#define PARSER_JSON_H

#include "parser/parser.h"

/*
 * Parses raw and appends the object and a newline to out; with `file` that key comes first.
 * compact: on one line.  crypto_init() must have been called.
 */
void json_parse(struct parser *p, struct span raw, const char *file, bool compact, struct buf *out);

/* Appends s as a JSON string; what is not UTF-8 becomes U+FFFD, NUL is dropped. */
void json_string(struct buf *out, struct span s);

#endif
