#include "gatewayd/core/bench.h"

#include <assert.h>
#include <stdlib.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/wire/channel.h"

enum {
	SLOW_MS = 2000, /* a commit */
	QUICK_MS = 500,
	AGAIN_MS = 2,	/* after the others kept the turn */
	TRIES_MAX = 60, /* of STORE_TURN_WAIT_MS */
	ROOM_EVERY_MS = 5000,
};

static void on_turn(void *ctx)
{
	bench_turn(ctx);
}

/* --- commits, which show how the disk is --- */

static void measure(struct bench *b)
{
	int64_t ms = bench_now_ms(b) - b->commit_ms;
	struct err e;

	if (ms >= SLOW_MS) {
		err_set(&e, ERR_TEMP, "a commit took %lld ms: look at the disk of %s",
			(long long)ms, b->conf->store);
		health_bad(&b->health, CONCERN_DISK, b->committed_at, e.text);
	} else if (ms < QUICK_MS) {
		health_good(&b->health, CONCERN_DISK, b->committed_at);
	}
}

/* --- a disk that is full --- */

static void on_room(void *ctx)
{
	bench_later(ctx);
}

/* A small commit may find room where a large one found none, and where nothing is to be written
 * none fails: so the disk itself is asked, at a turn every few seconds. */
static void look_for_room(struct bench *b)
{
	int64_t now = clock_now(&b->clock);
	struct err e;

	if (bench_now_ms(b) < b->room_at_ms)
		return;
	b->room_at_ms = bench_now_ms(b) + ROOM_EVERY_MS;
	if (store_room(b->store, b->no_room ? STORE_ROOM_AGAIN : STORE_ROOM_LEFT, &e) < 0) {
		b->no_room = true;
		health_bad(&b->health, CONCERN_STORE, now, e.text);
		loop_timer_start(b->loop, &b->room_again, ROOM_EVERY_MS);
	} else if (b->no_room) {
		b->no_room = false;
		health_good(&b->health, CONCERN_STORE, now);
	}
}

static void commit_failed(struct bench *b, int64_t now, const struct err *e)
{
	struct err ignored; /* the commit says it with more */

	b->no_room = store_room(b->store, STORE_ROOM_AGAIN, &ignored) < 0;
	health_bad(&b->health, CONCERN_STORE, now, e->text);
	if (b->no_room)
		loop_timer_start(b->loop, &b->room_again, ROOM_EVERY_MS);
}

static void on_commit(void *ctx, enum store_commit_step step, const struct err *e)
{
	struct bench *b = ctx;
	int64_t now = clock_now(&b->clock);

	if (step == STORE_COMMIT_BEGINS) {
		b->commit_ms = bench_now_ms(b);
		return;
	}
	if (step == STORE_COMMIT_FAILED) {
		commit_failed(b, now, e);
		return;
	}
	b->committed_at = now;
	b->meters.commits++;
	b->meters.commit_s += (double)(bench_now_ms(b) - b->commit_ms) / 1000;
	if (step == STORE_COMMIT_EMPTY) /* says nothing of the disk */
		return;
	if (!b->no_room)
		health_good(&b->health, CONCERN_STORE, now);
	measure(b);
}

void bench_init(struct bench *b, const struct bench_rooms *rooms)
{
	assert(b->loop && b->conf && b->store && b->zones);
	arena_init(&b->arena);
	b->rooms = *rooms;
	b->peers = NULL;
	b->turn = (struct loop_timer){ .fn = on_turn, .ctx = b };
	b->room_again = (struct loop_timer){ .fn = on_room, .ctx = b };
	b->no_room = false;
	b->room_at_ms = bench_now_ms(b);
	b->started_at = clock_now(&b->clock);
	b->health = (struct health){ 0 };
	b->meters = (struct meters){ 0 };
	b->holding = (struct holding){ 0 };
	b->owns_turn = b->no_turn = false;
	b->committed_at = b->stepped_at = INSTANT_NONE;
	store_on_commit(b->store, on_commit, b);
}

struct desk bench_desk(struct bench *b)
{
	return (struct desk){ .conf = b->conf,
			      .store = b->store,
			      .zones = b->zones,
			      .keys = &b->keys,
			      .now = clock_now(&b->clock),
			      .arena = &b->arena };
}

int64_t bench_now_ms(const struct bench *b)
{
	return clock_monotonic_ms(&b->clock);
}

int64_t bench_waits_s(const struct bench *b, int64_t since)
{
	return clock_now(&b->clock) - (since > b->stepped_at ? since : b->stepped_at);
}

void bench_later(struct bench *b)
{
	if (!b->turn.armed)
		loop_timer_start(b->loop, &b->turn, 0);
}

static int take_turn(struct bench *b, int tries, struct err *e)
{
	int64_t since_ms = bench_now_ms(b);
	int result;

	if (b->owns_turn || !b->holding.is_shared)
		return 0;
	do
		result = store_turn_begin(b->store, e);
	while (result < 0 && --tries > 0 && !store_broken(b->store));
	b->owns_turn = result == 0;
	b->meters.turns += b->owns_turn;
	b->meters.turn_s += (double)(bench_now_ms(b) - since_ms) / 1000;
	return result;
}

int bench_own_turn(struct bench *b, struct err *e)
{
	return take_turn(b, TRIES_MAX, e);
}

bool bench_may(struct bench *b)
{
	struct err ignored; /* that another one has it, or of a store that is broken */

	b->no_turn = b->no_turn || take_turn(b, 1, &ignored) < 0;
	return !b->no_turn;
}

void bench_end_turn(struct bench *b)
{
	struct err e;

	if (b->owns_turn && store_turn_end(b->store, &e) < 0)
		log_event(LOG_ERROR, "node.turn", log_reason(&e));
	b->owns_turn = false;
}

void bench_turn(struct bench *b)
{
	b->no_turn = false;
	log_gather(true);
	look_for_room(b);
	b->rooms.turn(b->rooms.ctx);
	if (b->no_turn && !store_broken(b->store))
		loop_timer_start(b->loop, &b->turn, AGAIN_MS);
	bench_end_turn(b);
	log_gather(false);
	peers_flush(b);
	arena_reset(&b->arena);
	if (!store_broken(b->store))
		return;
	/* After a failed fsync nobody knows what the disk has: a fresh core reads what is there. */
	log_event(LOG_ERROR, "store.broken", log_text("store", b->conf->store));
	b->host.broken(b->host.ctx);
}

/* --- peers --- */

static void on_peer(void *ctx, int fd, unsigned int events);

void peer_update(struct peer *p)
{
	assert(p->wire.fd >= 0);
	loop_watch(p->bench->loop, p->wire.fd, channel_events(&p->wire), on_peer, p);
}

/* An error shuts the channel, and so comes back to on_peer(). */
static void flush(struct peer *p)
{
	struct err ignored;

	if (!wire_wants_write(&p->wire) || p->wire.full) /* which the loop waits for */
		return;
	(void)wire_flush(&p->wire, &ignored);
	peer_update(p);
}

void peers_flush(struct bench *b)
{
	for (struct peer *p = b->peers; p; p = p->next)
		flush(p);
}

void bench_reloaded(struct bench *b)
{
	b->reload.at = clock_now(&b->clock);
	memcpy(b->reload.started, b->meters.started, sizeof(b->reload.started));
	for (struct peer *p = b->peers; p; p = p->next)
		p->renewed = true;
}

size_t bench_reload_owes(const struct bench *b, enum role_id role, size_t wanted)
{
	uint64_t came = b->meters.started[role] - b->reload.started[role];

	if (!b->reload.at || bench_waits_s(b, b->reload.at) >= BENCH_RELOAD_GRACE_S)
		return 0;
	return came < wanted ? wanted - (size_t)came : 0;
}

void peer_replace(struct peer *p)
{
	p->bench->host.replace(p->bench->host.ctx, p);
}

void peer_add(struct bench *b, const struct parent_talk_peer *fresh)
{
	struct peer *p = mem_alloc(sizeof(*p));

	p->bench = b;
	p->renewed = false;
	p->role = fresh->role;
	p->instance = fresh->instance;
	p->pid = fresh->pid;
	if (p->role == ROLE_POLLER)
		served_init(&p->served, b->conf, fresh->server);
	b->meters.started[p->role]++;
	message_wire(&p->wire, fresh->fd, ROLE_CORE, fresh->role);
	p->wire.gathers = true;
	p->next = b->peers;
	b->peers = p;
	peer_update(p);
	b->rooms.came(b->rooms.ctx, p);
}

static void peer_remove(struct peer *p)
{
	struct bench *b = p->bench;
	struct peer **at = &b->peers;
	enum role_id role = p->role;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	b->rooms.gone(b->rooms.ctx, p);
	loop_forget(b->loop, p->wire.fd);
	wire_release(&p->wire);
	served_release(&p->served);
	free(p);
	b->host.gone(b->host.ctx, role);
}

void peer_let_go(struct peer *p)
{
	flush(p); /* what it was told before */
	peer_remove(p);
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct peer *p = ctx;

	return p->bench->rooms.frame(p->bench->rooms.ctx, p, in, e);
}

/* What a peer says wrongly ends the conversation and the peer; another one takes its place. */
static void on_peer(void *ctx, int fd, unsigned int events)
{
	struct peer *p = ctx;
	struct err e = { 0 };
	bool open;
	int result = channel_serve(&p->wire, events, on_frame, p, &open, &e);

	(void)fd;
	if (result == 0 && open) {
		flush(p);
		peer_update(p);
		return;
	}
	if (result < 0) {
		log_event(LOG_ERROR, "peer.refused", log_text("role", role_name(p->role)),
			  log_uint("instance", p->instance), log_reason(&e));
		peer_replace(p);
	}
	peer_remove(p);
}

/* It may be gone behind that. */
void bench_hear(struct bench *b, enum role_id role)
{
	for (struct peer *p = b->peers, *next; p; p = next) {
		next = p->next;
		if (p->role == role)
			on_peer(p, p->wire.fd, LOOP_READ);
	}
}

void bench_release(struct bench *b)
{
	while (b->peers)
		peer_remove(b->peers);
	loop_timer_stop(b->loop, &b->turn);
	loop_timer_stop(b->loop, &b->room_again);
	store_on_commit(b->store, NULL, NULL);
	hook_lanes_release(&b->hook_lanes);
	lanes_seen_release(&b->lanes);
	holding_release(&b->holding);
	arena_release(&b->arena);
}
