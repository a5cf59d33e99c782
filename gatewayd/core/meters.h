/*
 * What core counts for `metrics`, since it began.
 *
 * What the hot path knows it counts in place, each node its own; so does the store with decisions.
 * The logs of all cases, of all nodes, are followed when somebody asks, METERS_ROWS rows at a time,
 * so that counting costs a mail nothing.  In place: zeroed and then meters_begin().
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
	int64_t event_id;		      /* up to this one */
	uint64_t suppressed;		      /* automatic mails that a budget held back */
	uint64_t near, missed;		      /* deadlines */
	uint64_t answered[METERS_BOUNDS + 1]; /* first responses, by how long they took */
	double answered_s;
};

struct bench;
int meters_begin(struct bench *b, struct err *e);
/* Reads on, in a turn (bench.h): what is written in that of another node has lower numbers than
 * some of what is there.  What is left, or can be read in no turn now, is counted the next time. */
int meters_follow(struct bench *b, struct err *e);
/* {sent: {"sent": n, ...}, decided: {...}, first_response: {buckets: [[bound, n], ...], sum,
 * count}, ...} */
json_t *meters_view(const struct bench *b);

#endif
