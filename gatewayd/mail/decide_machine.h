/*
 * The rules for a mail that is no person's own, a part of decide.c: reports, automatic answers,
 * spam, newsletters, and what programs of staff write.
 */
#ifndef GATEWAYD_MAIL_DECIDE_MACHINE_H
#define GATEWAYD_MAIL_DECIDE_MACHINE_H

#include "gatewayd/mail/decide.h"

/* What the parser calls automatic only ever takes rights away. */
enum machine decide_machine(const struct decide_in *in);

/* Sets d->machine; false: no rule fits, and a person's rules go on. */
bool decide_by_machine(const struct decide_in *in, struct decision *d);

#endif
