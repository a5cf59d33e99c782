/*
 * The encodings of mail: folded header fields with encoded words, bodies in quoted-printable and
 * base64, file names as parameters.  For mime_write.c; nothing else writes mail.
 *
 * Every text is UTF-8; what is not is marked, controls are left out, so no value can end its field.
 */
#ifndef GATEWAYD_POST_MIME_ENCODE_H
#define GATEWAYD_POST_MIME_ENCODE_H

#include "gatewayd/base/buf.h"

enum {
	MIME_FOLD = 78,	 /* characters of a header line, where white space allows */
	MIME_BODY = 76,	 /* of an encoded body's line (RFC 2045 section 6.7 and 6.8) */
	MIME_WORD = 75,	 /* of an encoded word (RFC 2047 section 2) */
	MIME_LINE = 998, /* of any line */
};

/* A header field under way. */
struct mime_line {
	struct buf *out;
	size_t column;
	bool begun; /* has a word: a first line is never left empty, which some readers mind */
};

struct mime_line mime_line_begin(struct buf *out, const char *name); /* "Name:" */
/* A word that is not to be broken, after a blank or a fold; ASCII without controls. */
void mime_line_word(struct mime_line *l, struct span word);
void mime_line_end(struct mime_line *l);

/* Unstructured text (Subject): plain words, or encoded ones when some character asks for it. */
void mime_line_text(struct mime_line *l, struct span text);
/* A display name: atoms, a quoted string, or encoded words. */
void mime_line_phrase(struct mime_line *l, struct span name);

/* "; filename=..." with RFC 2231 where it must. */
void mime_encode_filename(struct buf *out, struct span filename);

enum mime_encoding { MIME_7BIT, MIME_QUOTED_PRINTABLE, MIME_BASE64 };
const char *mime_encoding_name(enum mime_encoding encoding);
/* The one that suits a text with LF line ends. */
enum mime_encoding mime_encoding_for(struct span text);
/* The body with CRLF line ends, ending in one. */
void mime_body(struct span content, enum mime_encoding encoding, struct buf *out);

#endif
