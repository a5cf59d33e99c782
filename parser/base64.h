/*
 * Base64 (RFC 4648 section 4) undone, tolerantly: what is not of the alphabet is passed over, and
 * remembered when it is no white space; data may go on after padding.
 */
#ifndef PARSER_BASE64_H
#define PARSER_BASE64_H

#include "gatewayd/base/str.h"

/* Bytes to write to for n characters: the decoder stores a few more than it counts. */
#define BASE64_ROOM(n) ((n) / 4 * 3 + 8)

/* Between two pieces of one stream; all zero at its start. */
struct base64 {
	uint32_t held;
	int count;   /* characters in held, 0..3 */
	bool bad;    /* something was passed over, or a character is missing */
	bool padded; /* the last piece was left at padding */
};

/*
 * The bytes that a piece stands for; out has room for BASE64_ROOM(s->n).  *s becomes what is left
 * of it: nothing, or, when it stops at padding, what stands behind that.
 */
size_t base64_update(struct base64 *b, bool stops, struct span *s, char *out);

/* The last bytes, behind all pieces: at most two. */
size_t base64_end(struct base64 *b, char *out);

/* All of s; out has room for BASE64_ROOM(s.n). */
size_t base64_decode(struct span s, char *out, bool *ret_good);

/* Of the alphabet, or padding. */
bool base64_is_char(unsigned char c);

#endif
