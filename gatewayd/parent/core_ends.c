#include "gatewayd/parent/core_ends.h"

void core_ends_add(struct core_ends *c, const struct parent_talk_ended *end, int64_t now_ms)
{
	c->v[c->next] = *end;
	c->at_ms[c->next] = now_ms;
	c->next = (c->next + 1) % CORE_ENDS;
}

int core_ends_put(const struct core_ends *c, struct wire *w, int64_t now_ms, struct err *e)
{
	for (size_t k = 0; k < CORE_ENDS; k++) {
		size_t i = (c->next + k) % CORE_ENDS;
		struct parent_talk_ended end = c->v[i];

		end.ago_s = (now_ms - c->at_ms[i]) / 1000;
		if (end.pid && parent_talk_ended_put(w, &end, e) < 0)
			return -1;
	}
	return 0;
}
