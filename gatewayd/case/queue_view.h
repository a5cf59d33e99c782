/*
 * The queues at a glance, as JSON, in the order of the configuration: {queue, open, or_more,
 * unowned, waiting, oldest_at, passed, near, is_late}, where passed and near are deadlines of open
 * cases that have passed or pass within QUEUE_NEAR_S.  In bounded time: of more than
 * STORE_TALLY_MAX only so many are counted (or_more).
 */
#ifndef GATEWAYD_CASE_QUEUE_VIEW_H
#define GATEWAYD_CASE_QUEUE_VIEW_H

#include "gatewayd/base/json.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum { QUEUE_NEAR_S = 4 * HOUR_S };

/* A new reference; NULL and the error when the store fails. */
json_t *queue_view(struct desk *d, struct err *e);

#endif
