/*
 * UTF-8 (RFC 3629): bytes from outside become text here.
 */
#ifndef GATEWAYD_BASE_UTF8_H
#define GATEWAYD_BASE_UTF8_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/eight.h"

/* The length of the UTF-8 sequence at the start of s, 0 when there is no valid one. */
size_t utf8_len(struct span s);
bool utf8_valid(struct span s);
static inline bool utf8_is_ascii(struct span s)
{
	uint64_t any = 0;
	size_t i = 0;

	for (; s.n - i >= 8; i += 8)
		any |= eight_at(s.p + i);
	for (; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return !(any & EIGHT_OF(0x80));
}
/* How many of the eight bytes at p, from the first on, are ASCII and no NUL. */
static inline size_t utf8_ascii_bytes(const char *p)
{
	uint64_t w = eight_at(p);

	return eight_before((w & EIGHT_OF(0x80)) | eight_equal(w, '\0'));
}
/* The length of the run at the start that is valid and has no NUL. */
size_t utf8_text_run(struct span s);
/* Decodes one; s must begin with a valid sequence. */
uint32_t utf8_code(struct span s);
/* What may act or hide on a terminal, in a log or in a name: C0 and C1 controls (U+0085, CSI, OSC),
 * line and paragraph separators, bidirectional and zero-width characters, soft hyphens, byte order
 * marks, fillers, tags.  Variation selectors of emoji are not hidden. */
bool utf8_is_hidden(uint32_t code);
/* What parts lines besides LF and CR (Unicode 15 section 5.8): VT, FF, U+0085, U+2028 and U+2029.
 * They are hidden as well: leaving them out would make one word of two. */
bool utf8_is_separator(uint32_t code);
/* Of those FF and U+2029, which part paragraphs. */
bool utf8_parts_paragraphs(uint32_t code);
/* The length of a separator at the start of s; 0: none. */
size_t utf8_separator_len(struct span s);
bool utf8_has_separator(struct span s);
/* The length of a character at the start of s that is more than ASCII and may stand in the local
 * part of an address (RFC 6531 section 3.3): 0 when it is hidden, blank, or a wide or small form of
 * ASCII, whose marks ("@" as U+FF20) would be read as marks. */
size_t utf8_atom_len(struct span s);
void utf8_put(struct buf *out, uint32_t code);
/* The small letter of an ASCII, Latin, Greek or Cyrillic capital; anything else itself. */
uint32_t utf8_small(uint32_t code);
/* Appends s as valid UTF-8: NUL dropped, each undecodable byte one U+FFFD; false: there was one. */
bool utf8_scrub(struct span s, struct buf *out);
/* The longest prefix of s of at most n bytes that ends between two characters. */
struct span utf8_prefix(struct span s, size_t n);

#endif
