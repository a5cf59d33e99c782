/*
 * What a mail of proven staff does: it answers the customer, commands, or is held.
 *
 * A command that cannot be done holds the mail: what it did till then is taken back.
 */
#ifndef GATEWAYD_MAIL_APPLY_STAFF_H
#define GATEWAYD_MAIL_APPLY_STAFF_H

#include "gatewayd/mail/apply_work.h"

int apply_staff_reply(struct work *w, struct err *e);
int apply_staff_commands(struct work *w, struct err *e);
int apply_staff_held(struct work *w, struct err *e);
int apply_staff_asks(struct work *w, struct err *e); /* about no case */

#endif
