/*
 * Encoded words (RFC 2047) as bytes, for the one case in which core must look into them: programs
 * that encode all of From, the address as well.
 */
#ifndef GATEWAYD_IDENTITY_ENCODED_H
#define GATEWAYD_IDENTITY_ENCODED_H

#include "gatewayd/base/buf.h"

/*
 * Appends the value with each encoded word replaced by its bytes, whatever their charset; what is
 * no such word stays.  False when there is none.
 */
bool encoded_to_bytes(struct span value, struct buf *out);

#endif
