/*
 * Base64 (RFC 4648, section 4) by whole groups of four characters, which are three bytes.
 *
 * Private to store/.
 */
#ifndef STORE_BASE64_GROUPS_H
#define STORE_BASE64_GROUPS_H

#include "gatewayd/base/str.h"

enum { BASE64_OTHER = -1, BASE64_BLANK = -2 };
/* 0 to 63; BASE64_BLANK: white space; BASE64_OTHER: any other, "=" too. */
int base64_value(unsigned char c);

/* Whole groups, up to the first that has another character, or until no more fit into `room`; what
 * was read of *in goes.  The bytes written; up to four more of the room are overwritten. */
size_t base64_groups(struct span *in, char *out, size_t room);

#endif
