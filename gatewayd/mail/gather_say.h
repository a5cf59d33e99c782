/*
 * What is asked of nearly every mail, said before it is asked (store_ahead.h).
 *
 * For mail_gather() alone: of *g all is there that the mail itself says.  The hashes of its files
 * are computed, and left in *g for who adds them.
 */
#ifndef GATEWAYD_MAIL_GATHER_SAY_H
#define GATEWAYD_MAIL_GATHER_SAY_H

#include "gatewayd/mail/mail_gather.h"

void gather_say(struct desk *d, const struct mail_job *job, struct mail_gathered *g);

#endif
