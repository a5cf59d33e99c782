/*
 * Lines that programs put below a mail.  Tables: reply_footers.h, reply_devices.h,
 * reply_lists.h.
 */
#ifndef PARSER_REPLY_FOOTER_H
#define PARSER_REPLY_FOOTER_H

#include "gatewayd/base/str.h"

/* "Sent from my iPhone" */
bool reply_is_footer(struct span line);

/* "From my iPhone": a footer that no word of sending is in; a person answers so. */
bool reply_is_bare_footer(struct span line);

/* The line speaks of a list, as what one puts below a rule does: a person may as well. */
bool reply_is_list_footer(struct span line);

#endif
