/* How webhooks stand, for `gatewayctl status` and metrics. */
#ifndef GATEWAYD_CORE_HOOK_REPORT_H
#define GATEWAYD_CORE_HOOK_REPORT_H

#include "gatewayd/base/json.h"
#include "gatewayd/core/bench.h"

/* {name, good, text, since, waiting, oldest, failed} of each of the configuration, and of those
 * that left it and still have rows that wait. */
json_t *hook_report(struct bench *b);

#endif
