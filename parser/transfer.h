/*
 * Content transfer encodings undone in pieces (RFC 2045 section 6), tolerantly: what is not of the
 * alphabet is passed over and remembered.
 */
#ifndef PARSER_TRANSFER_H
#define PARSER_TRANSFER_H

#include "gatewayd/base/str.h"

enum transfer {
	TRANSFER_IDENTITY, /* 7bit, 8bit, binary, none */
	TRANSFER_BASE64,
	TRANSFER_QUOTED_PRINTABLE,
	TRANSFER_UUENCODE,
	TRANSFER_UNKNOWN, /* bytes as they stand */
};

/* Of the value of Content-Transfer-Encoding. */
enum transfer transfer_find(struct span value);

/* Where decoded bytes go, in pieces of at most some KB. */
struct transfer_out {
	void (*write)(void *ctx, struct span piece);
	void *ctx;
};

/* All of s; false when something in it was not as it should be. */
bool transfer_decode(enum transfer encoding, struct span s, const struct transfer_out *out);

/* The value of a hex digit, -1: none. */
int hex_digit(unsigned char c);

/* One line of a uuencoded block without its line end, at most 63 bytes; out has room for 64. */
size_t uuencode_line(struct span line, char *out, bool *ret_good);

#endif
