/*
 * UTF-8 (RFC 3629): bytes from outside become text here.
 */
#ifndef GATEWAYD_BASE_UTF8_H
#define GATEWAYD_BASE_UTF8_H

#include "gatewayd/base/buf.h"

/* The length of the UTF-8 sequence at the start of s, 0 when there is no valid one. */
size_t utf8_len(struct span s);
bool utf8_valid(struct span s);
/* Decodes one; s must begin with a valid sequence. */
uint32_t utf8_code(struct span s);
/* A control, or a character that is not seen or changes how others are shown: bidirectional marks,
 * joiners, line ends of other alphabets, tags (Unicode's Cc and Default_Ignorable_Code_Point). */
bool utf8_is_hidden(uint32_t code);
void utf8_put(struct buf *out, uint32_t code);
/* Appends s as valid UTF-8: NUL dropped, each undecodable byte one U+FFFD. */
void utf8_scrub(struct span s, struct buf *out);
/* The longest prefix of s of at most n bytes that ends between two characters. */
struct span utf8_prefix(struct span s, size_t n);

#endif
