/* An account as `sla due` needs it: asked of core, or of the store when no daemon runs. */
#ifndef GATEWAYD_CTL_CTL_PLACE_H
#define GATEWAYD_CTL_CTL_PLACE_H

#include "gatewayd/base/arena.h"
#include "gatewayd/case/sla.h"

struct ctl_place_finder {
	const struct conf *conf;
	struct arena arena; /* what is found lives in it */
};

/* For struct sla_accounts; ctx is a finder. */
int ctl_place_find(void *ctx, const char *account, struct sla_place *ret_place, struct err *e);

#endif
