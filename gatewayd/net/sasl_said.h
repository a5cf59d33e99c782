/*
 * What a server says of a log-in, for a person: where it refuses an access token it says why as
 * JSON in BASE64 (RFC 7628 section 3.2.2, and XOAUTH2 alike).
 */
#ifndef GATEWAYD_NET_SASL_SAID_H
#define GATEWAYD_NET_SASL_SAID_H

#include "gatewayd/base/buf.h"

/* Adds the line as valid UTF-8, such words in it as what stands in them. */
void sasl_said(struct span line, struct buf *out);

#endif
