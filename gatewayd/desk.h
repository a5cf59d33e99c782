/*
 * What a decision stands on: configuration, store, zones, keys and the time.
 *
 * Core has one for as long as it runs, gatewayctl makes one when no daemon does.  `now` is sampled
 * once a turn; the arena is freed at the end of the turn.
 */
#ifndef GATEWAYD_DESK_H
#define GATEWAYD_DESK_H

#include "conf/conf.h"
#include "gatewayd/base/zone.h"
#include "gatewayd/token.h"
#include "store/store.h"

struct desk {
	const struct conf *conf;
	struct store *store;
	struct zones *zones;
	const struct token_keys *keys; /* n == 0: nothing can be signed */
	int64_t now;
	struct arena *arena;
};

#endif
