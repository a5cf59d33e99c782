/*
 * A message as SMTP may carry it: every line ends in CRLF, no CR or LF stands alone.
 *
 * A bare LF would go out as it is, and a dot behind it would not be doubled, so that the next
 * server could see the end of the message where we see none (smuggling).  Every CRLF, lone CR and
 * lone LF becomes one CRLF; the last line gets one.  What no line end can mend is refused with
 * ERR_PERM: NUL bytes and lines over 998 bytes (RFC 5322 section 2.1.1).  Bytes over 127 pass: our
 * own mails have none (post/mime_write.h).  Dots are doubled later (smtp_talk.h).  Pure.
 */
#ifndef GATEWAYD_NET_CANONICAL_H
#define GATEWAYD_NET_CANONICAL_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum { CANONICAL_LINE_MAX = 998 };

struct canonical {
	bool cr;	   /* the last byte was a CR, its line end not yet written */
	size_t line_bytes; /* of the line under way */
	size_t line;	   /* its number, from 1 */
};

void canonical_init(struct canonical *c);
/* Any cut of the input gives the same output. */
int canonical_feed(struct canonical *c, struct span bytes, struct buf *out, struct err *e);
int canonical_end(struct canonical *c, struct buf *out, struct err *e);

/* It is as it goes out, as our own mails are; ret_dots: a line of it begins with a dot. */
bool canonical_is(struct span message, bool *ret_dots);
/* All of it; out's maximum is the largest message taken. */
int canonical(struct span message, struct buf *out, struct err *e);

#endif
