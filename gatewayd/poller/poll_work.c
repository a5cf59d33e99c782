#include "gatewayd/poller/poll_work.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/poller/poll_trouble.h"

#define REFUSED_TEXT "the store does not take it: \"mail.not-kept\" in the log says why"

void poll_work_release(struct poll_work *w)
{
	poll_pipe_clear(&w->pipe);
	poll_list_release(&w->list);
	poll_fetch_release(&w->fetch);
	poll_moves_release(&w->moves);
}

void poll_work_forget(struct poll_work *w)
{
	poll_pipe_clear(&w->pipe);
	poll_list_release(&w->list);
	poll_fetch_forget(&w->fetch);
	poll_moves_drop(&w->moves);
	w->answers_due = 0;
}

bool poll_work_stopped(const struct poll_work *w)
{
	return atomic_load(w->stop);
}

void poll_work_look(struct poll_work *w, uint32_t *uids, size_t n)
{
	w->again = w->elsewhere = false;
	poll_list_begin(&w->list, uids, n, w->sender, &w->fetch);
}

static void post_status(struct poll_work *w, bool good, const char *text)
{
	poll_post_status(w->sender, good, text, &w->fetch.troubles);
}

/* --- orders --- */

static void apply(struct poll_work *w, uint32_t uid, enum talk_want want, bool kept_before)
{
	switch (want) {
	case TALK_FETCH: poll_fetch_want(&w->fetch, &w->pipe, uid); break;
	case TALK_MOVE:
	case TALK_MOVE_ASIDE:
		troubles_drop(&w->fetch.troubles, uid);
		w->progress = w->progress || !kept_before;
		if (w->sender->place == TALK_INBOX) /* else it is there */
			poll_moves_add(&w->moves, w->imap, uid, want == TALK_MOVE_ASIDE,
				       kept_before);
		break;
	case TALK_ELSEWHERE: w->elsewhere = true; break;
	case TALK_REFUSED: poll_trouble(w->sender, &w->fetch.troubles, uid, REFUSED_TEXT); break;
	case TALK_WAIT:
	case TALK_WANT_COUNT: w->again = true; break;
	}
}

static void follow_order(struct poll_work *w, const struct poll_order *o)
{
	if (o->uidvalidity != w->sender->uidvalidity || o->session != w->sender->session)
		return; /* its UIDs may mean other mails now; core will be asked again */
	if (o->compare) {
		w->compare = (struct poll_compare_answer){ true, o->from, o->all };
		w->moves.claim.store = o->store;
		w->again = w->again || o->wait;
	}
	if ((o->answer || o->compare) && w->answers_due > 0)
		w->answers_due--;
	for (size_t k = 0; k < o->n; k++) {
		if (!o->answer)
			poll_window_drop(&w->fetch.under_way, o->uids[k]);
		apply(w, o->uids[k], (enum talk_want)o->wants[k], o->answer);
	}
	w->answer_by_ms = clock_wait_ms() + POLL_ANSWER_MS;
}

void poll_work_take_orders(struct poll_work *w)
{
	struct handoff_item *item;
	size_t before = w->fetch.wanted.n;

	while ((item = handoff_take(w->orders)) != NULL) {
		struct poll_order *o = (struct poll_order *)item;

		follow_order(w, o);
		poll_order_free(&o);
	}
	if (w->fetch.wanted.n != before)
		poll_fetch_tidy(&w->fetch);
}

/* --- commands --- */

static int run(struct poll_work *w, struct poll_step *s, bool ahead, struct err *e)
{
	if (poll_step_fetches(s->kind))
		return poll_fetch_run(&w->fetch, w->imap, s, e);
	return poll_moves_run(&w->moves, w->imap, s, ahead, e);
}

/* Takes it. */
static int send_ahead(struct poll_work *w, struct poll_step *s, struct err *e)
{
	int r;

	if (s->kind == POLL_STEP_FETCH && !w->sender->bad) /* it is good again when all is done */
		post_status(w, true, "fetching");
	poll_pipe_add(&w->pipe, s);
	imap_ahead(w->imap, true);
	r = run(w, s, true, e);
	imap_ahead(w->imap, false);
	return r;
}

static bool moves_are_due(struct poll_work *w)
{
	bool by_one = poll_moves_by_one(&w->moves, w->imap);
	bool fetching = poll_fetch_ready(&w->fetch) || w->fetch.under_way.n > 0 ||
			w->pipe.of[POLL_STEP_DESCRIBE] ||
			(poll_list_goes_on(&w->list) && !poll_list_is_risky(&w->list, &w->fetch));

	return poll_moves_overdue(&w->moves, by_one) || (poll_moves_any(&w->moves) && !fetching);
}

static struct poll_step *next_list(struct poll_work *w)
{
	bool busy =
	    w->answers_due > 0 || poll_fetch_backlog(&w->fetch) > 0 || w->fetch.under_way.n > 0;

	return poll_fetch_is_lone(&w->fetch) ? NULL
					     : poll_list_next(&w->list, &w->pipe, &w->fetch, busy);
}

/* The list goes before a fetch where there would be nothing to fetch next. */
static struct poll_step *next_read(struct poll_work *w)
{
	bool dry =
	    poll_fetch_backlog(&w->fetch) < IMAP_RANGE_MAX && w->pipe.of[POLL_STEP_LIST] == 0;
	struct poll_step *s = dry ? next_list(w) : NULL;

	if (!s)
		s = poll_fetch_next(&w->fetch, &w->pipe);
	return s ? s : next_list(w);
}

static struct poll_step *next_step(struct poll_work *w)
{
	struct poll_step *s = poll_moves_yield(&w->moves);
	bool due = moves_are_due(w), by_one = poll_moves_by_one(&w->moves, w->imap);

	if (!s && due && !by_one)
		s = poll_moves_next(&w->moves, &w->pipe);
	return s || (due && by_one) ? s : next_read(w);
}

static int send_more(struct poll_work *w, struct err *e)
{
	struct poll_step *s;

	if (!poll_moves_may(&w->moves))
		poll_moves_drop(&w->moves); /* core will say it again */
	while (w->pipe.n < POLL_PIPE_MAX && !poll_pipe_is_shut(&w->pipe) &&
	       (s = next_step(w)) != NULL)
		if (send_ahead(w, s, e) < 0)
			return -1;
	return 0;
}

/* What core said while an answer of the server is awaited. */
static void on_order(void *ctx)
{
	struct poll_work *w = ctx;
	struct err ignored; /* the session is dead then, which who reads finds out */

	poll_work_take_orders(w);
	send_more(w, &ignored);
}

static int moved(struct poll_work *w, struct poll_step *s, int r, struct err *e)
{
	w->again = w->again || poll_claim_waits(&w->moves.claim);
	w->progress = w->progress || (r == 0 && s->kind == POLL_STEP_MOVE);
	s = poll_moves_answered(&w->moves, s, r < 0);
	return s ? send_ahead(w, s, e) : 0;
}

static void on_pause(void *ctx)
{
	struct poll_work *w = ctx;

	poll_fetch_give(&w->fetch);
}

static int await(struct poll_work *w, struct poll_step *s, struct err *e)
{
	const struct imap_while meanwhile = { w->orders->fd, on_pause, on_order, w };
	const struct imap_while nothing = { .fd = -1 };
	int r;

	imap_meanwhile(w->imap, &meanwhile);
	r = run(w, s, false, e);
	imap_meanwhile(w->imap, &nothing);
	poll_fetch_give(&w->fetch);
	return r;
}

static void died(struct poll_work *w, const struct poll_step *s, struct err *e)
{
	poll_fetch_died(&w->fetch, s, &w->pipe, e);
	if (s->kind == POLL_STEP_LIST)
		poll_list_died(&w->list, s, &w->pipe, &w->fetch, e);
}

static int answer_first(struct poll_work *w, struct err *e)
{
	struct poll_step *s = w->pipe.first;
	bool fetches = poll_step_fetches(s->kind);
	int r = await(w, s, e);

	poll_pipe_take(&w->pipe);
	w->answer_by_ms = clock_wait_ms() + POLL_ANSWER_MS;
	if (r < 0 && (fetches || !imap_usable(w->imap)))
		died(w, s, e);
	else if (!fetches)
		return moved(w, s, r, e);
	else if (s->kind == POLL_STEP_LIST)
		w->answers_due += poll_list_answered(&w->list, s, w->sender, &w->fetch);
	else
		r = poll_fetch_answered(&w->fetch, w->imap, s, e);
	poll_step_free(&s);
	return r;
}

/* --- a turn of work --- */

static int move_some(struct poll_work *w, struct err *e)
{
	enum poll_moved moved;

	if (poll_moves_some(&w->moves, w->imap, w->sender->uidvalidity, &moved, e) < 0)
		return -1;
	w->progress = w->progress || moved == POLL_MOVED;
	w->again = w->again || poll_claim_waits(&w->moves.claim);
	if (moved == POLL_MOVE_REFUSED)
		post_status(w, false, e->text);
	return 0;
}

static void await_core(struct poll_work *w)
{
	int64_t left = w->answer_by_ms - clock_wait_ms();

	if (left > 0) {
		handoff_wait(w->orders, (int)left);
		return;
	}
	post_status(w, false, "core does not answer");
	w->answers_due = 0;
	poll_window_clear(&w->fetch.under_way);
}

/* *ret_done: nothing is left to do. */
static int turn(struct poll_work *w, bool *ret_done, struct err *e)
{
	*ret_done = false;
	if (send_more(w, e) < 0)
		return -1;
	if (w->pipe.n > 0)
		return answer_first(w, e);
	if (moves_are_due(w))
		return move_some(w, e);
	if (w->answers_due > 0 || w->fetch.under_way.n > 0)
		await_core(w);
	else
		*ret_done = true;
	if (*ret_done)
		poll_fetch_rest(&w->fetch);
	return 0;
}

int poll_work_run(struct poll_work *w, struct err *e)
{
	bool done = false;
	int r = 0;

	w->answer_by_ms = clock_wait_ms() + POLL_ANSWER_MS;
	while (r == 0 && !done) {
		poll_work_take_orders(w);
		if (poll_work_stopped(w))
			break;
		r = turn(w, &done, e);
	}
	return r;
}
