#include "gatewayd/core/delivery.h"

#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/core/claiming.h"
#include "gatewayd/core/gather.h"
#include "gatewayd/core/outgoing.h"
#include "gatewayd/core/settle.h"
#include "gatewayd/core/smtp_judge.h"

enum {
	RETRY_MS = 5000,  /* after the store failed */
	SAID_MAX = 16,	  /* messages that are asked for at once */
	SPARE_MS = 30000, /* between looks for more, while the sender has rows */
	SLOW_MS = 1000,	  /* between looks for rows of what is slow */
	BESIDE_MS = 200,  /* between looks for rows that wait for those of another node */
};

struct delivery {
	struct bench *bench;
	struct holders holders;
	struct claiming claiming;
	bool look, joins;
	struct settle_result *results; /* to be written at the next turn */
	size_t result_count, result_cap;
	size_t back_count; /* of them, those that were not tried */
	struct gather gather;
	struct loop_timer next, gathered;
};

static void wake(void *ctx)
{
	delivery_wake(ctx);
}

struct delivery *delivery_new(struct bench *b)
{
	struct delivery *d = mem_alloc(sizeof(*d));

	d->bench = d->claiming.bench = b;
	d->claiming.recover = true; /* what was being sent when core ended */
	d->next = (struct loop_timer){ .fn = wake, .ctx = d };
	d->gathered = (struct loop_timer){ .fn = wake, .ctx = d };
	return d;
}

void delivery_free(struct delivery **d)
{
	if (!*d)
		return;
	loop_timer_stop((*d)->bench->loop, &(*d)->next);
	loop_timer_stop((*d)->bench->loop, &(*d)->gathered);
	holders_release(&(*d)->holders);
	free((*d)->results);
	mem_free(d);
}

void delivery_wake(struct delivery *d)
{
	d->look = true;
	bench_later(d->bench);
}

void delivery_join(struct delivery *d)
{
	d->look = d->joins = true;
}

/* --- senders and their rows --- */

/*
 * After a reload the old sender still ends what it has begun.  Its rows stay its own until it has
 * told their results or is gone, for which the parent sees (parent/leaving.h); queued again before
 * that they would be sent twice.
 */
void delivery_peer_new(struct delivery *d, struct peer *sender)
{
	struct holder *h = holders_find(&d->holders, NULL);

	if (!h) {
		peer_replace(sender);
		return;
	}
	holder_begin(h, sender);
	*(sender->instance ? &d->claiming.spare : &d->claiming.sender) = h;
	if (h == d->claiming.sender)
		lanes_seen_release(&d->bench->lanes);
	d->claiming.recover = true;
	delivery_wake(d);
}

void delivery_peer_gone(struct delivery *d, struct peer *sender)
{
	struct holder *h = holders_find(&d->holders, sender);

	if (!h)
		return;
	holder_leave(h);
	if (d->claiming.sender == h) {
		d->claiming.sender = NULL;
		lanes_seen_release(&d->bench->lanes);
	}
	if (d->claiming.spare == h)
		d->claiming.spare = NULL;
	d->claiming.recover = true;
	delivery_wake(d);
}

size_t delivery_room(const struct delivery *d)
{
	return claiming_room(&d->claiming);
}

bool delivery_busy(const struct delivery *d)
{
	return holders_rows(&d->holders) > 0;
}

/* --- handing out --- */

/* Each may be there already: who sent it, if somebody did, names it, too (sender.c). */
static int log_requeued(struct desk *desk, struct err *e)
{
	struct store_outbox *v;
	size_t n;

	if (store_outbox_sending(desk->store, desk->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		log_event(LOG_NOTICE, "outbox.requeued", log_int("row", v[i].id),
			  log_int("case", v[i].case_number), log_span("kind", v[i].kind),
			  log_text("reason", "was with a sender, and its result did not come"));
	return 0;
}

/* Its result came, and is still to be settled, in a turn; row 0: any has. */
static bool waits(const struct delivery *d, int64_t row)
{
	for (size_t i = 0; i < d->result_count; i++)
		if (d->results[i].waits && (!row || d->results[i].row == row))
			return true;
	return false;
}

static int recover(struct delivery *d, struct desk *desk, struct err *e)
{
	size_t n;

	if (!d->claiming.recover || holders_rows(&d->holders) || waits(d, 0))
		return 0;
	if (log_requeued(desk, e) < 0 ||
	    store_outbox_recover(desk->store, false, desk->now, &n, e) < 0)
		return -1;
	d->claiming.recover = false;
	return 0;
}

static int set_aside(struct delivery *d, struct desk *desk, const struct store_outbox *row,
		     struct err *e)
{
	char why[ERR_TEXT_MAX];

	memcpy(why, e->text, sizeof(why));
	return bench_own_turn(d->bench, e) < 0 ? -1 : settle_damaged(desk, row, why, e);
}

/* What is damaged holds up none of the others. */
static int hand_out_row(struct delivery *d, struct desk *desk, struct holder *by,
			const struct store_outbox *row, struct err *e)
{
	if (outgoing_hand(desk, by, row, e) == 0)
		return 0;
	if (e->class != ERR_PERM || set_aside(d, desk, row, e) < 0)
		return -1;
	delivery_wake(d); /* people are told by mail */
	return 0;
}

static int hand_out(struct delivery *d, struct desk *desk, const struct claimed *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		if (i % SAID_MAX == 0)
			store_ahead_messages(desk->store, &c->v[i],
					     c->n - i < SAID_MAX ? c->n - i : SAID_MAX);
		/* A person may have queued it again: its result is to come, or to be settled. */
		if (!holders_have(&d->holders, c->v[i].id) && !waits(d, c->v[i].id) &&
		    hand_out_row(d, desk, c->by, &c->v[i], e) < 0)
			return -1;
	}
	return 0;
}

static int hand_out_all(struct delivery *d, struct desk *desk, const struct claimed *c,
			struct err *e)
{
	int result = 0;

	for (int i = 0; i < CLAIMS && result == 0; i++)
		result = hand_out(d, desk, &c[i], e);
	store_ahead_end(desk->store);
	return result;
}

/* --- results --- */

/* Of a row that the peer has no more. */
static struct settle_result *add_result(struct delivery *d, struct peer *from, int64_t row,
					struct err *e)
{
	struct holder *h = holders_find(&d->holders, from);
	struct settle_result *r, fresh = { .from = from, .row = row };

	if (!h || !holder_drop(h, row, &fresh.held)) {
		err_set(e, ERR_PERM, "the result of a row that it does not have");
		return NULL;
	}
	gather_came(&d->gather, d->bench, !d->result_count);
	MEM_GROW(d->results, d->result_count, &d->result_cap);
	r = &d->results[d->result_count++];
	*r = fresh;
	delivery_wake(d);
	return r;
}

int delivery_sent(struct delivery *d, struct peer *from, const struct talk_sent *sent,
		  struct err *e)
{
	struct settle_result *r = add_result(d, from, sent->row, e);
	bool spare = holders_find(&d->holders, from) == d->claiming.spare;

	if (!r)
		return -1;
	if (!spare) {
		smtp_judge(d->bench, sent);
		d->gather.awaited = sent->awaited;
		d->gather.held = sent->held;
	}
	d->bench->meters.sent[sent->outcome]++;
	r->outcome = sent->outcome;
	r->code = sent->code;
	r->passed_on = sent->server && !spare && d->claiming.spare;
	snprintf(r->text, sizeof(r->text), SPAN_FMT, SPAN_ARG(utf8_prefix(sent->text, KIB / 4)));
	return 0;
}

int delivery_back(struct delivery *d, struct peer *from, int64_t row, struct err *e)
{
	struct settle_result *r = add_result(d, from, row, e);

	if (!r)
		return -1;
	r->back = true;
	d->back_count++;
	lanes_seen_returned(&d->bench->lanes);
	return 0;
}

void delivery_lanes(struct delivery *d, const struct peer *from, const struct talk_lanes *lanes)
{
	if (!d->claiming.sender || d->claiming.sender->peer != from)
		return;
	if (lanes->n || d->bench->lanes.n)
		delivery_wake(d);
	lanes_seen_take(&d->bench->lanes, lanes);
}

/* Only now there is room for another one out (TALK_OUT). */
static void say_row_written(struct delivery *d, const struct settle_result *r)
{
	struct holder *h = holders_find(&d->holders, r->from);
	struct err ignored; /* of a sender that is gone */

	if (h && talk_written_put(&h->peer->wire, r->row, &ignored) == 0)
		peer_update(h->peer);
}

/* Of the first n results those that do not wait are. */
static void say_written(struct delivery *d, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->result_count; i++) {
		if (i >= n || d->results[i].waits) {
			d->results[kept++] = d->results[i];
			continue;
		}
		say_row_written(d, &d->results[i]);
		d->back_count -= d->results[i].back;
	}
	if (d->result_count > kept)
		peers_flush(d->bench);
	d->result_count = kept;
}

/* What was sent and what is to be sent next, in one commit. */
static int settle_and_claim(struct delivery *d, struct desk *desk, struct claimed ret_c[CLAIMS],
			    struct err *e)
{
	struct store *txn STORE_TXN = desk->store;
	size_t n = d->result_count;
	bool is_lost = d->claiming.recover;

	if (store_begin(txn, e) < 0)
		return -1;
	store_unheard(txn); /* settle_apart() is behind it */
	if (settle_together(d->bench, desk, d->results, n, e) < 0 || recover(d, desk, e) < 0 ||
	    claiming_claim(&d->claiming, desk, ret_c, e) < 0 || store_commit(txn, e) < 0)
		return -1;
	claiming_take_added(&d->claiming, desk, is_lost, ret_c);
	say_written(d, n);
	if (claiming_may(&d->claiming))
		d->look = false;
	return 0;
}

/* One result that cannot be settled holds up no other. */
static void settle_apart(struct delivery *d, struct desk *desk)
{
	struct err e;

	if (bench_own_turn(d->bench, &e) == 0 &&
	    settle_each(d->bench, desk, d->results, d->result_count, &e) == 0)
		say_written(d, d->result_count);
}

/* 0 for a row that is due, unless it waits for its domain, of which the sender will tell, or for
 * what another node sends. */
static int64_t wait_ms(const struct delivery *d, const struct desk *desk, int64_t at)
{
	if (at > desk->now)
		return (at - desk->now) * 1000;
	return d->bench->lanes.n ? SLOW_MS : d->bench->holding.has_others ? BESIDE_MS : 0;
}

/* The next turn comes with the next row that is due; who may not claim it looks when it may. */
static int arm(struct delivery *d, struct desk *desk, struct err *e)
{
	bool is_idle = claiming_may(&d->claiming) && d->claiming.sender->n == 0;
	int64_t at = INSTANT_NONE;

	loop_timer_stop(d->bench->loop, &d->next);
	if ((is_idle || claiming_spare(&d->claiming)) &&
	    store_outbox_next(desk->store, SPAN(""), &at, e) < 0)
		return -1;
	if (at != INSTANT_NONE)
		loop_timer_start(d->bench->loop, &d->next,
				 is_idle ? wait_ms(d, desk, at) : SPARE_MS);
	return 0;
}

static bool gathers(struct delivery *d)
{
	int64_t left_ms = gather_left_ms(&d->gather, d->bench, d->result_count - d->back_count);

	if (left_ms <= 0 || d->claiming.recover || d->bench->stopping || !d->claiming.sender ||
	    !d->claiming.sender->n)
		return false;
	loop_timer_start(d->bench->loop, &d->gathered, left_ms);
	return true;
}

static int carry_on(struct delivery *d, struct desk *desk, struct err *e)
{
	struct claimed claims[CLAIMS] = { 0 };

	claiming_adapt(&d->claiming, d->result_count - d->back_count);
	if (settle_and_claim(d, desk, claims, e) < 0 || hand_out_all(d, desk, claims, e) < 0)
		return -1;
	return arm(d, desk, e);
}

/* Results of which more follows than that they were sent.  At the end no other turn comes. */
static bool may_settle_all(struct delivery *d)
{
	struct err ignored; /* the others need theirs: what was sent goes out again */

	return d->bench->stopping ? bench_own_turn(d->bench, &ignored) == 0 : bench_may(d->bench);
}

/* Beside the turns of other nodes as much as can be. */
static int settle_and_send(struct delivery *d, struct desk *desk, struct err *e)
{
	bool is_left = d->result_count && d->results[0].waits;

	if ((!is_left || d->look) && carry_on(d, desk, e) < 0)
		return -1;
	return d->result_count && may_settle_all(d) ? carry_on(d, desk, e) : 0;
}

void delivery_turn(struct delivery *d)
{
	struct desk desk = bench_desk(d->bench);
	struct err e = { 0 };
	int result;

	if (d->joins) /* deciding took long, and what was sent meanwhile needs no other commit */
		bench_hear(d->bench, ROLE_SENDER);
	if ((!d->look && !d->result_count) || (!d->joins && gathers(d)))
		return;
	loop_timer_stop(d->bench->loop, &d->gathered);
	result = settle_and_send(d, &desk, &e);
	d->joins = false;
	if (result == 0) {
		health_good(&d->bench->health, CONCERN_OUTBOX, desk.now);
		return;
	}
	health_bad(&d->bench->health, CONCERN_OUTBOX, desk.now, e.text);
	if (e.class == ERR_PERM)
		settle_apart(d, &desk);
	d->claiming.recover = true; /* rows may have been claimed that nobody was given */
	d->claiming.is_dry = false;
	lanes_seen_undo(&d->bench->lanes);
	loop_timer_start(d->bench->loop, &d->next, RETRY_MS);
}
