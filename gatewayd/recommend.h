/*
 * Recommendations after go-live (policy section 7): mailed to an account's contacts once the
 * property has been live for limits.recommend_delay_s, never to those who opted out.
 */
#ifndef GATEWAYD_RECOMMEND_H
#define GATEWAYD_RECOMMEND_H

#include "gatewayd/desk.h"

/* Mails what is due, a bounded number of properties a call; in transactions of its own. */
int recommend_turn(struct desk *d, struct err *e);
/* When the next one is due; INSTANT_NONE: none is. */
int recommend_next(struct desk *d, int64_t *ret_at, struct err *e);

#endif
