#include "gatewayd/core/crew.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"

enum {
	CHILDREN_MAX = 128, /* twice limits.parse_children: those whose end is not settled yet */
	PER_CHILD = 32,	    /* mails waiting at one child, so that it never waits for us */
	LOOK_MS = 500,
	SLOW_MS = 1000, /* at one mail */
	SHARE = 4,	/* of a limit that must have been used up for it to be the mail's doing */
};

struct crew {
	struct bench *bench;
	struct crew_child children[CHILDREN_MAX];
	size_t awaited; /* let go, and their successors have not come */
	crew_lost_fn *lost;
	void *ctx;
	struct loop_timer look;
};

static void look(void *ctx);

struct crew *crew_new(struct bench *b, crew_lost_fn *lost, void *ctx)
{
	struct crew *c = mem_alloc(sizeof(*c));

	c->bench = b;
	c->lost = lost;
	c->ctx = ctx;
	c->look = (struct loop_timer){ .fn = look, .ctx = c };
	return c;
}

void crew_free(struct crew **c)
{
	if (!*c)
		return;
	loop_timer_stop((*c)->bench->loop, &(*c)->look);
	mem_free(c);
}

struct crew_child *crew_of(struct crew *c, const struct peer *p)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (c->children[i].pid && c->children[i].peer == p)
			return &c->children[i];
	return NULL;
}

/* --- ends --- */

bool crew_is_crash(int number)
{
	/* SIGABRT: an assertion, or a heap that is damaged; memory that ran out is EX_OSERR. */
	static const int crashes[] = { SIGSEGV, SIGBUS,	 SIGFPE,  SIGILL,
				       SIGSYS,	SIGABRT, SIGXCPU, SIGXFSZ };

	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		if (crashes[i] == number)
			return true;
	return false;
}

/* A child over its time that was not let run, or without memory far from its limit, met the machine
 * and not the mail. */
static enum crew_verdict judge(const struct crew *c, const struct crew_child *child)
{
	const struct conf_limits *l = &c->bench->conf->limits;
	const struct parent_talk_ended *end = &child->end;

	if (!child->ended)
		return CREW_PLANNED;
	if (child->hung)
		return end->cpu_ms >= (int64_t)l->parse_seconds * 1000 / SHARE ? CREW_PROOF
									       : CREW_NOTHING;
	if (child->wrong || crew_is_crash(end->signal))
		return CREW_PROOF;
	if (end->status == EX_OSERR && end->rss_bytes >= l->parse_memory_bytes / SHARE)
		return CREW_PROOF;
	return end->signal || end->status ? CREW_NOTHING : CREW_PLANNED;
}

static void settle(struct crew *c, struct crew_child *child)
{
	c->lost(c->ctx, child, judge(c, child));
	*child = (struct crew_child){ 0 };
	bench_later(c->bench);
}

/* Of its end no word will come: a reload has put another in its place, or none. */
static bool is_replaced(const struct crew *c, const struct crew_child *child)
{
	if (child->instance >= (uint32_t)c->bench->conf->limits.parse_children)
		return true;
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (c->children[i].peer && c->children[i].instance == child->instance)
			return true;
	return false;
}

void crew_gone(struct crew *c, const struct peer *p)
{
	struct crew_child *child = crew_of(c, p);

	if (!child)
		return;
	child->peer = NULL;
	if (child->ended || child->tasks == 0 || is_replaced(c, child))
		settle(c, child);
}

void crew_ended(struct crew *c, const struct parent_talk_ended *ended)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct crew_child *child = &c->children[i];

		if (child->pid != ended->pid || !child->pid)
			continue;
		child->ended = true;
		child->end = *ended;
		if (!child->peer)
			settle(c, child);
	}
}

/* The parent says of each end before it introduces the next: without a word it was a reload. */
static void settle_before(struct crew *c, uint32_t instance)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct crew_child *child = &c->children[i];

		if (child->pid && !child->peer && child->instance == instance)
			settle(c, child);
	}
}

void crew_came(struct crew *c, struct peer *p)
{
	struct crew_child *slot = NULL;

	settle_before(c, p->instance);
	for (size_t i = 0; i < CHILDREN_MAX && !slot; i++)
		if (!c->children[i].pid)
			slot = &c->children[i];
	if (slot)
		*slot = (struct crew_child){ .peer = p, .instance = p->instance, .pid = p->pid };
	if (c->awaited)
		c->awaited--;
	bench_later(c->bench);
}

/* --- time --- */

/* Late twice: between two looks its answer was read, if it is there. */
static void look_at(struct crew *c, struct crew_child *child)
{
	int64_t longest = (int64_t)c->bench->conf->limits.parse_seconds * 1000;
	int64_t now = bench_now_ms(c->bench);

	if (child->hung || now - child->since_ms <= longest) {
		child->late = false;
		return;
	}
	if (!child->late) {
		child->late = true;
		return;
	}
	log_event(LOG_WARNING, "parse.hangs", log_uint("child", child->instance));
	child->hung = true;
	peer_replace(child->peer);
}

static void look(void *ctx)
{
	struct crew *c = ctx;
	bool busy = false;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (!c->children[i].peer || c->children[i].tasks == 0)
			continue;
		busy = true;
		look_at(c, &c->children[i]);
	}
	if (busy)
		loop_timer_start(c->bench->loop, &c->look, LOOK_MS);
}

/* --- handing out --- */

static bool takes_more(const struct crew_child *child)
{
	return child->peer && !child->broken && !child->lone && !child->leaving && !child->hung;
}

/* What is handed to it waits behind that mail, and another child may have it done long before. */
static bool is_slow(const struct crew *c, const struct crew_child *child)
{
	return child->tasks && bench_now_ms(c->bench) - child->since_ms >= SLOW_MS;
}

struct crew_child *crew_idlest(struct crew *c)
{
	struct crew_child *best = NULL;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct crew_child *child = &c->children[i];

		if (takes_more(child) && child->tasks < PER_CHILD && !is_slow(c, child) &&
		    (!best || child->tasks < best->tasks))
			best = child;
	}
	return best;
}

static bool one_leaves(const struct crew *c)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (c->children[i].leaving)
			return true;
	return c->awaited > 0;
}

struct crew_child *crew_fresh(struct crew *c)
{
	struct crew_child *old;

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (takes_more(&c->children[i]) && c->children[i].handed == 0)
			return &c->children[i];
	if (one_leaves(c))
		return NULL;
	old = crew_idlest(c);
	if (old)
		old->leaving = true;
	crew_turn(c);
	return NULL;
}

void crew_handed(struct crew *c, struct crew_child *child, bool lone)
{
	child->lone = lone;
	child->handed++;
	if (child->tasks++ == 0) {
		child->since_ms = bench_now_ms(c->bench);
		child->late = false;
	}
	peer_update(child->peer);
	if (!c->look.armed)
		loop_timer_start(c->bench->loop, &c->look, LOOK_MS);
}

void crew_answered(struct crew *c, struct crew_child *child, bool leave)
{
	child->tasks--;
	child->since_ms = bench_now_ms(c->bench);
	child->lone = false;
	child->leaving = child->leaving || leave;
	bench_later(c->bench);
}

void crew_turn(struct crew *c)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct crew_child *child = &c->children[i];

		if (!child->peer || !child->leaving || child->tasks)
			continue;
		c->awaited++;
		peer_let_go(child->peer); /* settles it: it has no tasks */
	}
}
