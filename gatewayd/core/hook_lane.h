/*
 * How each webhook answers: whether it may be posted to now, and since when it is in trouble.
 *
 * In place: zeroed is empty.  A lane stays for as long as core runs, whatever the configuration
 * says later, and does not move.
 */
#ifndef GATEWAYD_CORE_HOOK_LANE_H
#define GATEWAYD_CORE_HOOK_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "gatewayd/base/err.h"
#include "gatewayd/base/str.h"
#include "gatewayd/net/backoff.h"

struct hook_lane {
	char *name;
	size_t out;		 /* rows under way */
	unsigned failures;	 /* in a row, of the receiver and not of one row */
	int64_t since_at;	 /* the first of them */
	int64_t not_before_ms;	 /* monotonic */
	char text[ERR_TEXT_MAX]; /* of the last */
};

struct hook_lanes {
	struct hook_lane **v;
	size_t n;
};

void hook_lanes_release(struct hook_lanes *l);
struct hook_lane *hook_lanes_get(struct hook_lanes *l, const char *name); /* made when new */

struct hook_result {
	bool answered, server; /* it gave a status; it is the receiver's trouble, and no row's */
	struct span text;
	int64_t wait_s; /* that it asks for */
	struct backoff wait;
};
void hook_lane_result(struct hook_lane *lane, const struct hook_result *r, int64_t now,
		      int64_t now_ms);

/* So many rows more than are out; of one that fails one at a time. */
bool hook_lane_full(const struct hook_lane *lane);
/* The same as of now: 0 while it waits. */
size_t hook_lane_room(const struct hook_lane *lane, int64_t now_ms);

enum { HOOK_LANE_AT_ONCE = 8 };

#endif
