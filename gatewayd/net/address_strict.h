/*
 * Addresses that may stand in an SMTP envelope (RFC 5321 section 4.1.2), and no others.
 *
 * An address stands in MAIL FROM and RCPT TO as it is, so this is what keeps a CR LF,
 * a ">" or a second command out of the conversation.  Allowed: a dot-atom, or a quoted local part
 * of printable characters without '"', '\\', '<', '>' and '@'; a domain of letters, digits and
 * hyphens, or an address literal in brackets.  Lengths as RFC 5321 section 4.5.3.1: 64, 255, 254 in
 * all.
 *
 * A domain in another script is written in its A-label form ("xn--..."), which is how mail carries
 * it.  A local part in another script passes (RFC 6531 section 3.3); only a server that
 * offers SMTPUTF8 takes it (smtp.h).  Pure.
 */
#ifndef GATEWAYD_NET_ADDRESS_STRICT_H
#define GATEWAYD_NET_ADDRESS_STRICT_H

#include "gatewayd/base/err.h"
#include "gatewayd/base/str.h"

enum {
	ADDRESS_LOCAL_MAX = 64,
	ADDRESS_DOMAIN_MAX = 255,
	ADDRESS_MAX = 254,
	ADDRESS_LABEL_MAX = 63,
};

/* 0, or -1 with ERR_PERM and a text that says what is wrong without repeating the address. */
int address_strict_check(struct span address, struct err *e);

#endif
