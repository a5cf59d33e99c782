/*
 * Folder names: UTF-8 with "/" in the configuration, modified UTF-7 with the server's delimiter on
 * the wire (RFC 3501 section 5.1.3).  Pure.
 */
#ifndef GATEWAYD_NET_IMAP_NAME_H
#define GATEWAYD_NET_IMAP_NAME_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum { IMAP_NAME_MAX = 1024 }; /* bytes on the wire */

/*
 * Appends the wire form of name, levels divided by delimiter (0: the server has no levels) behind
 * prefix (of the personal namespace, already in wire form, may be empty).  "INBOX" and what begins
 * with the prefix gets none.  Levels may also be written with the server's own delimiter. ERR_PERM:
 * empty, too long, control characters, not UTF-8.
 */
int imap_name_encode(const char *name, char delimiter, const char *prefix, struct buf *ret_wire,
		     struct err *e);

#endif
