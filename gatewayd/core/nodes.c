#include "gatewayd/core/nodes.h"

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/wanted.h"

enum {
	BEAT_S = STORE_LEASE_S / 3,
	LEFT_S = 2 * BEAT_S,   /* each of the others has looked at what is free */
	FORGET_S = 4 * BEAT_S, /* and who has it configured has taken it */
};

struct nodes {
	struct bench *bench;
	struct intake *intake;
	struct parse_pool *pool;
	struct timer *timer;
	struct loop_timer beat;
	bool look;
	int64_t erased; /* the last erasure that the list of this node has */
};

/* What a look finds, and makes of it. */
struct round {
	struct nodes *n;
	struct store *store;
	struct holding *holding;
	struct span me;
	int64_t now; /* of the database */
	struct store_node *nodes;
	struct store_lease *leases;
	struct wanted wanted;
	size_t node_count, lease_count;
	size_t living, share, mine; /* nodes that take mailboxes; mailboxes */
	bool is_others; /* another number of nodes that take mailboxes than at the look before */
	bool inherits;	/* what another one kept or was sending is this node's now */
	bool is_late;	/* a dead one has a transaction that is still to end */
};

struct span nodes_name(const struct conf *conf, struct arena *a)
{
	char host[STORE_NODE_NAME_MAX + 1] = "";

	if (!conf->node && gethostname(host, sizeof(host) - 1) < 0)
		return SPAN("localhost");
	return arena_dup(a, span_of(conf->node ? conf->node : host));
}

/* --- beats --- */

static void beat(void *ctx)
{
	struct nodes *n = ctx;
	struct err e = { 0 };

	if (store_node_renew(n->bench->store, &e) < 0)
		log_event(LOG_WARNING, "node.not-renewed", log_reason(&e));
	n->look = true;
	loop_timer_start(n->bench->loop, &n->beat, BEAT_S * 1000);
	bench_later(n->bench); /* which sees that the store is broken, where it is */
}

struct nodes *nodes_new(struct bench *b, struct intake *intake, struct parse_pool *pool,
			struct timer *timer)
{
	struct nodes *n = mem_alloc(sizeof(*n));

	n->bench = b;
	n->intake = intake;
	n->pool = pool;
	n->timer = timer;
	n->beat = (struct loop_timer){ .fn = beat, .ctx = n };
	return n;
}

void nodes_free(struct nodes **n)
{
	if (*n)
		loop_timer_stop((*n)->bench->loop, &(*n)->beat);
	mem_free(n);
}

/* --- who was erased: each node keeps the list, in case the database is put back --- */

static int recall(struct bench *b, int64_t *ret_people, struct err *e)
{
	struct store *txn STORE_TXN = b->store;

	return store_erased_beside(txn, b->conf->state_dir, e) < 0 || store_begin(txn, e) < 0 ||
		       store_erased_recall(txn, clock_now(&b->clock), ret_people, e) < 0
		   ? -1
		   : store_commit(txn, e);
}

static void recall_erased(struct bench *b)
{
	int64_t people = 0;
	struct err e;

	if (recall(b, &people, &e) < 0)
		log_event(LOG_ERROR, "erased.trouble", log_reason(&e));
	else if (people)
		log_event(LOG_WARNING, "erased.again", log_int("addresses", people),
			  log_text("reason", "the database was put back"));
}

static void gather_erased(struct nodes *n)
{
	struct store *s = n->bench->store;
	struct err e;
	int64_t last;

	if (store_erased_last(s, &last, &e) == 0 &&
	    (last == n->erased || store_erased_gather(s, &e) == 0))
		n->erased = last;
	else
		log_event(LOG_ERROR, "erased.trouble", log_reason(&e));
}

int nodes_join(struct nodes *n, struct err *e)
{
	struct bench *b = n->bench;
	struct span name = nodes_name(b->conf, &b->arena);
	int result;

	b->holding.is_shared = store_is_shared(b->store);
	if (!b->holding.is_shared)
		return 0;
	if (bench_own_turn(b, e) < 0)
		return -1;
	result = store_node_join(b->store, name, e);
	if (result == 0)
		recall_erased(b);
	bench_end_turn(b);
	if (result < 0)
		return -1;
	log_event(LOG_NOTICE, "node.joined", log_span("node", name));
	loop_timer_start(b->loop, &n->beat, BEAT_S * 1000);
	n->look = true;
	bench_later(b);
	return 0;
}

void nodes_leave(struct nodes *n)
{
	struct bench *b = n->bench;
	struct err e;

	if (!b->holding.is_shared || store_broken(b->store) || bench_own_turn(b, &e) < 0)
		return;
	if (store_node_leave(b->store, &e) < 0)
		log_event(LOG_WARNING, "node.not-left", log_reason(&e));
	loop_timer_stop(b->loop, &n->beat);
	bench_end_turn(b);
}

/* --- the others --- */

static bool is_alive(const struct round *r, const struct store_node *node)
{
	return node->fence > 0 && (node->until_at > r->now || span_eq(node->name, r->me));
}

static int end_dead(struct round *r, struct err *e)
{
	for (size_t i = 0; i < r->node_count; i++) {
		struct store_node *node = &r->nodes[i];
		bool done;
		size_t rows;

		if (node->fence < 0 || is_alive(r, node))
			continue;
		if (store_node_end(r->store, node->name, r->now, &done, &rows, e) < 0)
			return -1;
		if (!done) {
			r->is_late = true;
			continue;
		}
		log_event(LOG_WARNING, "node.ended", log_span("node", node->name),
			  log_uint("requeued", rows),
			  log_text("reason", "its lease ran out: what it had is free"));
		r->inherits = true;
	}
	return 0;
}

/* --- what there is --- */

static int read_leases(struct round *r, struct err *e)
{
	return store_lease_list(r->store, &r->n->bench->arena, &r->leases, &r->lease_count, e);
}

static int add_mailboxes(struct round *r, struct err *e)
{
	const struct conf *conf = r->n->bench->conf;
	bool any = false;

	for (size_t i = 0; i < conf->mailbox_count; i++) {
		struct span name = span_of(conf->mailboxes[i].name);
		bool known = false;

		for (size_t k = 0; k < r->lease_count; k++)
			known = known || span_eq(r->leases[k].mailbox, name);
		if (!known && store_lease_add(r->store, name, r->now, e) < 0)
			return -1;
		any = any || !known;
	}
	return any ? read_leases(r, e) : 0;
}

static int look_around(struct round *r, struct err *e)
{
	if (store_node_clock(r->store, &r->now, e) < 0 ||
	    store_node_list(r->store, &r->n->bench->arena, &r->nodes, &r->node_count, e) < 0 ||
	    end_dead(r, e) < 0 || read_leases(r, e) < 0 || add_mailboxes(r, e) < 0 ||
	    wanted_say(r->store, r->n->bench->conf, r->me, &r->n->bench->arena, &r->wanted, e) < 0)
		return -1;
	wanted_living(&r->wanted, r->nodes, r->node_count, r->now);
	return 0;
}

static size_t held_by(const struct round *r, struct span node)
{
	size_t n = 0;

	for (size_t i = 0; i < r->lease_count; i++)
		n += r->leases[i].mailbox.n > 0 && span_eq(r->leases[i].node, node);
	return n;
}

/* A mailbox each more than the others is no reason to move one. */
static void reckon(struct round *r)
{
	size_t mailboxes = 0;

	r->holding->has_others = false;
	for (size_t i = 0; i < r->node_count; i++) {
		const struct store_node *node = &r->nodes[i];
		bool me = span_eq(node->name, r->me);

		if (me)
			r->holding->is_drained = node->is_drained;
		r->living += is_alive(r, node) && !node->is_drained;
		r->holding->has_others = r->holding->has_others || (is_alive(r, node) && !me);
	}
	for (size_t i = 0; i < r->lease_count; i++)
		mailboxes += r->leases[i].mailbox.n > 0;
	r->mine = held_by(r, r->me);
	r->is_others = r->holding->living != r->living;
	r->holding->living = r->living;
	if (r->is_others)
		r->holding->living_at = r->now;
	r->share = r->living ? (mailboxes + r->living - 1) / r->living : 0;
}

/* --- taking and giving --- */

static int take(struct round *r, struct store_lease *l, struct err *e)
{
	bool done;

	if (store_lease_take(r->store, l->mailbox, r->now, &done, e) < 0)
		return -1;
	if (done)
		l->node = r->me;
	r->mine += done && l->mailbox.n;
	return 0;
}

/* One that the others leave is taken above the share: they may not have it configured. */
static bool is_for_me(const struct round *r, const struct store_lease *l)
{
	int64_t living_at = r->holding->living_at;
	int64_t left_at = l->since_at > living_at ? l->since_at : living_at;
	struct bench *b = r->n->bench;

	if (l->node.n)
		return false;
	if (l->mailbox.n == 0)
		return true;
	return conf_mailbox_find(b->conf, arena_cstr(&b->arena, l->mailbox)) &&
	       (r->mine < r->share || r->now - left_at >= LEFT_S);
}

static int take_free(struct round *r, struct err *e)
{
	for (size_t i = 0; i < r->lease_count && !r->holding->is_drained; i++)
		if (is_for_me(r, &r->leases[i]) && take(r, &r->leases[i], e) < 0)
			return -1;
	return 0;
}

static int give(struct round *r, struct store_lease *l, struct err *e)
{
	if (store_lease_give(r->store, l->mailbox, r->now, e) < 0)
		return -1;
	l->node = SPAN("");
	return 0;
}

static bool is_mine(const struct round *r, const struct store_lease *l)
{
	return span_eq(l->node, r->me);
}

/* Of what came by no mailbox nobody can tell. */
static bool is_under_way(const struct round *r, struct span mailbox)
{
	return mailbox.n ? parse_pool_has(r->n->pool, mailbox) : parse_pool_busy(r->n->pool) > 0;
}

/* What was marked at the look before is given when nothing of it is under way. */
static int give_marked(struct round *r, struct err *e)
{
	for (size_t i = 0; i < r->lease_count; i++) {
		struct store_lease *l = &r->leases[i];
		const struct held *held = holding_find(r->holding, l->mailbox);

		if (is_mine(r, l) && held && held->is_given && !is_under_way(r, l->mailbox) &&
		    give(r, l, e) < 0)
			return -1;
	}
	return 0;
}

/* A free mailbox that left all configurations: its mails are of who leads. */
static int forget(struct round *r, struct err *e)
{
	for (size_t i = 0; i < r->lease_count && r->holding->leads; i++) {
		const struct store_lease *l = &r->leases[i];

		if (l->node.n == 0 && l->mailbox.n && r->now - l->since_at >= FORGET_S &&
		    !wanted_has(&r->wanted, l->mailbox) &&
		    store_lease_drop(r->store, l->mailbox, e) < 0)
			return -1;
	}
	return 0;
}

/* --- what follows here --- */

static void mark(struct round *r, struct held *held, size_t *kept)
{
	bool was = held->is_given;

	if (r->holding->is_drained)
		held->is_given = true;
	else if (!held->mailbox[0])
		held->is_given = false;
	else
		held->is_given = !conf_mailbox_find(r->n->bench->conf, held->mailbox) ||
				 (!held->is_extra && (*kept)++ >= r->share);
	if (held->is_given == was)
		return;
	log_event(LOG_INFO, held->is_given ? "node.gives" : "node.keeps",
		  log_text("mailbox", held->mailbox));
	if (!held->mailbox[0])
		return;
	(held->is_given ? intake_given : intake_acquired)(r->n->intake, span_of(held->mailbox));
}

static void took(struct round *r, const struct store_lease *l)
{
	holding_add(r->holding, l->mailbox);
	holding_find(r->holding, l->mailbox)->is_extra = l->mailbox.n && r->mine > r->share;
	log_event(LOG_NOTICE, "node.has", log_span("mailbox", l->mailbox));
	r->inherits = true;
	if (l->mailbox.n)
		intake_acquired(r->n->intake, l->mailbox);
	else
		timer_leads(r->n->timer);
}

/* Another node that works has it configured, and room for it. */
static bool others_take(const struct round *r, struct span mailbox)
{
	for (size_t i = 0; i < r->node_count; i++) {
		const struct store_node *node = &r->nodes[i];

		if (!span_eq(node->name, r->me) && is_alive(r, node) && !node->is_drained &&
		    wanted_by(&r->wanted, node->name, mailbox) && held_by(r, node->name) < r->share)
			return true;
	}
	return false;
}

static size_t extras(const struct holding *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += h->v[i].is_extra;
	return n;
}

static void follow(struct round *r)
{
	struct holding *h = r->holding;
	size_t kept;

	holding_keep(h, r->me, r->leases, r->lease_count);
	holding_place(h, r->leases, r->lease_count, r->now - clock_now(&r->n->bench->clock));
	for (size_t i = 0; i < h->n; i++)
		if (r->is_others || others_take(r, span_of(h->v[i].mailbox)))
			h->v[i].is_extra = false;
	for (size_t i = 0; i < r->lease_count; i++)
		if (is_mine(r, &r->leases[i]) && !holding_find(h, r->leases[i].mailbox))
			took(r, &r->leases[i]);
	h->leads = holding_find(h, SPAN("")) != NULL;
	kept = extras(h);
	for (size_t i = 0; i < h->n; i++)
		mark(r, &h->v[i], &kept);
	if (!h->has_others && !r->inherits)
		return;
	parse_pool_look_again(r->n->pool); /* what others have put into the store */
	timer_wake(r->n->timer);
}

/* Who is silent is taken over when its lease runs out. */
static void arm(struct round *r)
{
	int64_t wait_s = r->is_late ? 1 : BEAT_S;

	for (size_t i = 0; i < r->holding->n; i++)
		if (r->holding->v[i].is_given)
			wait_s = 1; /* what was begun of it is soon done */
	for (size_t i = 0; i < r->node_count; i++) {
		int64_t left = r->nodes[i].until_at - r->now;

		if (r->nodes[i].fence > 0 && !span_eq(r->nodes[i].name, r->me) && left > 0 &&
		    left < wait_s)
			wait_s = left;
	}
	loop_timer_start(r->n->bench->loop, &r->n->beat, wait_s * 1000);
}

static int go_round(struct round *r, struct err *e)
{
	struct store *txn STORE_TXN = r->store;

	if (store_begin(txn, e) < 0 || look_around(r, e) < 0)
		return -1;
	reckon(r);
	if (give_marked(r, e) < 0 || take_free(r, e) < 0 || forget(r, e) < 0)
		return -1;
	return store_commit(txn, e);
}

void nodes_turn(struct nodes *n)
{
	struct bench *b = n->bench;
	struct round r = { .n = n, .store = b->store, .holding = &b->holding };
	struct err e = { 0 };

	if (!b->holding.is_shared || !n->look || b->stopping || !bench_may(b))
		return;
	n->look = false;
	r.me = store_node_name(b->store);
	if (go_round(&r, &e) < 0) {
		log_event(LOG_WARNING, "node.trouble",
			  log_reason(&e)); /* the next beat tries again */
		return;
	}
	follow(&r);
	gather_erased(n);
	arm(&r);
}
