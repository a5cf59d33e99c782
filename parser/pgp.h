/*
 * PGP's ASCII armour inside plain text (RFC 9580 sections 6.2 and 7): blocks are cut out, what was
 * signed in the clear stays without its wrapping.
 */
#ifndef PARSER_PGP_H
#define PARSER_PGP_H

#include "gatewayd/base/buf.h"

enum pgp_block { PGP_SIGNATURE, PGP_MESSAGE, PGP_KEY, PGP_BLOCK_COUNT };

/*
 * Calls found() for each block, with its bytes from "-----BEGIN" to the end of its last line, and
 * appends to rest what is left of s without them.  False, and nothing appended, when there is none;
 * one that never ends is none, and so is a quoted one.  At most LIMIT_PGP_BLOCKS are cut out.
 */
bool pgp_cut(struct span s, struct buf *rest,
	     void (*found)(void *ctx, enum pgp_block block, struct span bytes), void *ctx);

#endif
