/*
 * Keeping a mail (gatewayd/README.md, invariant I1, I2): wherever it came from, its row and raw
 * bytes before anything else.
 */
#ifndef GATEWAYD_MAIL_MAIL_KEEP_H
#define GATEWAYD_MAIL_MAIL_KEEP_H

#include "gatewayd/case/desk.h"

/*
 * Fills what the raw header tells (Message-ID, From, Subject) and adds the row, inside an open
 * transaction.  The identity is said of what has no Message-ID, or may be a copy of what was
 * erased; of any other when it is asked for (mail_identify.h).  A location that is known is no new
 * mail: *ret_id is the one there.  Of a copy of a mail that was erased only the place is kept.
 */
int mail_keep(struct desk *d, struct store_mail *m, struct span raw, int64_t *ret_id, bool *ret_new,
	      struct err *e);

#endif
