/* clock accept */
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/timer/ahead.h"

int ctl_clock_accept(struct ctl *c)
{
	struct err e = { 0 };

	if (ahead_accept(c->d, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, json_pack("{s:b}", "accepted", 1));
}
