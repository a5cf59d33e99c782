/*
 * Rows of the pages for staff, as JSON: those of `gatewayctl --json` where it has them.  ctx is the
 * desk; a new reference, or NULL and the error.
 */
#ifndef GATEWAYD_CORE_BOARD_ROWS_H
#define GATEWAYD_CORE_BOARD_ROWS_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"

json_row_fn board_case_row;	/* of a struct store_case */
json_row_fn board_deadline_row; /* of a struct store_deadline, with its case */
json_row_fn board_hit_row;	/* of a struct search_hit */
json_row_fn board_note_row;	/* of a struct store_note */
json_row_fn board_event_row;	/* of a struct case_event */
json_row_fn board_made_row;	/* of a json_t *, as it is */

/* Each instant of a row, a value of the name "at" or "..._at", becomes a local time for people:
 * "Sat 28 Nov 2026, 09:06". */
void board_local_times(const struct zone *zone, json_t *row);

#endif
