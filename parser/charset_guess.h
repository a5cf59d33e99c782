/*
 * The charset of bytes that no label names, or a wrong one.
 *
 * In order: a byte order mark; the escapes of ISO-2022 and HZ, which no other text has; the label;
 * without one, with us-ascii, or with UTF-8 over bytes that are mostly none, what <meta> says in
 * HTML.  UTF-8 outdoes a label of another charset when the bytes are UTF-8 and cannot be so by
 * chance, and loses its own when there is no character of it but ASCII among other bytes.  Without
 * all that: UTF-8 if valid, GB18030, EUC-KR or EUC-JP when the pairs of bytes are those of a text
 * in it, else windows-1252.
 */
#ifndef PARSER_CHARSET_GUESS_H
#define PARSER_CHARSET_GUESS_H

#include "parser/charset.h"

struct charset_choice {
	const struct charset *charset; /* never NULL */
	bool guessed;		       /* the label does not say so */
	bool unknown;		       /* the label names none */
};

/* label: empty when there is none. */
void charset_choose(const struct charsets *cs, struct span label, struct span bytes, bool is_html,
		    struct charset_choice *ret_choice);

/* ISO-2022-JP, -KR, -CN or HZ by its escapes; NULL: none. */
const struct charset *charset_by_escapes(const struct charsets *cs, struct span bytes,
					 bool may_be_hz);

/* GB18030, EUC-KR or EUC-JP by its pairs of bytes; NULL: none. */
const struct charset *charset_by_pairs(const struct charsets *cs, struct span bytes);

/* A byte that is no ASCII. */
bool charset_has_high(struct span bytes);

/* Characters of more than one byte, when all of it is UTF-8; else 0. */
size_t charset_utf8_characters(struct span bytes);

#endif
