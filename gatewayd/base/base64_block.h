/*
 * The bulk of base64, 32 characters at a time where the processor can (AVX2 of x86-64).
 */
#ifndef GATEWAYD_BASE_BASE64_BLOCK_H
#define GATEWAYD_BASE_BASE64_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

enum { BASE64_BLOCK = 32 }; /* characters, which are 24 bytes; four more are stored */

/*
 * Decodes blocks from *in on until one goes past `end` or has a character that is not of the
 * alphabet, before which whole groups of four are decoded; *in is moved behind them.  The bytes
 * that this gives; 0 where the processor cannot.
 */
size_t base64_blocks(const unsigned char **in, const unsigned char *end, char *out);

/*
 * Counts the characters of the alphabet in blocks from *in on until one goes past `end` or has
 * another character in it than a blank, a tab or one of a line's end; *in is moved behind those
 * that were counted.
 */
size_t base64_count_blocks(const unsigned char **in, const unsigned char *end);

/* Lines of so many characters, whole groups of four and BASE64_BLOCK of them or more; each ends
 * with LF, or with CRLF. */
struct base64_lines {
	size_t characters;
	bool crlf;
};

/*
 * Decodes `most` lines, all of which must be there, or those before the first that has a character
 * or an end that it should not have; how many; 0 where the processor cannot.  Four more bytes than
 * `most` lines are may be stored.
 */
size_t base64_lines(const char *in, const struct base64_lines *l, size_t most, char *out);

#endif
