#include "gatewayd/core/delivery.h"

#include <stdio.h>

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/net/backoff.h"
#include "gatewayd/post/post.h"

enum { RESULTS_MAX = 64, RETRY_MS = 5000 };

struct result {
	int64_t row;
	enum talk_outcome outcome;
	int code;
	char text[ERR_TEXT_MAX];
};

struct delivery {
	struct bench *bench;
	struct peer *sender; /* NULL: none */
	size_t at_sender;
	bool look;
	struct result results[RESULTS_MAX]; /* to be written at the next turn */
	size_t result_count;
	struct loop_timer next;
};

static void wake(void *ctx)
{
	delivery_wake(ctx);
}

struct delivery *delivery_new(struct bench *b)
{
	struct delivery *d = mem_alloc(sizeof(*d));

	d->bench = b;
	d->next = (struct loop_timer){ .fn = wake, .ctx = d };
	return d;
}

void delivery_free(struct delivery **d)
{
	if (!*d)
		return;
	loop_timer_stop((*d)->bench->loop, &(*d)->next);
	free(*d);
	*d = NULL;
}

void delivery_wake(struct delivery *d)
{
	d->look = true;
	bench_later(d->bench);
}

static void recover(struct delivery *d)
{
	struct desk desk = bench_desk(d->bench);
	struct err e = { 0 };
	size_t n = 0;

	if (store_outbox_recover(desk.store, desk.now, &n, &e) < 0)
		log_event(LOG_ERROR, "outbox.trouble", log_reason(&e));
	else if (n)
		log_event(LOG_NOTICE, "outbox.requeued", log_uint("rows", n));
}

void delivery_peer_new(struct delivery *d, struct peer *sender)
{
	if (d->sender)
		peer_replace(d->sender); /* a reload: the old one is on its way out */
	d->sender = sender;
	d->at_sender = 0;
	recover(d);
	delivery_wake(d);
}

void delivery_peer_gone(struct delivery *d, struct peer *sender)
{
	if (d->sender != sender)
		return;
	d->sender = NULL;
	d->at_sender = 0;
}

bool delivery_busy(const struct delivery *d)
{
	return d->sender && d->at_sender;
}

static int message_fd(struct desk *desk, int64_t row, int *ret_fd, struct err *e)
{
	struct buf message BUF_AUTO;

	buf_init(&message, SIZE_MAX); /* compose.h bounded it */
	if (store_outbox_message(desk->store, row, &message, e) < 0)
		return -1;
	return memfd_of(buf_span(&message), ret_fd, e);
}

static int send_row(struct delivery *d, struct desk *desk, const struct store_outbox *row,
		    struct err *e)
{
	struct buf recipient BUF_AUTO;
	int result;

	buf_init(&recipient, ADDRSPEC_MAX + 2);
	addrspec_put(row->recipient, &recipient);
	struct talk_send s = { row->id, row->sender, buf_span(&recipient), -1 };

	if (message_fd(desk, row->id, &s.fd, e) < 0)
		return -1;
	result = talk_send_put(&d->sender->wire, &s, e);
	close(s.fd);
	if (result < 0)
		return -1;
	d->at_sender++;
	peer_update(d->sender);
	return 0;
}

static int claim(struct delivery *d, struct desk *desk, struct err *e)
{
	size_t room = (size_t)desk->conf->smtp.concurrency * 2;
	struct store_outbox *v;
	size_t n;

	d->look = false;
	if (d->at_sender >= room)
		return 0;
	if (store_outbox_claim(desk->store, desk->now, (int)(room - d->at_sender), desk->arena, &v,
			       &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (send_row(d, desk, &v[i], e) < 0)
			return -1;
	return 0;
}

int delivery_sent(struct delivery *d, struct peer *from, const struct talk_sent *sent,
		  struct err *e)
{
	struct result *r;

	if (d->result_count == RESULTS_MAX)
		delivery_turn(d);
	if (d->result_count == RESULTS_MAX)
		return err_set(e, ERR_TEMP, "the store does not take results");
	r = &d->results[d->result_count++];
	r->row = sent->row;
	r->outcome = sent->outcome;
	r->code = sent->code;
	snprintf(r->text, sizeof(r->text), SPAN_FMT, SPAN_ARG(utf8_prefix(sent->text, KIB / 4)));
	if (from == d->sender && d->at_sender)
		d->at_sender--;
	delivery_wake(d);
	return 0;
}

static int64_t retry_delay(const struct conf_smtp *smtp, int attempts)
{
	struct backoff b = { smtp->retry_min_s, smtp->retry_max_s };
	uint32_t random;

	crypto_random(&random, sizeof(random));
	return backoff_delay(&b, attempts > 0 ? (unsigned int)attempts : 1, random);
}

/* Sent, failed for good, or queued again: after 5xx or when the time to give up has come, it
 * failed. */
static int settle(struct desk *d, const struct result *r, struct err *e)
{
	const struct conf_smtp *smtp = &d->conf->smtp;
	struct span text = span_of(r->text);
	struct store_outbox row;
	enum outbox_state state = OUTBOX_QUEUED;
	int64_t next_at = d->now;

	if (store_outbox_get(d->store, r->row, d->arena, &row, e) < 0)
		return -1;
	if (row.state != OUTBOX_SENDING)
		return 0; /* cancelled meanwhile, or told twice */
	if (r->outcome == TALK_SENT)
		state = OUTBOX_SENT;
	else if (r->outcome == TALK_FAILED || d->now - row.created_at > smtp->give_up_s)
		state = OUTBOX_FAILED;
	else
		next_at += retry_delay(smtp, row.attempts);
	log_event(state == OUTBOX_SENT ? LOG_INFO : LOG_WARNING, "outbox.result",
		  log_int("row", row.id), log_int("case", row.case_number),
		  log_span("kind", row.kind), log_text("state", outbox_state_name(state)),
		  log_int("code", r->code), log_text("text", r->text));
	if (store_outbox_result(d->store, row.id, state, d->now, next_at, r->code, text, e) < 0)
		return -1;
	return post_settled(d, &row, state, r->code, text, e);
}

static int settle_all(struct delivery *d, struct desk *desk, struct err *e)
{
	struct store *txn STORE_TXN = desk->store;

	if (d->result_count == 0)
		return 0;
	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < d->result_count; i++)
		if (settle(desk, &d->results[i], e) < 0)
			return -1;
	if (store_commit(txn, e) < 0)
		return -1;
	d->result_count = 0;
	return 0;
}

/* The next turn comes with the next row that is due. */
static int arm(struct delivery *d, struct desk *desk, struct err *e)
{
	int64_t at;

	if (store_outbox_next(desk->store, &at, e) < 0)
		return -1;
	loop_timer_stop(d->bench->loop, &d->next);
	if (at != INSTANT_NONE && d->sender && d->at_sender == 0)
		loop_timer_start(d->bench->loop, &d->next,
				 at > desk->now ? (at - desk->now) * 1000 : 0);
	return 0;
}

void delivery_turn(struct delivery *d)
{
	struct desk desk = bench_desk(d->bench);
	struct err e = { 0 };
	int result;

	if (!d->look && !d->result_count)
		return;
	result = settle_all(d, &desk, &e);
	if (result == 0 && d->sender && !d->bench->stopping)
		result = claim(d, &desk, &e);
	if (result == 0)
		result = arm(d, &desk, &e);
	if (result == 0)
		return;
	log_event(LOG_ERROR, "outbox.trouble", log_reason(&e));
	if (d->sender)
		peer_replace(d->sender); /* what it has is queued again when the next one comes */
	loop_timer_start(d->bench->loop, &d->next, RETRY_MS);
}
