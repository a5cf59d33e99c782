#include <string.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/core/parse_task.h"
#include "gatewayd/mail/second_try.h"

static int quarantine(struct desk *d, struct parse_task *t, const char *why, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || mail_job_quarantine(d, &t->job.mail, why, e) < 0 ||
	    (t->doomed && second_try_died(d, t->job.mail.id, e) < 0))
		return -1;
	return store_commit(txn, e);
}

int parse_task_quarantine(struct desk *d, struct parse_task *t, const char *why, struct err *e)
{
	if (quarantine(d, t, why, e) < 0)
		return -1;
	log_event(LOG_ERROR, "mail.quarantined", log_int("mail", t->job.mail.id),
		  log_text("reason", why));
	return 0;
}

static int decide_one(struct desk *d, struct parse_tasks *v, struct parse_task *t, struct err *e)
{
	int result = mail_job_run(d, &t->job, e);

	memfd_rest(t->answer); /* many are decided together, and some are large */
	memfd_rest(t->job.raw);
	v->released = v->released || result > 0;
	return result < 0 ? -1 : 0;
}

static int decide_alone(struct desk *d, struct parse_tasks *v, struct parse_task *t, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || decide_one(d, v, t, e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* A core that crashes at it finds the try written down. */
int parse_task_count_try(struct desk *d, struct parse_task *t, struct err *e)
{
	return store_mail_attempt(d->store, t->job.mail.id, &t->job.mail.attempts, e);
}

static int decide_together(struct desk *d, struct parse_tasks *v, bool careful, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	for (struct parse_task *t = v->first; careful && t; t = t->next)
		if (t->state == TASK_PARSED && parse_task_count_try(d, t, e) < 0)
			return -1;
	if (store_begin(txn, e) < 0)
		return -1;
	for (struct parse_task *t = v->first; t; t = t->next)
		if (t->state == TASK_PARSED && decide_one(d, v, t, e) < 0)
			return -1;
	return store_commit(txn, e);
}

/* One of the group cannot be done: each by itself, and that one aside. */
static int decide_each(struct desk *d, struct parse_tasks *v, struct err *e)
{
	for (struct parse_task *t = v->first; t; t = t->next) {
		char why[ERR_TEXT_MAX];

		if (t->state != TASK_PARSED || decide_alone(d, v, t, e) == 0)
			continue;
		if (e->class == ERR_TEMP)
			return -1;
		memcpy(why, e->text, sizeof(why));
		if (parse_task_quarantine(d, t, why, e) < 0)
			return -1;
	}
	return 0;
}

/* Imported mails are decided in their order: an answer finds its case only when that is there. */
static void hold_history(struct parse_tasks *v)
{
	bool wait = false;

	for (struct parse_task *t = v->first; t; t = t->next) {
		if (!t->job.mail.history)
			continue;
		if (t->state == TASK_WAITING || t->state == TASK_AT_CHILD)
			wait = true;
		else
			t->state = wait ? TASK_HELD : TASK_PARSED;
	}
}

/*
 * An answer to a mail that is not decided yet waits for it, wherever that is decided: else it would
 * be a case of its own.  It waits for mails before it only, so that no two wait for each other.
 */
static int hold_answer(struct desk *d, struct parse_task *t, struct err *e)
{
	bool waits = false;

	if (t->job.mail.history || (t->state != TASK_PARSED && t->state != TASK_HELD))
		return 0;
	if (t->job.facts.in_reply_to.n &&
	    store_mail_undecided(d->store, t->job.facts.in_reply_to, t->job.mail.id, &waits, e) < 0)
		return -1;
	t->state = waits ? TASK_HELD : TASK_PARSED;
	return 0;
}

static int hold_answers(struct desk *d, struct parse_tasks *v, struct err *e)
{
	for (struct parse_task *t = v->first; t; t = t->next)
		if (hold_answer(d, t, e) < 0)
			return -1;
	return 0;
}

int parse_tasks_decide(struct desk *d, struct parse_tasks *v, bool careful, bool *ret_any,
		       struct err *e)
{
	hold_history(v);
	if (hold_answers(d, v, e) < 0)
		return -1;
	*ret_any = parse_tasks_any(v, TASK_PARSED);
	if (!*ret_any)
		return 0;
	if (decide_together(d, v, careful, e) < 0 &&
	    (e->class == ERR_TEMP || decide_each(d, v, e) < 0))
		return -1;
	parse_tasks_drop(v, TASK_PARSED);
	return 0;
}
