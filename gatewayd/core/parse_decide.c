#include <string.h>

#include "gatewayd/base/log.h"
#include "gatewayd/core/parse_task.h"
#include "gatewayd/mail/second_try.h"

enum { YOUNG_S = 60 }; /* many turns of other nodes, and what their clocks differ */

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

/* The desk has an arena of its own: what one mail took is there for the next, and still near. */
static int decide_one(struct desk *d, struct parse_tasks *v, struct parse_task *t, struct err *e)
{
	int result;

	if (parse_task_open(v, t, e) < 0)
		return -1;
	result = mail_job_run(d, &t->job, e);
	arena_reset(d->arena);
	memory_rest(&t->answer); /* many are decided together, and some are large */
	parse_task_close(t);
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
	int attempts = t->job.mail.attempts + 1;

	if (store_mail_attempt(d->store, t->job.mail.id, attempts, e) < 0)
		return -1;
	t->job.mail.attempts = attempts;
	return 0;
}

size_t parse_tasks_most(const struct store *s)
{
	return store_is_shared(s) ? DECIDE_SHARED : DECIDE_MAX;
}

size_t parse_tasks_parsed(const struct parse_tasks *v)
{
	size_t n = v->in[TASK_PARSED];

	return n < DECIDE_MAX ? n : DECIDE_MAX;
}

static void turn_all(struct parse_tasks *v, enum task_state from, enum task_state to, size_t most)
{
	for (struct parse_task *t = v->first; most && parse_tasks_any(v, from); t = t->next)
		if (t->state == from) {
			parse_tasks_turn(v, t, to);
			most--;
		}
}

/* The n that are not done, from there on, are for the next turn. */
static void leave(struct parse_tasks *v, struct parse_task *t, size_t n)
{
	for (; n; t = t->next)
		if (t->state == TASK_DECIDED) {
			parse_tasks_turn(v, t, TASK_PARSED);
			n--;
		}
}

/* One at least. */
static int decide_some(struct desk *d, struct parse_tasks *v, struct err *e)
{
	int64_t until_ms = clock_monotonic_ms(v->clock) + DECIDE_MS;
	size_t left = v->in[TASK_DECIDED];

	for (struct parse_task *t = v->first; left; t = t->next) {
		if (t->state != TASK_DECIDED)
			continue;
		if (decide_one(d, v, t, e) < 0)
			return -1;
		left--;
		if (clock_monotonic_ms(v->clock) >= until_ms) {
			leave(v, t->next, left);
			return 0;
		}
	}
	return 0;
}

static int decide_together(struct desk *d, struct parse_tasks *v, enum decide_how how,
			   struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	for (struct parse_task *t = v->first; how == DECIDE_CAREFUL && t; t = t->next)
		if (t->state == TASK_DECIDED && parse_task_count_try(d, t, e) < 0)
			return -1;
	if (store_begin(txn, e) < 0)
		return -1;
	store_unheard(txn); /* decide_each() is behind it */
	if (how == DECIDE_DEFER)
		store_outbox_claim_added(txn, v->room);
	if (decide_some(d, v, e) < 0)
		return -1;
	return how == DECIDE_DEFER ? store_defer(txn, e) : store_commit(txn, e);
}

/* One of the group cannot be done: each by itself, and that one aside. */
static int decide_each(struct desk *d, struct parse_tasks *v, struct err *e)
{
	for (struct parse_task *t = v->first; t; t = t->next) {
		char why[ERR_TEXT_MAX];

		if (t->state != TASK_DECIDED || decide_alone(d, v, t, e) == 0)
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

	for (struct parse_task *t = v->history ? v->first : NULL; t; t = t->next) {
		if (!t->job.mail.history)
			continue;
		if (t->state == TASK_WAITING || t->state == TASK_AT_CHILD)
			wait = true;
		else
			parse_tasks_turn(v, t, wait ? TASK_HELD : TASK_PARSED);
	}
}

/*
 * An answer to a mail that is not decided yet waits for it, wherever that is decided: else it would
 * be a case of its own.  It waits for mails of lower numbers, so that no two wait for each other.
 * What another node kept before it may have a higher one: for that it waits while it is young.
 */
static int is_to_wait(struct desk *d, const struct parse_task *t, bool *ret_waits, struct err *e)
{
	int64_t since_at = store_is_shared(d->store) ? d->now - YOUNG_S : INT64_MAX;

	*ret_waits = false;
	if (t->job.mail.history || !t->job.facts.in_reply_to.n)
		return 0;
	return store_mail_undecided(d->store, t->job.facts.in_reply_to, t->job.mail.id, since_at,
				    ret_waits, e);
}

/* So that the store is waited for once. */
static void say_answers(struct desk *d, const struct parse_tasks *v, enum task_state state)
{
	struct err ignored;
	bool waits;

	if (!store_ahead_begin(d->store))
		return;
	for (const struct parse_task *t = v->first; t; t = t->next)
		if (t->state == state)
			(void)is_to_wait(d, t, &waits, &ignored);
	store_ahead_said(d->store);
}

static int look_at_answers(struct desk *d, struct parse_tasks *v, enum task_state state,
			   struct err *e)
{
	for (struct parse_task *t = v->first; t; t = t->next) {
		bool waits;

		if (t->state != state || t->job.mail.history)
			continue;
		if (is_to_wait(d, t, &waits, e) < 0)
			return -1;
		parse_tasks_turn(v, t, waits ? TASK_HELD : TASK_PARSED);
	}
	return 0;
}

/* Of those in that state. */
static int hold_answers(struct desk *d, struct parse_tasks *v, enum task_state state, struct err *e)
{
	int result;

	if (!parse_tasks_any(v, state))
		return 0;
	say_answers(d, v, state);
	result = look_at_answers(d, v, state, e);
	store_ahead_end(d->store);
	return result;
}

static int decide_all(const struct desk *turn, struct parse_tasks *v, enum decide_how how,
		      enum decided *ret_decided, struct err *e)
{
	struct arena mail ARENA_AUTO = { 0 };
	struct desk d = *turn;

	d.arena = &mail;
	*ret_decided = how == DECIDE_DEFER ? DECIDED_DEFERRED : DECIDED_ALL;
	if (decide_together(&d, v, how, e) == 0)
		return 0;
	*ret_decided = DECIDED_ALL;
	return e->class == ERR_TEMP || decide_each(&d, v, e) < 0 ? -1 : 0;
}

int parse_tasks_ready(struct desk *d, struct parse_tasks *v, bool *ret_any, struct err *e)
{
	hold_history(v);
	if (hold_answers(d, v, TASK_HELD, e) < 0)
		return -1;
	*ret_any = parse_tasks_any(v, TASK_PARSED);
	return 0;
}

int parse_tasks_decide(struct desk *d, struct parse_tasks *v, enum decide_how how,
		       enum decided *ret_decided, struct err *e)
{
	*ret_decided = DECIDED_NONE;
	if (hold_answers(d, v, TASK_PARSED, e) < 0)
		return -1;
	if (!parse_tasks_any(v, TASK_PARSED))
		return 0;
	turn_all(v, TASK_PARSED, TASK_DECIDED, parse_tasks_most(d->store));
	if (decide_all(d, v, how, ret_decided, e) < 0) {
		turn_all(v, TASK_DECIDED, TASK_PARSED, SIZE_MAX);
		return -1;
	}
	if (*ret_decided == DECIDED_ALL)
		parse_tasks_drop(v, TASK_DECIDED);
	return 0;
}

/* Nobody had another commit for it. */
static int commit_deferred(struct store *s, struct err *e)
{
	struct store *txn STORE_TXN = s;

	return store_begin(txn, e) < 0 ? -1 : store_commit(txn, e);
}

int parse_tasks_settle(struct store *s, struct parse_tasks *v, struct err *e)
{
	enum store_deferred became = store_deferred(s, e);

	if (became == STORE_DEFERRED_STANDS ||
	    (became == STORE_DEFERRED_OPEN && commit_deferred(s, e) == 0)) {
		parse_tasks_drop(v, TASK_DECIDED);
		return 0;
	}
	turn_all(v, TASK_DECIDED, TASK_PARSED, SIZE_MAX);
	return -1;
}

int parse_tasks_recheck(struct store *s, struct arena *a, struct parse_tasks *v, struct err *e)
{
	for (struct parse_task *t = v->first; t; t = t->next) {
		struct store_mail row;

		if (t->state == TASK_AT_CHILD)
			continue;
		if (store_mail_get(s, t->job.mail.id, a, &row, e) < 0)
			return -1;
		if (row.state != MAIL_KEPT)
			parse_tasks_turn(v, t, TASK_DONE);
	}
	return 0;
}
