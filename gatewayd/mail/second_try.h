/*
 * A mail at which the parser died is tried once more by itself: when the parser has been well for
 * an hour, or when another version runs.  What kills it again stays in quarantine.
 */
#ifndef GATEWAYD_MAIL_SECOND_TRY_H
#define GATEWAYD_MAIL_SECOND_TRY_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum { SECOND_TRY_WELL_S = HOUR_S };

/* The parser died at it, and it is being set aside. */
int second_try_died(struct desk *d, int64_t mail, struct err *e);
/* Once, when the daemon begins. */
int second_try_begin(struct desk *d, const char *version, struct err *e);
/* *ret_any: some are to be decided again; *ret_at: when to look next, or INSTANT_NONE. */
int second_try_turn(struct desk *d, bool *ret_any, int64_t *ret_at, struct err *e);

#endif
