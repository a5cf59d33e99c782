/*
 * The queues at a glance, as JSON, in the order of the configuration: {queue, open, or_more,
 * unowned, waiting, oldest_at, passed, near, is_late}, where passed and near are deadlines of open
 * cases that have passed or pass within QUEUE_NEAR_S.  In bounded time: of more than
 * QUEUE_TALLY_MAX only so many are counted (or_more).
 */
#ifndef GATEWAYD_CASE_QUEUE_VIEW_H
#define GATEWAYD_CASE_QUEUE_VIEW_H

#include "gatewayd/base/json.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum { QUEUE_NEAR_S = 4 * HOUR_S, QUEUE_TALLY_MAX = 5000 };

/* A new reference; NULL and the error when the store fails. */
json_t *queue_view(struct desk *d, struct err *e);

/* The same in pieces of a millisecond, between which others have their turn.  In place, zeroed; the
 * arena of the desk is the same at each. */
struct queue_view {
	json_t *rows;
	size_t queue_at;
	int counted; /* of the deadlines, then of the cases of the queue at hand */
	bool late_known;
	struct store_deadline_tally *late;
	size_t late_count;
	struct store_case_tally sum;
};
/* *ret_rows: a new reference, once all is counted; until then NULL. */
int queue_view_step(struct queue_view *v, struct desk *d, json_t **ret_rows, struct err *e);
void queue_view_release(struct queue_view *v);

#endif
