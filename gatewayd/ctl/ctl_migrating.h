/*
 * While a verb opens a store that an older program made, where no daemon runs: a line on standard
 * error for each migration, and another every ten seconds that it takes.
 */
#ifndef GATEWAYD_CTL_CTL_MIGRATING_H
#define GATEWAYD_CTL_CTL_MIGRATING_H

#include <stdio.h>

#include "gatewayd/base/clock.h"
#include "store/store_open.h"

struct ctl_migrating {
	struct clock clock;
	FILE *out;
	int64_t since_ms, said_ms; /* of the migration at hand */
	struct store_listener listener;
};

/* Its listener is good as long as it stays where it is. */
void ctl_migrating_init(struct ctl_migrating *m, struct clock clock, FILE *out);

#endif
