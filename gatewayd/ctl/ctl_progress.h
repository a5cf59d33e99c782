/*
 * How far something long is and how long it still takes, on a terminal at standard error; elsewhere
 * nothing is written.
 */
#ifndef GATEWAYD_CTL_CTL_PROGRESS_H
#define GATEWAYD_CTL_CTL_PROGRESS_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/clock.h"

struct ctl_progress {
	const char *what; /* is counted: "mails" */
	struct clock clock;
	int64_t begun_ms, said_ms;
	bool shown; /* there is a terminal */
};

struct ctl_progress ctl_progress_begin(const char *what);
void ctl_progress_say(struct ctl_progress *p, int64_t done, int64_t total);
void ctl_progress_end(struct ctl_progress *p);

/* "1200 of 5000 mails, 3 min left"; the time when it can be told. */
void ctl_progress_text(const char *what, int64_t done, int64_t total, int64_t elapsed_ms,
		       struct buf *out);

#endif
