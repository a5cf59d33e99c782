#include <signal.h>

#include "gatewayd/wire/channel.h"
#include "tests/scenario/peers_inside.h"

/* What the parent would say: it crashed, or it was killed after it had used up its time. */
static void tell_end(struct end *end)
{
	struct parent_talk_ended ended = { .role = end->role,
					   .instance = end->instance,
					   .pid = end->pid,
					   .signal = end->crashed ? SIGSEGV : SIGKILL,
					   .cpu_ms = end->blameless ? 0 : INT32_MAX };

	end->crashed = end->blameless = end->hangs = false;
	rooms_ended(end->peers->rooms, &ended);
}

static void end_behind(struct end *end)
{
	struct wire old = end->wire;
	struct err e;

	area_release(&end->area);
	end->replaced = false;
	(void)end_connect(end, &e); /* else the next turn does */
	wire_release(&old);
}

void end_close(struct end *end)
{
	if (end->wire.fd < 0)
		return;
	loop_forget(end->peers->bench->loop, end->wire.fd);
	if (end->replaced) {
		end_behind(end);
		return;
	}
	wire_release(&end->wire);
	area_release(&end->area);
	if (end->role == ROLE_PARSE)
		tell_end(end);
}

static void on_end(void *ctx, int fd, unsigned int events)
{
	struct end *end = ctx;
	bool was = peers_working(end->peers, false), open;
	struct err e;

	(void)fd;
	if (channel_serve(&end->wire, events, peers_on_frame, end, &open, &e) < 0 || !open)
		end_close(end);
	else
		loop_watch(end->peers->bench->loop, end->wire.fd, channel_events(&end->wire),
			   on_end, end);
	peers_working(end->peers, was);
}

static void end_open(struct end *end, int fd)
{
	message_wire(&end->wire, fd, end->role, ROLE_CORE);
	end->late_until = end->killed_at = 0;
	loop_watch(end->peers->bench->loop, fd, LOOP_READ, on_end, end);
}

/* As the parent numbers them. */
static uint32_t instance_of(const struct end *end)
{
	return end->role == ROLE_SENDER ? end->instance == SPARE : end->instance;
}

int end_connect(struct end *end, struct err *e)
{
	int pair[2];

	if (wire_pair(pair, e) < 0)
		return -1;
	end->pid = ++end->peers->pids;
	end_open(end, pair[0]);
	if (end->role == ROLE_CONTROL)
		control_client_add(rooms_control(end->peers->rooms), pair[1]);
	else
		peer_add(end->peers->bench,
			 &(struct parent_talk_peer){ end->role, instance_of(end), end->pid, pair[1],
						     SPAN_NONE });
	return 0;
}

struct end *end_of(struct peers *p, enum role_id role, uint32_t instance)
{
	for (size_t i = 0; i < ENDS; i++)
		if (p->ends[i].role == role && p->ends[i].instance == instance)
			return &p->ends[i];
	return NULL;
}

/* --- what a simulation does to them --- */

void peers_late(struct peers *p, enum role_id role, int64_t ms)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct end *end = &p->ends[i];

		if (end->role != role || end->wire.fd < 0)
			continue;
		end->late_until = bench_now_ms(p->bench) + ms;
		end->blameless = true;
		loop_forget(p->bench->loop, end->wire.fd);
	}
}

void peers_kill(struct peers *p, enum role_id role)
{
	for (size_t i = 0; i < ENDS; i++) {
		if (p->ends[i].role != role)
			continue;
		p->ends[i].blameless = true;
		end_close(&p->ends[i]);
	}
}

void peers_hear(struct peers *p)
{
	for (size_t i = 0; i < ENDS; i++)
		if (p->ends[i].wire.fd >= 0 && !p->ends[i].late_until)
			on_end(&p->ends[i], p->ends[i].wire.fd, LOOP_READ);
}

void end_kill_leaving(struct peers *p, bool *any)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct end *end = &p->ends[i];

		if (!end->killed_at || end->killed_at > bench_now_ms(p->bench))
			continue;
		end->killed_at = 0;
		end->blameless = true;
		end_close(end);
		peers_excuse(p);
		*any = true;
	}
}

void end_wake_late(struct peers *p, bool *any)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct end *end = &p->ends[i];

		if (!end->late_until || end->wire.fd < 0 ||
		    end->late_until > bench_now_ms(p->bench))
			continue;
		end->late_until = 0;
		end->blameless = false;
		*any = true;
		loop_watch(p->bench->loop, end->wire.fd, channel_events(&end->wire), on_end, end);
	}
}
