/*
 * The answer to an invitation: is there a word of its sender's in it, beside what calendars and
 * companies write by themselves?
 *
 * In doubt there is: a person reads it.
 */
#ifndef GATEWAYD_MAIL_INVITATION_H
#define GATEWAYD_MAIL_INVITATION_H

#include "parser/facts.h"

/* facts: of a mail with an answer to an invitation in it. */
bool invitation_is_bare(const struct facts *facts);

#endif
