#include "gatewayd/core/parse_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/core/parse_task.h"

enum {
	CHILDREN_MAX = 64,
	PER_CHILD = 4,	    /* mails waiting at one child, so that it never waits for us */
	UNDER_WAY_MAX = 16, /* mails decided together */
	UNDER_WAY_BYTES = 96 * MIB,
	CRASHES_MAX = 3, /* attempts over the limit, for mails that were under way when core died */
	RETRY_MS = 5000, /* after the store failed */
};

struct child {
	struct peer *peer; /* NULL: free slot */
	int64_t since_ms;  /* the oldest task at it is being parsed since then */
	size_t tasks;
	bool broken; /* died, and we have not heard of its end yet */
};

struct parse_pool {
	struct bench *bench;
	struct timer *timer;
	struct child children[CHILDREN_MAX];
	struct parse_tasks tasks; /* under way */
	bool more;		  /* the store may have more */
	bool uncertain;		  /* the store failed: what is under way may be done already */
	int64_t highest;	  /* mail under way; those above are still to come */
	struct loop_timer hang, retry;
};

static void check_hangs(void *ctx);

static void retry(void *ctx)
{
	parse_pool_wake(ctx);
}

struct parse_pool *parse_pool_new(struct bench *b, struct timer *timer)
{
	struct parse_pool *p = mem_alloc(sizeof(*p));

	p->bench = b;
	p->timer = timer;
	parse_tasks_init(&p->tasks);
	p->more = true;
	p->hang = (struct loop_timer){ .fn = check_hangs, .ctx = p };
	p->retry = (struct loop_timer){ .fn = retry, .ctx = p };
	return p;
}

void parse_pool_free(struct parse_pool **p)
{
	if (!*p)
		return;
	parse_tasks_release(&(*p)->tasks);
	loop_timer_stop((*p)->bench->loop, &(*p)->hang);
	loop_timer_stop((*p)->bench->loop, &(*p)->retry);
	free(*p);
	*p = NULL;
}

size_t parse_pool_busy(const struct parse_pool *p)
{
	return p->tasks.n;
}

void parse_pool_wake(struct parse_pool *p)
{
	p->more = true;
	bench_later(p->bench);
}

static int64_t now_ms(const struct parse_pool *p)
{
	return bench_now_ms(p->bench);
}

static struct child *child_of(struct parse_pool *p, const struct peer *peer)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (p->children[i].peer == peer)
			return &p->children[i];
	return NULL;
}

void parse_pool_peer_new(struct parse_pool *p, struct peer *peer)
{
	struct child *slot = child_of(p, NULL);

	if (slot)
		*slot = (struct child){ .peer = peer };
	bench_later(p->bench);
}

/* The oldest mail at the child killed it; those behind it did nothing and go to another. */
void parse_pool_peer_gone(struct parse_pool *p, struct peer *peer)
{
	struct child *c = child_of(p, peer);
	bool culprit = true;

	if (!c)
		return;
	for (struct parse_task *t = p->tasks.first; t; t = t->next) {
		if (t->state != TASK_AT_CHILD || t->child != peer)
			continue;
		if (culprit)
			log_event(LOG_WARNING, "parse.died", log_int("mail", t->job.mail.id),
				  log_int("attempts", t->job.mail.attempts));
		t->state = TASK_WAITING;
		t->strikes += culprit;
		t->again = culprit;
		culprit = false;
	}
	*c = (struct child){ 0 };
	bench_later(p->bench);
}

static void check_hangs(void *ctx)
{
	struct parse_pool *p = ctx;
	int64_t longest = (int64_t)p->bench->conf->limits.parse_seconds * 1000;
	bool busy = false;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &p->children[i];

		if (!c->peer || c->tasks == 0)
			continue;
		busy = true;
		if (now_ms(p) - c->since_ms > longest) {
			log_event(LOG_WARNING, "parse.hangs", log_uint("child", c->peer->instance));
			c->since_ms = now_ms(p);
			peer_replace(c->peer);
		}
	}
	if (busy)
		loop_timer_start(p->bench->loop, &p->hang, 500);
}

/* --- handing out --- */

static int hand_out(struct parse_pool *p, struct parse_task *t, struct child *c, struct err *e)
{
	struct parse_talk_order o = { .mail = t->job.mail.id, .size = (int64_t)t->job.raw.n };
	int result;

	if (memfd_of(t->job.raw, &o.raw_fd, e) < 0)
		return -1;
	t->out_fd = memfd_create("facts", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (t->out_fd < 0) {
		close(o.raw_fd);
		return err_set(e, ERR_TEMP, "memfd: %s", strerror(errno));
	}
	o.out_fd = t->out_fd;
	result = parse_talk_order_put(&c->peer->wire, &o, e);
	close(o.raw_fd);
	if (result < 0) { /* the mail has nothing to do with it: it waits for the next child */
		c->broken = true;
		return 0;
	}
	t->state = TASK_AT_CHILD;
	t->child = c->peer;
	if (c->tasks++ == 0)
		c->since_ms = now_ms(p);
	peer_update(c->peer);
	if (!p->hang.armed)
		loop_timer_start(p->bench->loop, &p->hang, 500);
	return 0;
}

static struct child *idlest(struct parse_pool *p)
{
	struct child *best = NULL;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &p->children[i];

		if (c->peer && !c->broken && c->tasks < PER_CHILD &&
		    (!best || c->tasks < best->tasks))
			best = c;
	}
	return best;
}

/* Takes a mail that must not be parsed again out of the way. */
static int give_up(struct parse_pool *p, const struct store_mail *mail, struct err *e)
{
	struct desk d = bench_desk(p->bench);

	log_event(LOG_ERROR, "mail.quarantined", log_int("mail", mail->id),
		  log_text("reason", "parser gave up"));
	return mail_job_quarantine(&d, mail, "the parser died or hung on it", e);
}

static int fetch_one(struct parse_pool *p, struct store_mail *mail, struct err *e)
{
	struct bench *b = p->bench;
	struct parse_task *t;

	if (mail->attempts >= b->conf->limits.parse_attempts + CRASHES_MAX)
		return give_up(p, mail, e);
	if (store_mail_attempt(b->store, mail->id, &mail->attempts, e) < 0)
		return -1;
	t = parse_tasks_add(&p->tasks, mail);
	if (store_mail_raw(b->store, mail->id, &t->raw, e) < 0) {
		buf_clear(&t->raw); /* it was not counted */
		return -1;
	}
	t->job.raw = buf_span(&t->raw);
	p->tasks.bytes += t->raw.n;
	return 0;
}

/* Kept mails become tasks, their attempts counted. */
static int fetch(struct parse_pool *p, struct err *e)
{
	struct bench *b = p->bench;
	struct store_mail *v;
	size_t n;

	if (p->tasks.n == 0)
		p->highest = 0; /* what was put back has a lower number */
	if (store_mail_pending(b->store, p->highest, UNDER_WAY_MAX, &b->arena, &v, &n, e) < 0)
		return -1;
	p->more = n == UNDER_WAY_MAX;
	for (size_t i = 0; i < n; i++) {
		if (p->tasks.n >= UNDER_WAY_MAX || p->tasks.bytes > UNDER_WAY_BYTES) {
			p->more = true;
			break;
		}
		if (fetch_one(p, &v[i], e) < 0)
			return -1;
		p->highest = v[i].id;
	}
	return 0;
}

/* --- what came back --- */

int parse_pool_answer(struct parse_pool *p, struct peer *peer,
		      const struct parse_talk_answer *answer, struct err *e)
{
	struct child *c = child_of(p, peer);
	struct parse_task *t = p->tasks.first;

	while (t && !(t->state == TASK_AT_CHILD && t->child == peer))
		t = t->next;
	if (!c || !t || t->job.mail.id != answer->mail)
		return err_set(e, ERR_PERM, "an answer nobody asked for");
	if (parse_task_answer(t, answer, e) < 0)
		return -1;
	t->state = TASK_PARSED;
	c->tasks--;
	c->since_ms = now_ms(p);
	bench_later(p->bench);
	return 0;
}

/* --- deciding --- */

static int quarantine(struct desk *d, struct parse_task *t, const char *why, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || mail_job_quarantine(d, &t->job.mail, why, e) < 0)
		return -1;
	return store_commit(txn, e);
}

static int quarantine_alone(struct desk *d, struct parse_task *t, const char *why, struct err *e)
{
	if (quarantine(d, t, why, e) < 0)
		return -1;
	log_event(LOG_ERROR, "mail.quarantined", log_int("mail", t->job.mail.id),
		  log_text("reason", why));
	return 0;
}

static int decide_alone(struct desk *d, struct parse_task *t, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || mail_job_run(d, &t->job, e) < 0)
		return -1;
	return store_commit(txn, e);
}

static int decide_together(struct desk *d, struct parse_pool *p, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0)
		return -1;
	for (struct parse_task *t = p->tasks.first; t; t = t->next)
		if (t->state == TASK_PARSED && mail_job_run(d, &t->job, e) < 0)
			return -1;
	return store_commit(txn, e);
}

/* One of the group cannot be done: each by itself, and that one aside. */
static int decide_each(struct desk *d, struct parse_pool *p, struct err *e)
{
	for (struct parse_task *t = p->tasks.first; t; t = t->next) {
		char why[ERR_TEXT_MAX];

		if (t->state != TASK_PARSED || decide_alone(d, t, e) == 0)
			continue;
		if (e->class == ERR_TEMP)
			return -1;
		memcpy(why, e->text, sizeof(why));
		if (quarantine_alone(d, t, why, e) < 0)
			return -1;
	}
	return 0;
}

/* What was decided has clocks to watch and mails to send. */
static void decided(struct parse_pool *p)
{
	timer_wake(p->timer);
}

/* Imported mails are decided in their order: an answer finds its case only when that is there. */
static void hold_history(struct parse_pool *p)
{
	bool wait = false;

	for (struct parse_task *t = p->tasks.first; t; t = t->next) {
		if (!t->job.mail.history)
			continue;
		if (t->state == TASK_WAITING || t->state == TASK_AT_CHILD)
			wait = true;
		else
			t->state = wait ? TASK_HELD : TASK_PARSED;
	}
}

static int decide_parsed(struct parse_pool *p, struct err *e)
{
	struct desk d = bench_desk(p->bench);

	hold_history(p);
	if (!parse_tasks_any(&p->tasks, TASK_PARSED))
		return 0;
	if (decide_together(&d, p, e) < 0 && (e->class == ERR_TEMP || decide_each(&d, p, e) < 0))
		return -1;
	parse_tasks_drop(&p->tasks, TASK_PARSED);
	decided(p);
	return 0;
}

/* New tasks, and those whose child died: the culprit is tried again while it has attempts left. */
static int settle_waiting(struct parse_pool *p, struct err *e)
{
	struct desk d = bench_desk(p->bench);
	struct child *c;

	for (struct parse_task *t = p->tasks.first; t; t = t->next) {
		if (t->state != TASK_WAITING)
			continue;
		if (t->strikes >= p->bench->conf->limits.parse_attempts) {
			if (quarantine_alone(&d, t, "the parser died or hung on it", e) < 0)
				return -1;
			t->state = TASK_DONE;
			decided(p);
			continue;
		}
		if (t->out_fd >= 0) {
			close(t->out_fd);
			t->out_fd = -1;
		}
		if (t->again &&
		    store_mail_attempt(d.store, t->job.mail.id, &t->job.mail.attempts, e) < 0)
			return -1;
		t->again = false;
		c = idlest(p);
		if (c && hand_out(p, t, c, e) < 0)
			return -1;
	}
	parse_tasks_drop(&p->tasks, TASK_DONE);
	return 0;
}

static int fetch_in_txn(struct parse_pool *p, struct err *e)
{
	struct store *txn STORE_TXN = p->bench->store;

	if (store_begin(txn, e) < 0 || fetch(p, e) < 0)
		return -1;
	return store_commit(txn, e);
}

static int fetch_more(struct parse_pool *p, struct err *e)
{
	struct parse_task **mark = p->tasks.last;
	int64_t highest = p->highest;

	if (!p->more || p->tasks.n >= UNDER_WAY_MAX || p->tasks.bytes > UNDER_WAY_BYTES ||
	    p->bench->stopping)
		return 0;
	if (fetch_in_txn(p, e) == 0)
		return 0;
	parse_tasks_drop_from(&p->tasks, mark);
	p->highest = highest;
	p->more = true;
	return -1;
}

/* A commit that failed may have happened: what is no longer pending is done. */
static int recheck(struct parse_pool *p, struct err *e)
{
	struct bench *b = p->bench;

	if (!p->uncertain)
		return 0;
	for (struct parse_task *t = p->tasks.first; t; t = t->next) {
		struct store_mail row;

		if (t->state == TASK_AT_CHILD)
			continue;
		if (store_mail_get(b->store, t->job.mail.id, &b->arena, &row, e) < 0)
			return -1;
		if (row.state != MAIL_KEPT)
			t->state = TASK_DONE;
	}
	p->uncertain = false;
	if (parse_tasks_any(&p->tasks, TASK_DONE))
		decided(p);
	parse_tasks_drop(&p->tasks, TASK_DONE);
	return 0;
}

/* What is under way stays so: the parser has nothing to do with it, and no attempt is spent. */
static void store_trouble(struct parse_pool *p, const struct err *e)
{
	log_event(LOG_ERROR, "pool.trouble", log_reason(e));
	p->uncertain = true;
	loop_timer_start(p->bench->loop, &p->retry, RETRY_MS);
}

void parse_pool_turn(struct parse_pool *p)
{
	struct err e = { 0 };

	if (p->retry.armed)
		return;
	if (recheck(p, &e) < 0 || decide_parsed(p, &e) < 0 || fetch_more(p, &e) < 0 ||
	    settle_waiting(p, &e) < 0)
		store_trouble(p, &e);
}
