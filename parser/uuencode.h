/*
 * Uuencoded blocks inside plain text: "begin 644 NAME" ... "end".
 */
#ifndef PARSER_UUENCODE_H
#define PARSER_UUENCODE_H

#include "gatewayd/base/buf.h"

/*
 * Calls found() for each block in s, with its raw name and its data lines, and appends to rest what
 * is left of s without them.  False, and nothing appended, when there is no block.
 */
bool uuencode_cut(struct span s, struct buf *rest,
		  void (*found)(void *ctx, struct span name, struct span lines), void *ctx);

#endif
