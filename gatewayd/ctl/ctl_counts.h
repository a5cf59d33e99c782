/* How much there is of everything, as JSON; for status and metrics. */
#ifndef GATEWAYD_CTL_CTL_COUNTS_H
#define GATEWAYD_CTL_CTL_COUNTS_H

#include "gatewayd/base/json.h"
#include "store/store.h"

json_t *ctl_counts_view(const struct store_counts *n);

#endif
