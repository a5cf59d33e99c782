/*
 * What is wrong in core now, a concern each: said in the log once as it begins and once as it
 * ends, however often it is tried meanwhile, and shown by `gatewayctl status`.
 *
 * In place: zeroed is all well.  Texts are copied.
 */
#ifndef GATEWAYD_CORE_HEALTH_H
#define GATEWAYD_CORE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "gatewayd/base/err.h"

/* X(id, in the log and in `status`, what does not go on) */
#define CONCERNS(X)                                              \
	X(CONCERN_INTAKE, "intake", "mails are not kept")        \
	X(CONCERN_POOL, "pool", "mails are not decided")         \
	X(CONCERN_OUTBOX, "outbox", "mails are not handed out")  \
	X(CONCERN_HOOKS, "hooks", "webhooks are not posted to")  \
	X(CONCERN_TIMER, "timer", "deadlines are not watched")   \
	X(CONCERN_STORE, "store", "not all can be written down") \
	X(CONCERN_DISK, "disk", "the store is slow")             \
	X(CONCERN_SMTP, "smtp", "the mail server takes no mail")
enum concern {
#define X(id, name, what) id,
	CONCERNS(X)
#undef X
	    CONCERN_COUNT,
};

struct health_state {
	bool bad;
	int64_t since_at; /* it began */
	uint64_t tries;	  /* that failed since */
	char text[ERR_TEXT_MAX];
};

struct health {
	struct health_state v[CONCERN_COUNT];
};

/* It failed (again), and why; the log has the first. */
void health_bad(struct health *h, enum concern c, int64_t now, const char *text);
void health_good(struct health *h, enum concern c, int64_t now);
const char *health_name(enum concern c);
const char *health_what(enum concern c);

#endif
