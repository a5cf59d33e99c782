/*
 * The role that sends: rows of the outbox, one message to one recipient each (talk.h).
 */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/area.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool.h"
#include "gatewayd/wire/role_access.h"
#include "gatewayd/wire/setup_sender.h"
#include "gatewayd/wire/talk.h"

enum {
	DRAIN_MS = 4000, /* for transfers under way at the end */
	LAST_WORDS_MS = 500,
};

struct sender {
	struct role *role;
	struct arena settings;
	struct setup_sender setup;
	struct smtp_lane_options options;
	struct access_box access;
	struct taken taken;
	struct area area; /* core's: messages stand there */
	struct pool *pool;
	struct loop_timer tick, drain, news;
};

/* --- results, to core --- */

static int send_result(struct sender *s, const struct job *j, struct err *e)
{
	static const enum talk_outcome outcomes[] = {
		[SMTP_SENT] = TALK_SENT,
		[SMTP_RETRY] = TALK_RETRY,
		[SMTP_FAILED] = TALK_FAILED,
		[SMTP_UNKNOWN] = TALK_UNKNOWN,
	};
	const struct smtp_result *r = &j->result;
	struct talk_sent sent = { j->row,
				  outcomes[r->class],
				  r->code,
				  span_of(r->text),
				  r->class == SMTP_RETRY && r->scope == SMTP_SCOPE_SERVER,
				  (uint32_t)pool_awaited(s->pool),
				  (uint32_t)pool_held(s->pool) };

	return talk_sent_put(&s->role->core, &sent, e);
}

static int take_done(struct sender *s, const struct job *j, struct err *e)
{
	switch (j->word) {
	case POOL_RESULT: return send_result(s, j, e);
	case POOL_BACK: return talk_back_put(&s->role->core, j->row, e);
	case POOL_REFUSED:
		return role_access_refused(s->role, MSG_SENDER_REFUSED, s->setup.server.oauth,
					   j->refused, e);
	}
	return 0;
}

/* Before the rows that it gives back: core claims no more of what is slow. */
static int tell_news(struct sender *s, struct err *e)
{
	struct buf names BUF_AUTO;
	struct pool_seen seen;
	struct talk_lanes told;

	buf_init(&names, LANES_SLOW_MAX * KIB);
	if (!pool_news(s->pool, &names, &seen))
		return 0;
	told = (struct talk_lanes){ .open = (uint32_t)seen.open,
				    .most = (uint32_t)seen.most,
				    .ms = seen.ms,
				    .slow_room = (uint32_t)seen.slow_room,
				    .n = seen.slow_count };
	for (size_t i = 0; i < seen.slow_count; i++)
		told.slow[i] = (struct talk_slow){ seen.slow[i].name, seen.slow[i].ms,
						   (uint32_t)seen.slow[i].room };
	return talk_lanes_put(&s->role->core, &told, e);
}

static void stop_when_done(struct sender *s)
{
	if (pool_is_draining(s->pool) && pool_is_done(s->pool))
		role_stop(s->role, EX_OK);
}

static int tell_all(struct sender *s, struct err *e)
{
	struct job *j;
	int r = tell_news(s, e);

	while (r == 0 && (j = pool_take(s->pool)) != NULL) {
		r = take_done(s, j, e);
		job_free(&j);
	}
	return r == 0 ? wire_flush(&s->role->core, e) : -1;
}

/* What came in a turn of the loop goes in one call.  Whoever takes the last of it ends the role. */
static void tell(void *ctx)
{
	struct sender *s = ctx;
	struct err e = { 0 };

	if (tell_all(s, &e) < 0) {
		role_fail(s->role, &e);
		return;
	}
	role_core_update(s->role);
	stop_when_done(s);
}

static void on_news(void *ctx)
{
	struct sender *s = ctx;

	loop_timer_sooner(s->role->loop, &s->news, 0);
}

static void on_tick(void *ctx)
{
	struct sender *s = ctx;
	int64_t next_ms = pool_tick(s->pool);

	if (next_ms >= 0)
		loop_timer_start(s->role->loop, &s->tick, next_ms ? next_ms : 1);
	on_news(s);
}

/* --- jobs, from core --- */

/* An address with a NUL inside would be cut: refused like any other bad one. */
static char *dup_address(struct span s)
{
	return s.n && memchr(s.p, '\0', s.n) ? mem_strdup("\n") : mem_dup_span(s);
}

static int on_written(struct sender *s, struct wire_in *in, struct err *e)
{
	int64_t row;

	if (talk_written_get(in, &row, e) < 0)
		return -1;
	pool_written(s->pool, row);
	on_news(s);
	return 0;
}

/* What stands in the area does so until its result is told. */
static int lend_message(struct sender *s, const struct talk_send *t, struct memory *ret_message,
			struct err *e)
{
	struct span bytes;

	if (area_get(&s->area, t->slot, t->size, &bytes, e) < 0)
		return -1;
	memory_lent(ret_message, bytes);
	return 0;
}

static int take_message(struct sender *s, const struct talk_send *t, struct memory *ret_message,
			struct err *e)
{
	if (t->slot)
		return lend_message(s, t, ret_message, e);
	if (t->fd < 0) {
		memory_copy(ret_message, t->here);
		return 0;
	}
	if (memory_map(ret_message, t->fd, SIZE_MAX, e) == 0) /* smtp.h bounds it */
		return 0;
	close(t->fd);
	return -1;
}

static int on_send(struct sender *s, struct wire_in *in, struct err *e)
{
	struct memory message;
	struct talk_send t;
	struct job *j;

	if (talk_send_get(in, &t, e) < 0)
		return -1;
	if (take_message(s, &t, &message, e) < 0)
		return -1;
	j = mem_alloc(sizeof(*j));
	j->message = message;
	j->row = t.row;
	j->results = t.results;
	j->from = dup_address(t.sender);
	j->to = dup_address(t.recipient);
	j->domain = mem_dup_span(t.domain);
	j->mail.case_number = t.case_number;
	if (!pool_give(s->pool, j)) {
		job_free(&j);
		return err_set(e, ERR_PERM, "more rows than %d", LANES_MAILS_MAX);
	}
	loop_timer_sooner(s->role->loop, &s->tick, LANES_GROW_MS);
	on_news(s);
	return 0;
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct sender *s = ctx;

	switch (in->type) {
	case MSG_WRITTEN: return on_written(s, in, e);
	case MSG_SEND_AREA: return talk_send_area_get(in, &s->area, e);
	default: return on_send(s, in, e);
	}
}

/* --- access tokens, from the parent --- */

static void put_access(void *ctx, const struct grant_talk_access *a)
{
	struct sender *s = ctx;

	access_put(&s->access, a->token, a->serial);
	pool_hurry(s->pool);
	on_news(s);
}

static int on_parent(void *ctx, struct wire_in *in, struct err *e)
{
	return role_access_get(in, MSG_SENDER_ACCESS, put_access, ctx, e);
}

/* --- the end --- */

static void on_drained(void *ctx)
{
	struct sender *s = ctx;

	log_event(LOG_NOTICE, "sender.breaks-off",
		  log_text("reason", "it ends, and what it had begun has not come to its end"));
	role_stop(s->role, EX_OK);
}

/* What is under way may still come to its end. */
static void end(void *ctx, enum role_why why)
{
	struct sender *s = ctx;

	(void)why;
	if (pool_is_draining(s->pool))
		return;
	pool_drain(s->pool);
	stop_when_done(s);
	s->drain.fn = on_drained;
	s->drain.ctx = s;
	loop_timer_start(s->role->loop, &s->drain, DRAIN_MS);
}

/* Core ended before it said that these are in the store: the next sender says it (taken.h). */
static void log_not_written(int64_t row)
{
	log_event(LOG_NOTICE, "outbox.not-written", log_int("row", row),
		  log_text("reason", "sent, not written down; it is told again"));
}

/* What was broken off has results, too: core keeps them as long as this process is there.  False:
 * core is not. */
static bool tell_rest(struct sender *s)
{
	struct err e;

	return s->role->core.fd >= 0 && !s->role->core_gone && tell_all(s, &e) == 0 &&
	       wire_flush_all(&s->role->core, LAST_WORDS_MS, &e) == 0;
}

static void sender_release(struct sender *s)
{
	pool_free(&s->pool);
	taken_release(&s->taken);
	area_release(&s->area);
	access_release(&s->access);
	arena_release(&s->settings);
	role_release(s->role);
	connect_global_cleanup();
}

/* --- life --- */

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct sender *s = ctx;
	struct connect_options *c = &s->options.connect;
	struct setup_sender *setup = &s->setup;

	if (setup_sender_get(in, &s->settings, setup, e) < 0)
		return -1;
	s->options.final_timeout_s = setup->final_timeout_s;
	c->helo = setup->helo;
	c->server = &setup->server;
	c->secret = setup->secret;
	s->options.access = setup->server.oauth ? &s->access : NULL;
	return 0;
}

static int open_net(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	struct sender *s = ctx;

	(void)limits;
	s->pool = pool_new(&s->options, s->setup.lanes, s->role->loop, on_news, s, e);
	if (!s->pool || taken_map(&s->taken, s->setup.taken, e) < 0)
		return -1;
	close(s->setup.taken);
	pool_know_taken(s->pool, &s->taken);
	return connect_global_init(e);
}

static int seal(void *ctx, struct err *e)
{
	const struct sender *s = ctx;
	const char *file = s->options.connect.server->ca_file;

	return sandbox_net(&file, file ? 1 : 0, e);
}

static int start(void *ctx, struct err *e)
{
	struct sender *s = ctx;

	if (pool_start(s->pool, e) < 0)
		return -1;
	s->tick = (struct loop_timer){ .fn = on_tick, .ctx = s };
	s->news = (struct loop_timer){ .fn = tell, .ctx = s };
	s->role->core.gathers = true;
	return 0;
}

int sender_main(struct role *r)
{
	struct sender s = { .role = r };
	struct role_part part = { .setup = take_setup,
				  .open = open_net,
				  .seal = seal,
				  .start = start,
				  .from_parent = on_parent,
				  .from_core = on_frame,
				  .end = end,
				  .ctx = &s };
	bool joined = true;
	int status;

	access_init(&s.access);
	arena_init(&s.settings);
	status = role_run(r, &part);
	if (s.pool) {
		joined = pool_join(s.pool);
		if (!tell_rest(&s))
			pool_not_written(s.pool, log_not_written);
	}
	if (!joined)
		_exit(status);
	sender_release(&s);
	return status;
}
