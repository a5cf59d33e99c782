/*
 * What a customer's note says of urgency: kept on the case, and told once a case and day.
 */
#ifndef GATEWAYD_MAIL_APPLY_WISH_H
#define GATEWAYD_MAIL_APPLY_WISH_H

#include "gatewayd/mail/apply_work.h"

int apply_wish(struct work *w, struct err *e);

#endif
