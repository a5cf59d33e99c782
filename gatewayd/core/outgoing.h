/*
 * A claimed row of the outbox on its way to a sender.
 */
#ifndef GATEWAYD_CORE_OUTGOING_H
#define GATEWAYD_CORE_OUTGOING_H

#include "gatewayd/case/desk.h"
#include "gatewayd/core/holders.h"

/* It is the holder's then.  ERR_PERM: it is damaged. */
int outgoing_hand(struct desk *desk, struct holder *h, const struct store_outbox *row,
		  struct err *e);

#endif
