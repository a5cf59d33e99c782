/*
 * Domains in other scripts as mail carries them: "münchen.example" is "xn--mnchen-3ya.example"
 * (RFC 5890 to 5892, Punycode of RFC 3492).
 *
 * Case is mapped for Latin, Greek, Cyrillic and full-width letters, and the full stops of East Asia
 * are dots.  Nothing else is: a label with a combining accent, a hidden character or one that is
 * no letter of names is refused.
 */
#ifndef GATEWAYD_IDENTITY_IDN_H
#define GATEWAYD_IDENTITY_IDN_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"

enum { IDN_LABEL_MAX = 63 }; /* bytes of a label in its ASCII form; RFC 1035 section 2.3.4 */

/* Appends the ASCII form of a domain in UTF-8; false, with out as it was, when there is none. */
bool idn_to_ascii(struct span domain, struct buf *out);
/* In the arena; domain where it is ASCII or has no such form. */
struct span idn_ascii(struct span domain, struct arena *a);
/* Appends a domain in UTF-8, for comparing: labels that are no Punycode stay as they are. */
void idn_to_text(struct span domain, struct buf *out);

#endif
