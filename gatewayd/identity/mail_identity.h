/*
 * What stays the same in every copy of a message (gatewayd/README.md, invariant I2).
 *
 * SHA-256 over the fields From, To, Cc, Date, Subject and Message-ID, white space runs in them as
 * one space, and the body with line ends as LF and without blank lines at its end.  What mail
 * systems add or change on the way (Received, Delivered-To, Return-Path, Authentication-Results,
 * X-*, folding, CRLF) has no part in it.
 */
#ifndef GATEWAYD_IDENTITY_MAIL_IDENTITY_H
#define GATEWAYD_IDENTITY_MAIL_IDENTITY_H

#include "gatewayd/base/crypto.h"

void mail_identity(struct span raw, uint8_t ret_identity[SHA256_SIZE]);

#endif
