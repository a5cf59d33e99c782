/* A mail of which a copy that proved less had its effect (twin.h).  For decide.c only. */
#ifndef GATEWAYD_MAIL_DECIDE_COPY_H
#define GATEWAYD_MAIL_DECIDE_COPY_H

#include "gatewayd/mail/decide.h"

/* After the rules: takes from their decision what that copy did already. */
void decide_copy(const struct decide_in *in, struct decision *d);

#endif
