/*
 * Charsets by the labels of the WHATWG Encoding Standard; the home of iconv.
 *
 * charsets_new() opens every converter, because glibc loads them from disk and the parse child is
 * sealed afterwards; charsets of single bytes have a table (tables/charset_high.h).  A set is not
 * shared between threads: converters have a state.
 */
#ifndef PARSER_CHARSET_H
#define PARSER_CHARSET_H

#include "gatewayd/base/buf.h"

struct charset;
struct charsets;

struct charsets *charsets_new(void);
void charsets_free(struct charsets **cs);

/* Any case, blanks and quotes around it ignored; what else is no letter or digit counts for nothing
 * where the label is none of the standard's, and what such labels stand for is a table of its own.
 * NULL: nobody knows. */
const struct charset *charset_find(const struct charsets *cs, struct span label);

/* What bytes of an unknown charset are: UTF-8 if valid, else windows-1252. */
const struct charset *charset_guess(const struct charsets *cs, struct span bytes);

/*
 * Appends the bytes as UTF-8: NUL dropped, every undecodable byte one U+FFFD.  False when there was
 * one.  Stops early when out is full.
 */
bool charset_decode(const struct charset *c, struct span bytes, struct buf *out);

/* What decides whether bytes can be of a charset by chance. */
enum charset_sort {
	CHARSET_UTF8,
	CHARSET_UTF16,
	CHARSET_SEVEN_BIT, /* escapes, HZ, UTF-7 */
	CHARSET_WESTERN,   /* windows-1252, which us-ascii and iso-8859-1 stand for */
	CHARSET_SINGLE,	   /* another one of single bytes */
	CHARSET_DOUBLE,	   /* of East Asia */
};
enum charset_sort charset_sort(const struct charset *c);

bool charset_is_utf8(const struct charset *c);

#endif
