/*
 * RTF as text: what Outlook's programs write into TNEF (RTF 1.9.1, MS-OXRTFEX).
 *
 * Formatting is passed over; pictures, style sheets and the like are left out with all that is in
 * them.  One pass, groups LIMIT_RTF_DEPTH deep.
 */
#ifndef PARSER_RTF_TEXT_H
#define PARSER_RTF_TEXT_H

#include "gatewayd/base/buf.h"

struct charsets;

/* Appends its words to out as UTF-8.  True when it was made from HTML: out has that HTML then. */
bool rtf_text(struct span rtf, const struct charsets *charsets, struct buf *out);

#endif
