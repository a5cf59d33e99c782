/* What a copy adds that proves more of its sender than the one before (decide_copy.h). */
#ifndef GATEWAYD_MAIL_APPLY_COPY_H
#define GATEWAYD_MAIL_APPLY_COPY_H

#include "gatewayd/mail/apply_work.h"

int apply_proven_copy(struct work *w, struct err *e);

#endif
