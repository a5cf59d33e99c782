/*
 * The mails under way at the parse pool, in their order.
 *
 * A task owns the raw mail, the descriptor of its answer and the facts; all go with it.
 */
#ifndef GATEWAYD_CORE_PARSE_TASK_H
#define GATEWAYD_CORE_PARSE_TASK_H

#include "gatewayd/core/bench.h"
#include "gatewayd/mail/mail_job.h"
#include "gatewayd/wire/parse_talk.h"

enum task_state {
	TASK_WAITING,
	TASK_AT_CHILD,
	TASK_PARSED,
	TASK_HELD, /* parsed and imported, and one before it is not parsed */
	TASK_DONE,
};

struct parse_task {
	struct parse_task *next;
	struct mail_job job;
	enum task_state state;
	struct peer *child; /* TASK_AT_CHILD */
	int strikes;	    /* children that died on it */
	bool again;	    /* one did: the next attempt is to be counted */
	struct buf raw;
	struct arena arena; /* mail and facts */
	int out_fd;
	struct span answer; /* mapped */
};

struct parse_tasks {
	struct parse_task *first, **last;
	size_t n;
	size_t bytes; /* of raw mail, as its readers count them */
};
void parse_tasks_init(struct parse_tasks *v);
void parse_tasks_release(struct parse_tasks *v);

/* At the end, waiting; texts are copied. */
struct parse_task *parse_tasks_add(struct parse_tasks *v, const struct store_mail *mail);
bool parse_tasks_any(const struct parse_tasks *v, enum task_state state);
void parse_tasks_drop(struct parse_tasks *v, enum task_state state);
/* All from there on: `last` as it was before they were added. */
void parse_tasks_drop_from(struct parse_tasks *v, struct parse_task **mark);

/* Reads what a child has written; it is the child's word, and nothing is believed unchecked. */
int parse_task_answer(struct parse_task *t, const struct parse_talk_answer *answer, struct err *e);

#endif
