/*
 * The role that sends: rows of the outbox, one message to one recipient each (talk.h).
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/handoff.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/backoff.h"
#include "gatewayd/net/smtp.h"
#include "gatewayd/wire/role_access.h"
#include "gatewayd/wire/setup_sender.h"
#include "gatewayd/wire/talk.h"

enum {
	LANES_MAX = 64,
	DRAIN_MS = 4000, /* for transfers under way at the end */
	JOIN_MS = 1500,
	REST_MS = 5000,	   /* between looks at an idle connection */
	ACCESS_MS = 20000, /* for an access token, until a mail has to wait */
};

/* After a failure that was not the mail's, all lanes wait. */
static const struct backoff server_wait = { .min = 1000, .max = 60 * 1000 };

/* A message to send, then the result of sending it; or the word that a lane has ended. */
struct job {
	struct handoff_item link;
	int64_t row;
	char *from, *to;
	int fd;
	bool lane_ended;
	int64_t refused; /* nothing else: the server refused the access token with that serial */
	struct smtp_result result;
};

/* A thread with a connection.  It sends the next mail up to its end while core writes down how the
 * one before ended, and the end after that: if core dies, one mail is sent and not written down. */
struct lane {
	struct sender *sender;
	pthread_t thread;
	int64_t row; /* whose result core has not written down; 0: none */
	bool sent;   /* it is out */
};

struct sender {
	struct role *role;
	struct arena settings;
	struct setup_sender setup;
	struct smtp_lane_options options;
	struct access_box access;
	size_t lane_count;
	struct lane lanes[LANES_MAX];
	size_t lanes_started, lanes_ended;
	struct handoff jobs, done;
	atomic_bool draining; /* take no more jobs */
	atomic_bool stop;     /* break off what is under way */
	pthread_mutex_t lock; /* of what is below, and the rows of the lanes */
	pthread_cond_t written;
	unsigned server_failures;
	int64_t not_before_ms;
	struct loop_timer drain;
};

static void job_free(struct job **j)
{
	if ((*j)->fd >= 0)
		close((*j)->fd);
	mem_free(&(*j)->from);
	mem_free(&(*j)->to);
	mem_free(j);
}

/* --- lanes: a thread each --- */

static int64_t server_wait_left(struct sender *s)
{
	int64_t left;

	pthread_mutex_lock(&s->lock);
	left = s->not_before_ms - clock_wait_ms();
	pthread_mutex_unlock(&s->lock);
	return left;
}

static void note_server(struct sender *s, const struct smtp_result *r)
{
	bool bad = r->class == SMTP_RETRY && r->scope == SMTP_SCOPE_SERVER;
	int64_t now = clock_wait_ms();
	uint32_t random;

	crypto_random(&random, sizeof(random));
	pthread_mutex_lock(&s->lock);
	if (!bad)
		s->server_failures = 0;
	else if (now >= s->not_before_ms) /* lanes that fail together count once */
		s->not_before_ms = now + backoff_delay(&server_wait, ++s->server_failures, random);
	pthread_mutex_unlock(&s->lock);
}

/* The next job, when the server may be tried; NULL: look again. */
static struct job *next_job(struct sender *s)
{
	int64_t left = server_wait_left(s);
	struct job *j;

	if (left > 0) {
		struct timespec nap = { 0, (left < 200 ? left : 200) * 1000000 };

		nanosleep(&nap, NULL);
		return NULL;
	}
	handoff_wait(&s->jobs, REST_MS);
	j = atomic_load(&s->draining) ? NULL : (struct job *)handoff_take(&s->jobs);
	if (j && !j->to) /* put there by wake_lanes() after the look at draining */
		job_free(&j);
	return j;
}

/* The main thread tells the parent. */
static void give_refused(struct sender *s, int64_t serial)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .refused = serial, .fd = -1 };
	handoff_give(&s->done, &j->link);
}

/* Once more with a fresh access token, if one comes. */
static void send_mail(struct sender *s, struct smtp_lane *lane, struct job *j)
{
	if (s->options.access)
		access_wait(&s->access, 0, ACCESS_MS, &s->draining);
	smtp_lane_send(lane, j->from, j->to, j->fd, &j->result);
	if (!j->result.refused)
		return;
	give_refused(s, j->result.refused);
	if (access_wait(&s->access, j->result.refused, ACCESS_MS, &s->draining))
		smtp_lane_send(lane, j->from, j->to, j->fd, &j->result);
}

static bool await_written(void *ctx)
{
	struct lane *l = ctx;
	struct sender *s = l->sender;
	bool written;

	pthread_mutex_lock(&s->lock);
	while (l->row && !atomic_load(&s->stop))
		pthread_cond_wait(&s->written, &s->lock);
	written = !l->row;
	pthread_mutex_unlock(&s->lock);
	return written;
}

/* A mail that was given up before its end has no part in what is still to be written down. */
static void note_result(struct lane *l, const struct job *j)
{
	pthread_mutex_lock(&l->sender->lock);
	if (!l->row) {
		l->row = j->row;
		l->sent = j->result.class == SMTP_SENT || j->result.class == SMTP_UNKNOWN;
	}
	pthread_mutex_unlock(&l->sender->lock);
}

static void *lane_run(void *ctx)
{
	struct lane *l = ctx;
	struct sender *s = l->sender;
	struct smtp_lane_options o = s->options;
	struct smtp_lane *lane;
	struct job *last = mem_alloc(sizeof(*last));

	o.may_end = await_written;
	o.ctx = l;
	lane = smtp_lane_new(&o);

	while (!atomic_load(&s->draining)) {
		struct job *j = next_job(s);

		if (!j) {
			smtp_lane_rest(lane, clock_wait_ms());
			continue;
		}
		send_mail(s, lane, j);
		note_server(s, &j->result);
		note_result(l, j);
		handoff_give(&s->done, &j->link);
	}
	smtp_lane_free(&lane);
	*last = (struct job){ .lane_ended = true, .fd = -1 };
	handoff_give(&s->done, &last->link);
	return NULL;
}

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
	struct talk_sent sent = { j->row, outcomes[r->class], r->code, span_of(r->text),
				  r->class == SMTP_RETRY && r->scope == SMTP_SCOPE_SERVER };

	return talk_sent_put(&s->role->core, &sent, e);
}

static int take_done(struct sender *s, const struct job *j, struct err *e)
{
	if (j->refused)
		return role_access_refused(s->role, MSG_SENDER_REFUSED, s->setup.server.oauth,
					   j->refused, e);
	if (!j->lane_ended)
		return send_result(s, j, e);
	s->lanes_ended++;
	return 0;
}

static bool all_written(struct sender *s)
{
	bool all = true;

	pthread_mutex_lock(&s->lock);
	for (size_t k = 0; k < s->lane_count; k++)
		all = all && !s->lanes[k].row;
	pthread_mutex_unlock(&s->lock);
	return all;
}

static void stop_when_done(struct sender *s)
{
	if (s->lanes_ended == s->lanes_started && all_written(s))
		role_stop(s->role, EX_OK);
}

static void on_done(void *ctx, int fd, unsigned int events)
{
	struct sender *s = ctx;
	struct job *j;
	struct err e = { 0 };
	int r = 0;

	(void)fd, (void)events;
	while (r == 0 && (j = (struct job *)handoff_take(&s->done)) != NULL) {
		r = take_done(s, j, &e);
		job_free(&j);
	}
	if (r < 0) {
		role_fail(s->role, &e);
		return;
	}
	stop_when_done(s);
	role_core_update(s->role);
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
	pthread_mutex_lock(&s->lock);
	for (size_t k = 0; k < s->lane_count; k++)
		if (s->lanes[k].row == row)
			s->lanes[k].row = 0;
	pthread_cond_broadcast(&s->written);
	pthread_mutex_unlock(&s->lock);
	stop_when_done(s);
	return 0;
}

static int on_send(struct sender *s, struct wire_in *in, struct err *e)
{
	struct talk_send t;
	struct job *j;

	if (talk_send_get(in, &t, e) < 0)
		return -1;
	j = mem_alloc(sizeof(*j));
	j->row = t.row;
	j->from = dup_address(t.sender);
	j->to = dup_address(t.recipient);
	j->fd = t.fd;
	handoff_give(&s->jobs, &j->link);
	return 0;
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	return in->type == MSG_WRITTEN ? on_written(ctx, in, e) : on_send(ctx, in, e);
}

/* --- access tokens, from the parent --- */

/* What failed for want of one need not wait any longer. */
static void put_access(void *ctx, const struct grant_talk_access *a)
{
	struct sender *s = ctx;

	access_put(&s->access, a->token, a->serial);
	pthread_mutex_lock(&s->lock);
	s->not_before_ms = 0;
	pthread_mutex_unlock(&s->lock);
}

static int on_parent(void *ctx, struct wire_in *in, struct err *e)
{
	return role_access_get(in, MSG_SENDER_ACCESS, put_access, ctx, e);
}

/* --- the end --- */

static void wake_lanes(struct sender *s)
{
	for (size_t k = 0; k < s->lane_count; k++) {
		struct job *wake = mem_alloc(sizeof(*wake));

		wake->fd = -1;
		handoff_give(&s->jobs, &wake->link);
	}
}

static void on_drained(void *ctx)
{
	struct sender *s = ctx;

	role_stop(s->role, EX_OK);
}

/* What is under way may still come to its end. */
static void end(void *ctx, enum role_why why)
{
	struct sender *s = ctx;

	(void)why;
	if (atomic_exchange(&s->draining, true))
		return;
	wake_lanes(s);
	s->drain.fn = on_drained;
	s->drain.ctx = s;
	loop_timer_start(s->role->loop, &s->drain, DRAIN_MS);
}

static bool join_lanes(struct sender *s)
{
	struct timespec until;
	bool all = true;

	atomic_store(&s->draining, true);
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->stop, true);
	pthread_cond_broadcast(&s->written);
	pthread_mutex_unlock(&s->lock);
	wake_lanes(s);
	until = clock_wait_end(JOIN_MS);
	for (size_t k = 0; k < s->lanes_started; k++)
		all =
		    pthread_clockjoin_np(s->lanes[k].thread, NULL, CLOCK_MONOTONIC, &until) == 0 &&
		    all;
	return all;
}

/* Core ended before it said that these are in the store: they go out once more. */
static void log_not_written(struct sender *s)
{
	pthread_mutex_lock(&s->lock);
	for (size_t k = 0; k < s->lanes_started; k++)
		if (s->lanes[k].row && s->lanes[k].sent)
			log_event(LOG_WARNING, "outbox.not-written",
				  log_int("row", s->lanes[k].row),
				  log_text("reason", "sent, not written down"));
	pthread_mutex_unlock(&s->lock);
}

static void drop_all(struct handoff *h)
{
	struct job *j;

	while ((j = (struct job *)handoff_take(h)) != NULL)
		job_free(&j);
	handoff_release(h);
}

static void sender_release(struct sender *s)
{
	drop_all(&s->jobs);
	drop_all(&s->done);
	access_release(&s->access);
	arena_release(&s->settings);
	role_release(s->role);
	pthread_cond_destroy(&s->written);
	pthread_mutex_destroy(&s->lock);
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
	s->lane_count = setup->lanes < LANES_MAX ? setup->lanes : LANES_MAX;
	s->options.final_timeout_s = setup->final_timeout_s;
	c->helo = setup->helo;
	c->server = &setup->server;
	c->secret = setup->secret;
	s->options.access = setup->server.oauth ? &s->access : NULL;
	c->stop = &s->stop;
	return 0;
}

static int open_net(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	struct sender *s = ctx;

	(void)limits;
	if (handoff_init(&s->jobs, e) < 0 || handoff_init(&s->done, e) < 0)
		return -1;
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

	for (; s->lanes_started < s->lane_count; s->lanes_started++) {
		struct lane *l = &s->lanes[s->lanes_started];
		int r = pthread_create(&l->thread, NULL, lane_run, l);

		if (r != 0)
			return err_set(e, ERR_TEMP, "cannot start a thread: %s", strerror(r));
	}
	loop_watch(s->role->loop, s->done.fd, LOOP_READ, on_done, s);
	return 0;
}

int sender_main(struct role *r)
{
	struct sender s = { .role = r, .jobs.fd = -1, .done.fd = -1 };
	struct role_part part = { .setup = take_setup,
				  .open = open_net,
				  .seal = seal,
				  .start = start,
				  .from_parent = on_parent,
				  .from_core = on_frame,
				  .end = end,
				  .ctx = &s };
	bool joined;
	int status;

	pthread_mutex_init(&s.lock, NULL);
	access_init(&s.access);
	pthread_cond_init(&s.written, NULL);
	for (size_t k = 0; k < LANES_MAX; k++)
		s.lanes[k].sender = &s;
	arena_init(&s.settings);
	status = role_run(r, &part);
	joined = join_lanes(&s);
	log_not_written(&s);
	if (!joined)
		_exit(status);
	sender_release(&s);
	return status;
}
