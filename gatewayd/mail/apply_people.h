/*
 * Whom a customer's mail brings into the conversation, and who hears of it besides staff.
 */
#ifndef GATEWAYD_MAIL_APPLY_PEOPLE_H
#define GATEWAYD_MAIL_APPLY_PEOPLE_H

#include "gatewayd/mail/apply_work.h"

/* On done->case_number: those who may become participants do, the others are told to staff. */
int apply_people(struct work *w, struct post_said *said, struct err *e);
/* The words of a proven sender go on to those in the conversation who did not get them. */
int apply_pass_on(struct work *w, struct post_said *said, struct err *e);

#endif
