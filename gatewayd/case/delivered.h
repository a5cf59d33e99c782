/*
 * Whether an answer of staff reached the customer: what reached nobody is no response.
 *
 * The log keeps both, so that deadlines follow from it as from everything else: a "void" event
 * takes the response of its note away, a later response of the same note counts again.
 */
#ifndef GATEWAYD_CASE_DELIVERED_H
#define GATEWAYD_CASE_DELIVERED_H

#include "gatewayd/case/case_log.h"

/* The row came back or failed.  When nobody else got that answer either, it is void. */
int case_not_delivered(struct desk *d, const struct store_outbox *row, struct span why,
		       struct err *e);
/* The row went out: an answer that was void is a response now, which is a change of the case
 * (*ret_counts). */
int case_counts_delivery(struct desk *d, const struct store_outbox *row, bool *ret_counts,
			 struct err *e);
int case_delivered(struct desk *d, const struct store_outbox *row, struct err *e);

#endif
