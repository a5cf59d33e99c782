/*
 * Domains that a reader takes for others: letters of other scripts that look like those of ASCII,
 * "rn" for "m", a hyphen more, a letter changed (after Unicode Technical Standard 39).
 *
 * The table is our own and small on purpose: a domain holds letters, digits and hyphens only, and
 * is compared with domains that are nearly always ASCII, so that what resembles a letter of ASCII
 * is all that counts.  ICU's uspoof knows all of Unicode, at 30 MB of data mapped into the role
 * that has the store, and knows nothing of "rn" and of letters that were changed.
 *
 * Pure.  It flags and never decides.
 */
#ifndef GATEWAYD_IDENTITY_CONFUSABLE_H
#define GATEWAYD_IDENTITY_CONFUSABLE_H

#include "gatewayd/base/buf.h"

enum {
	CONFUSABLE_DOMAIN_MAX = 253, /* bytes; RFC 1035 section 2.3.4 */
	CONFUSABLE_SHORTER = 1,	     /* that a look-alike's skeleton may be longer than it, */
	CONFUSABLE_LONGER = 6,	     /* or it longer than that: two letters as one, hyphens */
};

/* A label has letters of several scripts, which no language does; Latin beside those of East Asia
 * is usual.  The ASCII form of a domain or its UTF-8. */
bool confusable_mixed(struct span domain);

/* The letter of ASCII that a small letter looks like, which is none of ASCII; '\0': none. */
char confusable_letter(uint32_t code);

/* Appends what the domain looks like, in ASCII where that is possible. */
void confusable_skeleton(struct span domain, struct buf *out);

/*
 * A reader takes `domain` for `known`, both ASCII forms: they are not the same, and their skeletons
 * are, or are one letter apart in a first label of 6 letters or more, or `domain` begins with all
 * of `known` ("acme.example.evil.example").
 */
bool confusable_is_like(struct span domain, struct span known);

#endif
