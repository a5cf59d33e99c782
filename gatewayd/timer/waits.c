#include "gatewayd/timer/waits.h"

#include "gatewayd/base/units.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/post/post.h"
#include "gatewayd/timer/due.h"

enum { MISSED_S = 300 };

static int remind(struct desk *d, const struct store_case *c, struct store_waiting *w,
		  struct err *e)
{
	int64_t ends = case_wait_end(d, c, w);

	w->reminded = true;
	/* Reminded late, or shortly before the end: they have a day all the same, and read so. */
	w->due_at = ends != INSTANT_NONE && ends < d->now + DAY_S ? d->now + DAY_S : ends;
	if (store_waiting_put(d->store, w, e) < 0)
		return -1;
	return post_unanswered(d, c->number, e);
}

static int end(struct desk *d, const struct store_case *c, struct err *e)
{
	if (case_set_state(d, c->number, CASE_CLOSED, case_actor(CASE_BY_TIMER),
			   SPAN("the customer did not answer"), e) < 0)
		return -1;
	return post_expired(d, c->number, e);
}

static bool is_reminded(const struct conf_queue *q)
{
	return q->remind_after_s && (!q->close_after_s || q->remind_after_s < q->close_after_s);
}

/* Nobody looked when it was due, as one does once a minute: what they wrote meanwhile is still to
 * be read. */
static bool was_missed(const struct desk *d, const struct store_waiting *w)
{
	return d->now - w->due_at > MISSED_S;
}

/* Who may have answered is not told that they have not. */
static int wait_for_mail(struct desk *d, struct store_waiting *w, struct err *e)
{
	w->due_at = d->now + HOUR_S;
	return store_waiting_put(d->store, w, e);
}

/* What the queue says now: it may have been told otherwise since. */
static int act(struct desk *d, void *row, struct err *e)
{
	struct store_waiting *w = row;
	struct store_case c;
	int64_t ends;

	if (store_case_get(d->store, w->case_number, d->arena, &c, e) < 0)
		return -1;
	if (desk_is_unread(d, desk_queue(d, c.queue)))
		return wait_for_mail(d, w, e);
	ends = case_wait_end(d, &c, w);
	if (!w->reminded && is_reminded(desk_queue(d, c.queue)))
		return remind(d, &c, w, e);
	if (ends != INSTANT_NONE && ends <= d->now) {
		if (!was_missed(d, w))
			return end(d, &c, e);
		ends = d->now + DAY_S;
	}
	w->due_at = ends;
	return store_waiting_put(d->store, w, e);
}

int waits_turn(struct desk *d, struct err *e)
{
	struct store_waiting *v;
	size_t n;

	if (store_waiting_due(d->store, d->now, DUE_A_TURN, d->arena, &v, &n, e) < 0)
		return -1;
	return due_each(d, v, n, sizeof(*v), act, e);
}

int waits_next(struct desk *d, int64_t *ret_at, struct err *e)
{
	return store_waiting_next(d->store, ret_at, e);
}
