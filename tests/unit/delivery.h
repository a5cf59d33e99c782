/* The room that claims and settles (core/delivery.h), with a store and senders that are
 * descriptors. */
#ifndef TESTS_UNIT_DELIVERY_H
#define TESTS_UNIT_DELIVERY_H

#include "gatewayd/core/delivery.h"
#include "tests/unit/room.h"

static struct delivery *delivery;

static inline void came(void *ctx, struct peer *p)
{
	(void)ctx;
	delivery_peer_new(delivery, p);
}

static inline void gone(void *ctx, struct peer *p)
{
	(void)ctx;
	delivery_peer_gone(delivery, p);
}

/* What core's end is called. */
static inline struct peer *new_sender(int *ret_fd)
{
	*ret_fd = room_peer(ROLE_SENDER);
	return bench.peers;
}

static inline void begin_bench(struct fixture *f, struct conf *conf)
{
	room_begin(f, conf, came, gone);
	bench.holding.is_shared = true;
	delivery = delivery_new(&bench);
}

static inline void end_bench(void)
{
	bench_release(&bench);
	delivery_free(&delivery);
	room_end();
}

static inline void say_sent(struct fixture *f, struct peer *sender, int64_t row)
{
	OK(f, delivery_sent(delivery, sender,
			    &(struct talk_sent){ .row = row, .outcome = TALK_SENT, .code = 250 },
			    &f->e));
}

static inline int64_t add_message(struct fixture *f, const char *recipient, const char *domain,
				  struct span message)
{
	struct store_outbox o = { .kind = SPAN("confirmation"),
				  .created_at = NOW,
				  .next_at = NOW,
				  .sent_at = INSTANT_NONE,
				  .sender = SPAN("us@help.example"),
				  .recipient = span_of(recipient),
				  .domain = span_of(domain) };
	int64_t id;

	OK(f, store_outbox_add(f->s, &o, message, &id, &f->e));
	return id;
}

static inline int64_t add_to(struct fixture *f, const char *recipient, const char *domain)
{
	return add_message(f, recipient, domain, SPAN("Subject: x\r\n\r\n"));
}

static inline int64_t queue_to(struct fixture *f, const char *recipient, const char *domain)
{
	int64_t id;

	begin(f);
	id = add_to(f, recipient, domain);
	commit(f);
	return id;
}

static inline int64_t queue_one(struct fixture *f)
{
	return queue_to(f, "you@there.example", "there.example");
}

static inline enum outbox_state state_of(struct fixture *f, int64_t row)
{
	struct store_outbox o;

	OK(f, store_outbox_get(f->s, row, &f->a, &o, &f->e));
	return o.state;
}

/* As the loop has it: the turns of the others end before the next one. */
static inline void turns(bool others_have_it)
{
	bench.no_turn = others_have_it;
	delivery_wake(delivery);
	delivery_turn(delivery);
	bench_end_turn(&bench);
	arena_reset(&bench.arena);
}

/* How many commits it has. */
static inline uint64_t turn(void)
{
	uint64_t before = bench.meters.commits;

	delivery_turn(delivery);
	arena_reset(&bench.arena);
	return bench.meters.commits - before;
}

#endif
