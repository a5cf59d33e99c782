/*
 * The one writer of mail: a struct to the bytes of a message (RFC 5322, 2045, 2047, 2231).
 *
 * The result has CRLF line ends, no line over 998 bytes (78 in headers where words allow), and is
 * ASCII throughout.  Whatever a text holds, it cannot become a header or a boundary: CR, LF and
 * other controls in header values are left out, bad UTF-8 is marked.  Addresses must be strict ones
 * (gatewayd/identity/addrspec.h) and ids without white space or angle brackets, else ERR_PERM.
 */
#ifndef GATEWAYD_POST_MIME_WRITE_H
#define GATEWAYD_POST_MIME_WRITE_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum {
	MIME_REFERENCES_MAX =
	    21, /* the first and the last 20 (RFC 5322 section 3.6.4 sets no limit) */
	MIME_SUBJECT_MAX = 500, /* bytes; cut between characters */
	MIME_NAME_MAX = 200,
};

struct mime_address {
	struct span name; /* display name, UTF-8, or empty */
	struct span address;
};

struct mime_attachment {
	struct span filename;	  /* UTF-8, or empty */
	struct span content_type; /* "type/subtype"; what is not is application/octet-stream */
	struct span content_id;	  /* or empty */
	struct span content;
	bool is_inline;
};

/* The mail that is answered; nothing in it is trusted. */
struct mime_thread {
	struct span message_id;	       /* without <>; empty: none */
	const struct span *references; /* oldest first, without <>; unfit ones are left out */
	size_t reference_count;
};

struct mime_field { /* a further field; the value is unstructured text */
	const char *name;
	struct span value;
};

struct mime_message {
	struct mime_address from, to;
	struct mime_address reply_to; /* address empty: none */
	int64_t date_at;
	struct span subject;
	struct span message_id; /* without <> */
	struct mime_thread thread;
	const char *auto_submitted; /* "auto-generated", "auto-replied"; NULL: a person's mail */
	struct span unsubscribe_mailto; /* an address; empty: none */
	struct span unsubscribe_token;	/* in the subject of a mail there; empty: in the address */
	struct span unsubscribe_url;	/* https; empty: none (RFC 8058 needs it for one-click) */
	const struct mime_field *fields;
	size_t field_count;
	struct span text, html; /* UTF-8, LF or CRLF; html may be empty */
	const struct mime_attachment *attachments;
	size_t attachment_count;
	/* What the boundaries are made of; 16 bytes from crypto_random(), or fixed in a test. */
	uint8_t seed[16];
};

/* ERR_PERM: an unfit address or id, or more than out takes. */
int mime_write(const struct mime_message *m, struct buf *out, struct err *e);

#endif
