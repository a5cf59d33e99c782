#include "gatewayd/ctl/ctl_migrating.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"

enum { SAY_MS = 10000 };

static void say(const struct ctl_migrating *m, const struct store_migrating *at, int64_t now_ms)
{
	fprintf(m->out, "gatewayctl: migrates the store: %s, %d of %d", at->name, at->n, at->of);
	if (now_ms > m->since_ms)
		fprintf(m->out, ", for %" PRIi64 " s, %" PRIi64 " MiB written",
			(now_ms - m->since_ms) / 1000, at->written / MIB);
	fputc('\n', m->out);
	fflush(m->out);
}

static void told(void *ctx, const struct store_migrating *at)
{
	struct ctl_migrating *m = ctx;
	int64_t now_ms = clock_monotonic_ms(&m->clock);

	if (at->step == STORE_MIGRATION_DONE ||
	    (at->step == STORE_MIGRATION_GOES_ON && now_ms - m->said_ms < SAY_MS))
		return;
	if (at->step == STORE_MIGRATION_BEGINS)
		m->since_ms = now_ms;
	m->said_ms = now_ms;
	say(m, at, now_ms);
}

void ctl_migrating_init(struct ctl_migrating *m, struct clock clock, FILE *out)
{
	*m = (struct ctl_migrating){ .clock = clock, .out = out, .listener = { told, m } };
}
