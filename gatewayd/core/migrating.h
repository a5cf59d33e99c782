/*
 * While core opens a store that an older program made: what the log says of it, and gatewayctl,
 * which nobody answers until it is done (base/run_note.h).
 */
#ifndef GATEWAYD_CORE_MIGRATING_H
#define GATEWAYD_CORE_MIGRATING_H

#include "gatewayd/base/clock.h"
#include "store/store_open.h"

struct migrating {
	const struct clock *clock;
	const char *socket;
	int64_t since, since_ms, said_ms; /* of the migration at hand */
};

/* Of struct store_listener; one that takes long says every ten seconds that it goes on. */
void migrating_told(void *ctx, const struct store_migrating *m);
/* Before the store is opened, for what was left by a core that died, and behind. */
void migrating_over(const struct migrating *at);

#endif
