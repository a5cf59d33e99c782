/*
 * What people write before words for colleagues: "note", "Interne Notiz", "Staff only".  A table.
 * For slip.c only.  Pure.
 */
#ifndef GATEWAYD_MAIL_SLIP_WORDS_H
#define GATEWAYD_MAIL_SLIP_WORDS_H

#include "gatewayd/mail/slip_line.h"

/* What people write for a note to colleagues. */
bool slip_is_note(const char *word);

/* A line that begins like this is for colleagues; `first`: it is the first one of a text. */
bool slip_is_for_colleagues(const struct slip_lead *lead, bool first);

#endif
