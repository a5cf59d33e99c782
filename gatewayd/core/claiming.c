#include "gatewayd/core/claiming.h"

enum {
	AHEAD_MAX = 192, /* rows that a sender has, when it is quick */
	SPARE_MAX = 8,	 /* rows that the spare has */
};

bool claiming_may(const struct claiming *c)
{
	return c->sender && !c->recover && !c->bench->stopping && holding_works(&c->bench->holding);
}

struct holder *claiming_spare(const struct claiming *c)
{
	return c->bench->health.v[CONCERN_SMTP].bad ? c->spare : NULL;
}

/* Twice what its lanes take at once; more as long as it sends a third of that within a turn. */
void claiming_adapt(struct claiming *c, size_t sent)
{
	size_t least = (size_t)c->bench->conf->smtp.concurrency * 2;
	size_t most = least > AHEAD_MAX ? least : AHEAD_MAX;

	if (sent * 3 >= c->ahead)
		c->ahead *= 2;
	else if (sent * 8 < c->ahead)
		c->ahead /= 2;
	c->ahead = c->ahead < least ? least : c->ahead < most ? c->ahead : most;
}

static int claim_spare(const struct claiming *c, struct desk *desk, struct claimed *ret_v,
		       struct err *e)
{
	struct holder *spare = claiming_spare(c);

	if (!spare || c->recover || c->bench->stopping || !holding_works(&c->bench->holding) ||
	    spare->n >= SPARE_MAX)
		return 0;
	ret_v->by = spare;
	return store_outbox_claim_operators(desk->store, desk->now, (int)(SPARE_MAX - spare->n),
					    desk->arena, &ret_v->v, &ret_v->n, e);
}

static size_t room_of(const struct claiming *c, size_t has)
{
	return has < c->ahead ? c->ahead - has : 0;
}

/* For its lanes beyond the next turn: many rows are claimed at once for less than few. */
static bool has_enough(const struct claiming *c, size_t has)
{
	return has * 2 > c->ahead && has >= (size_t)c->bench->conf->smtp.concurrency * 2 &&
	       !c->bench->lanes.n;
}

/* What is slow comes last, and beside what the sender may have of others. */
static int claim_sender(struct claiming *c, struct desk *desk, struct claimed *ret_v,
			struct claimed *slow, struct err *e)
{
	struct lanes_seen *lanes = &c->bench->lanes;
	size_t has = c->sender->n + store_outbox_added(desk->store);
	size_t room = has_enough(c, has) ? 0 : room_of(c, has);
	struct store_outbox_which which = { .but = lanes_seen_names(lanes, desk->arena),
					    .now = desk->now,
					    .limit = (int)room };

	ret_v->by = slow->by = c->sender;
	lanes_seen_from(lanes, bench_now_ms(c->bench), &which);
	if (room &&
	    store_outbox_claim_but(desk->store, &which, desk->arena, &ret_v->v, &ret_v->n, e) < 0)
		return -1;
	if (room)
		lanes_seen_passed(lanes, ret_v->n == room ? &ret_v->v[ret_v->n - 1] : NULL);
	c->is_dry = ret_v->n < room && !lanes->n;
	return lanes_seen_claim(lanes, desk, ret_v->n == room, bench_now_ms(c->bench), &slow->v,
				&slow->n, e);
}

int claiming_claim(struct claiming *c, struct desk *desk, struct claimed ret_v[CLAIMS],
		   struct err *e)
{
	if (claim_spare(c, desk, &ret_v[0], e) < 0)
		return -1;
	return claiming_may(c) ? claim_sender(c, desk, &ret_v[1], &ret_v[2], e) : 0;
}

size_t claiming_room(const struct claiming *c)
{
	const struct bench *b = c->bench;

	if (!claiming_may(c) || !c->is_dry || b->holding.is_shared || b->lanes.n ||
	    b->health.v[CONCERN_SMTP].bad)
		return 0;
	return room_of(c, c->sender->n);
}

void claiming_take_added(const struct claiming *c, struct desk *desk, bool is_lost,
			 struct claimed v[CLAIMS])
{
	struct claimed lost = { .n = 0 }, *to = is_lost ? &lost : &v[1];

	if (!store_outbox_added(desk->store))
		return;
	to->by = c->sender;
	store_outbox_take_added(desk->store, desk->arena, &to->v, &to->n);
}
