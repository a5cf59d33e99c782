/*
 * The characters of a line as they look: "&#35;", "%23" and "\u0023" are "#", a full-width letter
 * or one of another alphabet is the one of ASCII that it looks like, and what is not seen is left
 * out. For slip_line.c only.  Pure.
 */
#ifndef GATEWAYD_MAIL_SLIP_CODES_H
#define GATEWAYD_MAIL_SLIP_CODES_H

#include "gatewayd/base/str.h"

enum { SLIP_CODES_MAX = 4096 }; /* characters of a line that are looked at */

struct slip_codes {
	uint32_t v[SLIP_CODES_MAX];
	size_t n;
};

void slip_codes_read(struct span line, struct slip_codes *ret_codes);

bool slip_is_blank(uint32_t code);

/* The letter of ASCII that it is or could be, a small one; 0: none. */
char slip_letter(uint32_t code);

/* The small letter of ASCII, Latin, Greek and Cyrillic ones; others as they are. */
uint32_t slip_small(uint32_t code);

#endif
