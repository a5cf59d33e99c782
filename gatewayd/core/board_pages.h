/*
 * What stands on the pages for staff, as JSON: the rows of `gatewayctl --json` where it has them.
 *
 * A new reference; NULL and the error, ERR_PERM where there is no such thing.  Each reads a bounded
 * number of rows.
 */
#ifndef GATEWAYD_CORE_BOARD_PAGES_H
#define GATEWAYD_CORE_BOARD_PAGES_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/wire/web_talk.h"

/* {queues: [...], risk: [...], mine: [...], wrong: [...]} */
json_t *board_overview(struct desk *d, const struct conf_staff *staff, json_t *wrong,
		       struct err *e);
/* {cases: [...], queue, owner, state, older: the number to go on below, ...} */
json_t *board_cases(struct desk *d, const struct web_ask *ask, struct err *e);
/* The case with its newest notes and events, and {older: the note to go on below}. */
json_t *board_case(struct desk *d, const struct web_ask *ask, struct err *e);
json_t *board_search(struct desk *d, struct span words, struct err *e);
json_t *board_deadlines(struct desk *d, struct err *e);

#endif
