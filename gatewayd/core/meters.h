/*
 * What core counts for `metrics`, since it began.
 *
 * What the hot path knows it counts in place; what the store has written down is followed when
 * somebody asks, METERS_ROWS rows at a time, so that counting costs a mail nothing.  In place:
 * zeroed and then meters_begin().
 */
#ifndef GATEWAYD_CORE_METERS_H
#define GATEWAYD_CORE_METERS_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/wire/talk.h"

enum { METERS_ROWS = 500, METERS_BOUNDS = 10 };

struct meters {
	uint64_t sent[TALK_OUTCOME_COUNT];   /* results of the mail server */
	uint64_t posted[TALK_OUTCOME_COUNT]; /* of webhooks */
	uint64_t parse_proven, parse_lost;   /* children that died at a mail: by its fault, not */
	uint64_t started[ROLE_COUNT];	     /* processes */
	uint64_t commits;
	double commit_s; /* all of them together */
	uint64_t turns;	 /* of a store that nodes share */
	double turn_s;	 /* waited for the others' */

	/* Followed. */
	int64_t mail_id, event_id; /* up to these */
	uint64_t decided[MAIL_STATE_COUNT];
	uint64_t suppressed;		      /* automatic mails that a budget held back */
	uint64_t near, missed;		      /* deadlines */
	uint64_t answered[METERS_BOUNDS + 1]; /* first responses, by how long they took */
	double answered_s;
};

int meters_begin(struct meters *m, struct store *s, struct err *e);
/* Reads on; what is left is counted the next time. */
int meters_follow(struct meters *m, struct desk *d, struct err *e);
/* {sent: {"sent": n, ...}, decided: {...}, first_response: {buckets: [[bound, n], ...], sum,
 * count}, ...} */
json_t *meters_view(const struct meters *m);

#endif
