#include "gatewayd/core/posting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/hook.h"
#include "gatewayd/core/settle.h"

enum { RETRY_MS = 5000 /* after the store failed */ };

/* A row that a role has, or of which the result is to be written down. */
struct out {
	int64_t row;
	struct peer *peer; /* NULL: it has ended, or told how it went */
	struct hook_lane *lane;
	bool told;
	enum talk_outcome outcome;
	int code;
	char text[ERR_TEXT_MAX];
};

struct posting {
	struct bench *bench;
	struct peer *peer; /* who gets rows; NULL: nobody */
	struct out outs[POSTING_MAX];
	size_t n;
	size_t first;	       /* the hook that claims first, another one each turn */
	bool recover;	       /* rows may be marked as being sent that no role has */
	int64_t not_before_ms; /* after the store failed */
	struct loop_timer next;
};

static void wake(void *ctx)
{
	const struct posting *p = ctx;

	bench_later(p->bench);
}

struct posting *posting_new(struct bench *b)
{
	struct posting *p = mem_alloc(sizeof(*p));

	p->bench = b;
	p->recover = true;
	p->next = (struct loop_timer){ .fn = wake, .ctx = p };
	return p;
}

void posting_free(struct posting **p)
{
	if (*p)
		loop_timer_stop((*p)->bench->loop, &(*p)->next);
	mem_free(p);
}

/* --- the role --- */

void posting_peer_new(struct posting *p, struct peer *hooks)
{
	p->peer = hooks;
	bench_later(p->bench);
}

void posting_peer_gone(struct posting *p, struct peer *hooks)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->outs[i].peer == hooks)
			p->outs[i].peer = NULL;
	if (p->peer == hooks)
		p->peer = NULL;
	bench_later(p->bench);
}

static struct out *find_out(struct posting *p, const struct peer *from, int64_t row)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->outs[i].row == row && p->outs[i].peer == from)
			return &p->outs[i];
	return NULL;
}

int posting_posted(struct posting *p, struct peer *from, const struct hook_posted *posted,
		   struct err *e)
{
	const struct talk_sent *sent = &posted->sent;
	struct out *o = find_out(p, from, sent->row);
	const struct conf_smtp *smtp = &p->bench->conf->smtp;
	struct hook_result r = { sent->code != 0,
				 sent->server,
				 sent->text,
				 posted->wait_s,
				 { smtp->retry_min_s, smtp->retry_max_s } };

	if (!o)
		return err_set(e, ERR_PERM, "the result of a row that it does not have");
	p->bench->meters.posted[sent->outcome]++;
	o->told = true;
	o->peer = NULL;
	o->outcome = sent->outcome;
	o->code = sent->code;
	snprintf(o->text, sizeof(o->text), SPAN_FMT, SPAN_ARG(utf8_prefix(sent->text, KIB / 4)));
	hook_lane_result(o->lane, &r, clock_now(&p->bench->clock), bench_now_ms(p->bench));
	bench_later(p->bench);
	return 0;
}

/* --- results --- */

static int64_t next_try(const struct desk *d, const struct store_outbox *row)
{
	struct backoff b = { d->conf->smtp.retry_min_s, d->conf->smtp.retry_max_s };
	uint32_t random;

	crypto_random(&random, sizeof(random));
	return d->now + backoff_delay(&b, row->attempts > 0 ? (unsigned)row->attempts : 1, random);
}

static enum outbox_state state_after(const struct bench *b, const struct out *o,
				     const struct store_outbox *row)
{
	if (o->told && o->outcome == TALK_SENT)
		return OUTBOX_SENT;
	if (o->told && (o->outcome == TALK_FAILED || settle_is_over(b, row)))
		return OUTBOX_FAILED;
	return OUTBOX_QUEUED;
}

static int settle(const struct bench *b, struct desk *d, const struct out *o, struct err *e)
{
	struct span text =
	    o->told ? span_of(o->text) : SPAN("the process ended before it told how this went");
	enum outbox_state state;
	struct store_outbox row;

	if (store_outbox_get(d->store, o->row, d->arena, &row, e) < 0)
		return -1;
	state = state_after(b, o, &row);
	/* Cancelled or queued again meanwhile: only that it went out is news. */
	if (row.state != OUTBOX_SENDING &&
	    (state != OUTBOX_SENT || (row.state != OUTBOX_CANCELLED && row.state != OUTBOX_QUEUED)))
		return 0;
	log_event(state == OUTBOX_SENT ? LOG_INFO : LOG_WARNING, "hook.result",
		  log_span("hook", row.hook), log_int("row", row.id),
		  log_int("case", row.case_number), log_span("event", row.subject),
		  log_text("state", outbox_state_name(state)), log_int("code", o->code),
		  log_span("text", text));
	return store_outbox_result(d->store, row.id, state, d->now, next_try(d, &row), o->code,
				   text, e);
}

/* Those that a role still has stay. */
static int settle_all(struct posting *p, struct desk *d, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->outs[i].peer && settle(p->bench, d, &p->outs[i], e) < 0)
			return -1;
	return 0;
}

static void forget_settled(struct posting *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->outs[i].peer)
			p->outs[kept++] = p->outs[i];
		else
			p->outs[i].lane->out--;
	}
	p->n = kept;
}

static int settle_alone(const struct posting *p, struct desk *d, const struct out *o, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	return store_begin(txn, e) < 0 || settle(p->bench, d, o, e) < 0 ? -1 : store_commit(txn, e);
}

/* Of what cannot be settled the state is written down at least; what was not told of is queued
 * again (recover()). */
static int settle_somehow(const struct posting *p, struct desk *d, const struct out *o,
			  struct err *e)
{
	struct settle_result r = { .row = o->row, .outcome = o->outcome, .code = o->code };

	if (settle_alone(p, d, o, e) == 0)
		return 0;
	if (e->class != ERR_PERM)
		return -1;
	log_event(LOG_ERROR, "hook.not-settled", log_int("row", o->row), log_reason(e));
	memcpy(r.text, o->text, sizeof(r.text));
	return !o->told || settle_state(d, &r, e->text, e) == 0 || e->class == ERR_PERM ? 0 : -1;
}

/* One result that cannot be settled holds up no other. */
static void settle_apart(struct posting *p, struct desk *d)
{
	struct err e;

	if (bench_own_turn(p->bench, &e) < 0)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!p->outs[i].peer && settle_somehow(p, d, &p->outs[i], &e) < 0)
			return;
	forget_settled(p);
}

static bool all_are_told(const struct posting *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->outs[i].peer)
			return false;
	return true;
}

/* What was under way when core ended, or when a commit failed. */
static int recover(struct posting *p, struct desk *d, struct err *e)
{
	size_t n;

	if (!p->recover || !all_are_told(p))
		return 0;
	if (store_outbox_recover(d->store, true, d->now, &n, e) < 0)
		return -1;
	p->recover = false;
	if (n)
		log_event(LOG_NOTICE, "hook.requeued", log_uint("rows", n),
			  log_text("reason", "their results did not come"));
	return 0;
}

/* What is too old to wait for a hook that does not answer. */
static int expire(const struct bench *b, struct desk *d, const struct hook_lane *lane,
		  struct err *e)
{
	size_t n;

	if (!lane->failures || bench_waits_s(b, 0) <= d->conf->smtp.give_up_s)
		return 0;
	if (store_outbox_expire(d->store, span_of(lane->name), d->now - d->conf->smtp.give_up_s,
				span_of(lane->text), &n, e) < 0)
		return -1;
	if (n)
		log_event(LOG_WARNING, "hook.given-up", log_text("hook", lane->name),
			  log_uint("rows", n), log_text("reason", lane->text));
	return 0;
}

/* --- claims --- */

struct claim {
	struct hook_lane *lane;
	struct store_outbox *v;
	size_t n;
};

static bool may_claim(const struct posting *p)
{
	return p->peer && !p->bench->stopping && holding_leads(&p->bench->holding);
}

/* Leaves room for the other lanes: each gets the same share of what is free. */
static int claim(struct posting *p, struct desk *d, struct hook_lane *lane, size_t room,
		 struct claim *ret_claim, struct err *e)
{
	size_t most = hook_lane_room(lane, bench_now_ms(p->bench));

	*ret_claim = (struct claim){ .lane = lane };
	if (most > room)
		most = room;
	if (!most)
		return 0;
	return store_outbox_claim(d->store, span_of(lane->name), d->now, (int)most, d->arena,
				  &ret_claim->v, &ret_claim->n, e);
}

static int claim_all(struct posting *p, struct desk *d, struct claim *v, struct err *e)
{
	size_t n = d->conf->hook_count, room = POSTING_MAX - p->n;

	for (size_t i = 0; i < n; i++) {
		size_t at = (p->first + i) % n;
		struct hook_lane *lane =
		    hook_lanes_get(&p->bench->hook_lanes, d->conf->hooks[at].name);

		if (expire(p->bench, d, lane, e) < 0 || claim(p, d, lane, room, &v[i], e) < 0)
			return -1;
		room -= v[i].n;
	}
	p->first++;
	return 0;
}

static int post(struct posting *p, struct desk *d, const struct store_outbox *row, struct err *e)
{
	struct hook_post post = { .row = row->id, .hook = row->hook, .id = row->message_id };
	struct buf body BUF_AUTO;
	int r;

	buf_init(&body, HOOK_BODY_MAX);
	if (post.id.n > HOOK_POST_ID_MAX)
		return err_set(e, ERR_PERM, "its id is too long");
	if (store_outbox_message_of(d->store, row, &body, e) < 0 ||
	    memfd_of(buf_span(&body), &post.fd, e) < 0)
		return -1;
	r = hook_post_put(&p->peer->wire, &post, e);
	close(post.fd);
	if (r < 0)
		return -1;
	peer_update(p->peer);
	return 0;
}

/* A person may have queued again what is under way: its result is to come. */
static bool is_out(const struct posting *p, int64_t row)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->outs[i].row == row)
			return true;
	return false;
}

/* What is damaged holds up none of the others. */
static int hand_out_row(struct posting *p, struct desk *d, struct hook_lane *lane,
			const struct store_outbox *row, struct err *e)
{
	if (post(p, d, row, e) < 0)
		return e->class == ERR_PERM ? settle_damaged(d, row, e->text, e) : -1;
	p->outs[p->n++] = (struct out){ .row = row->id, .peer = p->peer, .lane = lane };
	lane->out++;
	return 0;
}

static int hand_out(struct posting *p, struct desk *d, const struct claim *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (!is_out(p, c->v[i].id) && hand_out_row(p, d, c->lane, &c->v[i], e) < 0)
			return -1;
	return 0;
}

/* --- a turn --- */

static int settle_and_claim(struct posting *p, struct desk *d, struct claim *v, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || settle_all(p, d, e) < 0 || recover(p, d, e) < 0)
		return -1;
	if (may_claim(p) && claim_all(p, d, v, e) < 0)
		return -1;
	if (store_commit(txn, e) < 0)
		return -1;
	forget_settled(p);
	return 0;
}

/* When the lane wants a turn: INT64_MAX: not before something happens. */
static int lane_next_ms(struct posting *p, struct desk *d, const struct hook_lane *lane,
			int64_t *ret_ms, struct err *e)
{
	int64_t at, now_ms = bench_now_ms(p->bench), due_ms;

	*ret_ms = INT64_MAX;
	if (!may_claim(p) || p->n == POSTING_MAX || hook_lane_full(lane))
		return 0;
	if (store_outbox_next(d->store, span_of(lane->name), &at, e) < 0)
		return -1;
	if (at == INSTANT_NONE)
		return 0;
	due_ms = at > d->now ? now_ms + (at - d->now) * 1000 : now_ms;
	*ret_ms = due_ms > lane->not_before_ms ? due_ms : lane->not_before_ms;
	return 0;
}

static int next_ms(struct posting *p, struct desk *d, int64_t *ret_ms, struct err *e)
{
	int64_t ms, least = INT64_MAX;

	for (size_t i = 0; i < d->conf->hook_count; i++) {
		const char *name = d->conf->hooks[i].name;

		if (lane_next_ms(p, d, hook_lanes_get(&p->bench->hook_lanes, name), &ms, e) < 0)
			return -1;
		least = ms < least ? ms : least;
	}
	*ret_ms = least;
	return 0;
}

static bool has_results(const struct posting *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->outs[i].peer)
			return true;
	return p->recover && p->n == 0;
}

static int carry_on(struct posting *p, struct desk *d, struct err *e)
{
	struct claim *v = arena_alloc_n(d->arena, d->conf->hook_count, sizeof(*v));
	int64_t ms;

	memset(v, 0, d->conf->hook_count * sizeof(*v));
	if (next_ms(p, d, &ms, e) < 0)
		return -1;
	if ((has_results(p) || ms <= bench_now_ms(p->bench)) && bench_may(p->bench)) {
		if (settle_and_claim(p, d, v, e) < 0)
			return -1;
		for (size_t i = 0; i < d->conf->hook_count; i++)
			if (hand_out(p, d, &v[i], e) < 0)
				return -1;
		if (next_ms(p, d, &ms, e) < 0)
			return -1;
	}
	loop_timer_stop(p->bench->loop, &p->next);
	if (ms != INT64_MAX)
		loop_timer_start(p->bench->loop, &p->next,
				 ms > bench_now_ms(p->bench) ? ms - bench_now_ms(p->bench) : 0);
	return 0;
}

void posting_turn(struct posting *p)
{
	struct desk d = bench_desk(p->bench);
	struct err e = { 0 };

	if (bench_now_ms(p->bench) < p->not_before_ms)
		return;
	if (carry_on(p, &d, &e) == 0) {
		health_good(&p->bench->health, CONCERN_HOOKS, d.now);
		return;
	}
	health_bad(&p->bench->health, CONCERN_HOOKS, d.now, e.text);
	if (e.class == ERR_PERM)
		settle_apart(p, &d);
	p->recover = true; /* rows may have been claimed that nobody was given */
	p->not_before_ms = bench_now_ms(p->bench) + RETRY_MS;
	loop_timer_start(p->bench->loop, &p->next, RETRY_MS);
}
