/*
 * Answers that wait for a mail that is not decided, put back for a while: that mail may be with a
 * child that hangs, or another node's, and what comes behind its answers must not wait with them.
 *
 * They are put back when they are half of what may be under way, and looked at again once all mails
 * behind them were, longer after it each time.  In place.
 */
#ifndef GATEWAYD_CORE_PARSE_PASS_H
#define GATEWAYD_CORE_PARSE_PASS_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/parse_task.h"

struct parse_pass {
	struct bench *bench;
	bool passed; /* some were put back since the mails were looked through from the first on */
	bool waits;  /* for the time to look again */
	bool due;    /* to look again */
	unsigned int times; /* in a row that some were */
	struct loop_timer look;
};
void parse_pass_init(struct parse_pass *p, struct bench *b);
void parse_pass_release(struct parse_pass *p);

/* Puts them back, when they are half of so many mails or bytes.  Imported ones stay, as their order
 * counts. */
void parse_pass_over(struct parse_pass *p, struct parse_tasks *v, size_t most, size_t most_bytes);
/* Whether the mails are looked through from the first on: others were released, it is time to look
 * again, or all are done and none was put back. */
bool parse_pass_restart(struct parse_pass *p, struct parse_tasks *v);
/* All mails behind were looked at. */
void parse_pass_end(struct parse_pass *p);

#endif
