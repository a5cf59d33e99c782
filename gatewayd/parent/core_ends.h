/*
 * How the last cores ended: each fresh one hears of all of them, so that it can tell operators of a
 * core that crashes again and again.  In place; zeroed is none.
 */
#ifndef GATEWAYD_PARENT_CORE_ENDS_H
#define GATEWAYD_PARENT_CORE_ENDS_H

#include "gatewayd/wire/parent_talk.h"

enum { CORE_ENDS = 5 };

struct core_ends {
	struct parent_talk_ended v[CORE_ENDS]; /* the oldest at `next`; pid 0: none */
	int64_t at_ms[CORE_ENDS];
	size_t next;
};

void core_ends_add(struct core_ends *c, const struct parent_talk_ended *end, int64_t now_ms);
/* In the order in which they were. */
int core_ends_put(const struct core_ends *c, struct wire *w, int64_t now_ms, struct err *e);

#endif
