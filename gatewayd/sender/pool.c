#include "gatewayd/sender/pool.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/backoff.h"

enum {
	JOIN_MS = 1500,
	REST_MS = 5000,	    /* between looks at an idle connection */
	ACCESS_MS = 20000,  /* for an access token, until a mail has to wait */
	SERVER_LOOK_MS = 50 /* whether the server may be tried again */
};

static const struct backoff server_wait = { .min = 1000, .max = 60 * 1000 };

struct thread {
	struct pool *pool;
	pthread_t id;
	pthread_cond_t wake;
	bool idle;
	struct job *job;
	int64_t row; /* whose result core has not written down; 0: none */
	bool sent;   /* it is out */
};

struct pool {
	struct smtp_lane_options options;
	struct handoff done;
	atomic_bool draining; /* begin nothing more */
	atomic_bool stop;     /* break off what is under way */
	size_t count, started, ended;
	pthread_mutex_t lock; /* of what is below, and of the threads */
	struct lanes lanes;
	unsigned server_failures;
	int64_t not_before_ms;
	struct thread threads[POOL_THREADS_MAX];
};

void job_free(struct job **j)
{
	memory_release(&(*j)->message);
	mem_free(&(*j)->from);
	mem_free(&(*j)->to);
	mem_free(&(*j)->domain);
	mem_free(j);
}

static struct job *job_of(struct lanes_mail *m)
{
	return (struct job *)(void *)((char *)m - offsetof(struct job, mail));
}

static void give_word(struct pool *p, struct job *j, enum pool_word word)
{
	j->word = word;
	handoff_give(&p->done, &j->link);
}

static void say(struct pool *p, enum pool_word word, int64_t refused)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .refused = refused };
	give_word(p, j, word);
}

/* --- which thread does what; locked --- */

static struct thread *idle_thread(struct pool *p)
{
	for (size_t k = 0; k < p->count; k++)
		if (p->threads[k].idle)
			return &p->threads[k];
	return NULL;
}

/* The first threads have most of the work, so that the others' connections may be closed. */
static void dispatch(struct pool *p, int64_t now_ms)
{
	struct lanes_mail *m;
	struct thread *t;

	if (atomic_load(&p->draining) || now_ms < p->not_before_ms)
		return;
	while ((t = idle_thread(p)) != NULL && (m = lanes_begin(&p->lanes, now_ms)) != NULL) {
		t->job = job_of(m);
		t->idle = false;
		pthread_cond_signal(&t->wake);
	}
	while ((m = lanes_back(&p->lanes)) != NULL)
		give_word(p, job_of(m), POOL_BACK);
}

static void note_server(struct pool *p, const struct smtp_result *r, int64_t now_ms)
{
	bool bad = r->class == SMTP_RETRY && r->scope == SMTP_SCOPE_SERVER;
	uint32_t random;

	if (!bad) {
		p->server_failures = 0;
	} else if (now_ms >= p->not_before_ms) { /* threads that fail together count once */
		crypto_random(&random, sizeof(random));
		p->not_before_ms =
		    now_ms + backoff_delay(&server_wait, ++p->server_failures, random);
	}
}

/* A mail that was given up before its end has no part in what is still to be written down. */
static void note_result(struct thread *t, const struct job *j)
{
	if (t->row)
		return;
	t->row = j->row;
	t->sent = j->result.class == SMTP_SENT || j->result.class == SMTP_UNKNOWN;
}

/* --- a thread --- */

static void begins(void *ctx)
{
	struct thread *t = ctx;

	pthread_mutex_lock(&t->pool->lock);
	lanes_asked(&t->job->mail, clock_wait_ms());
	pthread_mutex_unlock(&t->pool->lock);
}

/* Nor may it when nobody would wait for the reply: the mail would go out once more. */
static bool await_written(void *ctx)
{
	struct thread *t = ctx;
	struct pool *p = t->pool;
	bool may;

	pthread_mutex_lock(&p->lock);
	lanes_held(&t->job->mail, clock_wait_ms());
	while (t->row && !atomic_load(&p->stop))
		pthread_cond_wait(&t->wake, &p->lock);
	lanes_asked(&t->job->mail, clock_wait_ms());
	may = !t->row && !atomic_load(&p->stop);
	pthread_mutex_unlock(&p->lock);
	return may;
}

/* Once more with a fresh access token, if one comes. */
static void send_mail(struct pool *p, struct smtp_lane *lane, struct job *j)
{
	struct access_box *access = p->options.access;

	if (access)
		access_wait(access, 0, ACCESS_MS, &p->draining);
	smtp_lane_send(lane, j->from, j->to, j->message.bytes, &j->result);
	if (!j->result.refused)
		return;
	say(p, POOL_REFUSED, j->result.refused);
	if (access_wait(access, j->result.refused, ACCESS_MS, &p->draining))
		smtp_lane_send(lane, j->from, j->to, j->message.bytes, &j->result);
}

static void finish(struct thread *t)
{
	struct pool *p = t->pool;
	struct job *j = t->job;
	bool told = j->result.phase >= SMTP_MAIL && j->result.scope != SMTP_SCOPE_SERVER;
	int64_t now_ms;

	pthread_mutex_lock(&p->lock);
	now_ms = clock_wait_ms();
	lanes_end(&p->lanes, &j->mail, told, now_ms);
	note_server(p, &j->result, now_ms);
	note_result(t, j);
	t->job = NULL;
	t->idle = true;
	give_word(p, j, POOL_RESULT);
	dispatch(p, now_ms);
	pthread_mutex_unlock(&p->lock);
}

/* False: nothing came for a while, or never will. */
static bool await_job(struct thread *t)
{
	struct pool *p = t->pool;
	struct timespec until = clock_wait_end(REST_MS);
	bool found;
	int r = 0;

	pthread_mutex_lock(&p->lock);
	while (!t->job && !atomic_load(&p->draining) && r == 0)
		r = pthread_cond_clockwait(&t->wake, &p->lock, CLOCK_MONOTONIC, &until);
	found = t->job != NULL;
	pthread_mutex_unlock(&p->lock);
	return found;
}

static void *run(void *ctx)
{
	struct thread *t = ctx;
	struct pool *p = t->pool;
	struct smtp_lane_options o = p->options;
	struct smtp_lane *lane;

	o.begins = begins;
	o.may_end = await_written;
	o.ctx = t;
	lane = smtp_lane_new(&o);
	for (;;) {
		if (await_job(t)) {
			send_mail(p, lane, t->job);
			finish(t);
		} else if (atomic_load(&p->draining)) {
			break;
		} else {
			smtp_lane_rest(lane, clock_wait_ms());
		}
	}
	smtp_lane_free(&lane);
	say(p, POOL_ENDED, 0);
	return NULL;
}

/* --- from the main thread --- */

struct pool *pool_new(const struct smtp_lane_options *o, size_t threads, struct err *e)
{
	struct pool *p = mem_alloc(sizeof(*p));

	p->options = *o;
	p->options.connect.stop = &p->stop;
	p->count = threads < POOL_THREADS_MAX ? threads : POOL_THREADS_MAX;
	pthread_mutex_init(&p->lock, NULL);
	lanes_init(&p->lanes, p->count);
	for (size_t k = 0; k < p->count; k++) {
		p->threads[k] = (struct thread){ .pool = p, .idle = true };
		pthread_cond_init(&p->threads[k].wake, NULL);
	}
	if (handoff_init(&p->done, e) == 0)
		return p;
	p->done.fd = -1;
	pool_free(&p);
	return NULL;
}

static void drop_all(struct pool *p)
{
	struct lanes_mail *m;
	struct job *j;

	while ((m = lanes_drop(&p->lanes)) != NULL) {
		j = job_of(m);
		job_free(&j);
	}
	while (p->done.fd >= 0 && (j = pool_take(p)) != NULL)
		job_free(&j);
}

void pool_free(struct pool **p)
{
	if (!*p)
		return;
	drop_all(*p);
	if ((*p)->done.fd >= 0)
		handoff_release(&(*p)->done);
	for (size_t k = 0; k < (*p)->count; k++)
		pthread_cond_destroy(&(*p)->threads[k].wake);
	lanes_release(&(*p)->lanes);
	pthread_mutex_destroy(&(*p)->lock);
	mem_free(p);
}

int pool_start(struct pool *p, struct err *e)
{
	for (; p->started < p->count; p->started++) {
		struct thread *t = &p->threads[p->started];
		int r = pthread_create(&t->id, NULL, run, t);

		if (r != 0)
			return err_set(e, ERR_TEMP, "cannot start a thread: %s", strerror(r));
	}
	return 0;
}

int pool_fd(const struct pool *p)
{
	return p->done.fd;
}

struct job *pool_take(struct pool *p)
{
	struct job *j = (struct job *)handoff_take(&p->done);

	if (j && j->word == POOL_ENDED)
		p->ended++;
	return j;
}

bool pool_give(struct pool *p, struct job *j)
{
	int64_t now_ms;
	bool taken;

	j->mail.row = j->row;
	j->mail.recipient = span_of(j->to);
	j->mail.domain = span_of(j->domain);
	pthread_mutex_lock(&p->lock);
	now_ms = clock_wait_ms();
	taken = lanes_add(&p->lanes, &j->mail, now_ms);
	dispatch(p, now_ms);
	pthread_mutex_unlock(&p->lock);
	return taken;
}

void pool_written(struct pool *p, int64_t row)
{
	pthread_mutex_lock(&p->lock);
	lanes_written(&p->lanes, row);
	for (size_t k = 0; k < p->count; k++)
		if (p->threads[k].row == row) {
			p->threads[k].row = 0;
			pthread_cond_signal(&p->threads[k].wake);
		}
	pthread_mutex_unlock(&p->lock);
}

void pool_hurry(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->not_before_ms = 0;
	dispatch(p, clock_wait_ms());
	pthread_mutex_unlock(&p->lock);
}

/* One time for all three: none finds that the server is waited for where another does not. */
int64_t pool_tick(struct pool *p)
{
	int64_t now_ms, next_ms;

	pthread_mutex_lock(&p->lock);
	now_ms = clock_wait_ms();
	dispatch(p, now_ms);
	next_ms = lanes_look(&p->lanes, now_ms);
	if (p->lanes.waiting && now_ms < p->not_before_ms)
		next_ms = SERVER_LOOK_MS;
	if (atomic_load(&p->draining))
		next_ms = -1;
	pthread_mutex_unlock(&p->lock);
	return next_ms;
}

bool pool_news(struct pool *p, struct buf *names, struct pool_seen *ret_seen)
{
	struct pool_seen s = { .most = p->count };
	bool changed;

	pthread_mutex_lock(&p->lock);
	changed = p->lanes.changed;
	if (changed) {
		s.open = p->lanes.open;
		s.ms = (int64_t)p->lanes.ms;
		s.slow_count = lanes_view(&p->lanes, s.slow);
		s.slow_room = lanes_slow_room(&p->lanes);
		for (size_t i = 0; i < s.slow_count; i++)
			buf_add(names, s.slow[i].name);
	}
	pthread_mutex_unlock(&p->lock);
	if (!changed)
		return false;
	for (size_t i = 0, at = 0; i < s.slow_count; at += s.slow[i++].name.n)
		s.slow[i].name.p = names->p + at;
	*ret_seen = s;
	return true;
}

/* --- the end --- */

static void wake_all(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	for (size_t k = 0; k < p->count; k++)
		pthread_cond_signal(&p->threads[k].wake);
	pthread_mutex_unlock(&p->lock);
}

void pool_drain(struct pool *p)
{
	atomic_store(&p->draining, true);
	wake_all(p);
}

bool pool_is_draining(const struct pool *p)
{
	return atomic_load(&p->draining);
}

bool pool_is_done(struct pool *p)
{
	bool all = p->ended == p->started;

	pthread_mutex_lock(&p->lock);
	for (size_t k = 0; k < p->count; k++)
		all = all && !p->threads[k].row;
	pthread_mutex_unlock(&p->lock);
	return all;
}

bool pool_join(struct pool *p)
{
	struct timespec until;
	bool all = true;

	atomic_store(&p->stop, true);
	pool_drain(p);
	until = clock_wait_end(JOIN_MS);
	for (size_t k = 0; k < p->started; k++)
		all = pthread_clockjoin_np(p->threads[k].id, NULL, CLOCK_MONOTONIC, &until) == 0 &&
		      all;
	return all;
}

void pool_not_written(struct pool *p, void (*fn)(int64_t row))
{
	pthread_mutex_lock(&p->lock);
	for (size_t k = 0; k < p->started; k++)
		if (p->threads[k].row && p->threads[k].sent)
			fn(p->threads[k].row);
	pthread_mutex_unlock(&p->lock);
}
