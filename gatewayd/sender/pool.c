#include "gatewayd/sender/pool.h"

#include <string.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool_inside.h"
#include "gatewayd/wire/talk.h"

enum {
	QUICK_MS = 2,	    /* a server whose replies take less than that */
	HOLD_MS = 2,	    /* that mails wait for such replies to those before, at most */
	REST_MS = 5000,	    /* between looks at idle connections */
	SERVER_LOOK_MS = 50 /* whether the server may be tried again */
};

static const struct backoff server_wait = { .min = 1000, .max = 60 * 1000 };

static void say_refused(struct pool *p, int64_t refused)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .refused = refused };
	pool_give_word(p, j, POOL_REFUSED);
}

/* --- a mail on a lane --- */

static void note_server(struct pool *p, const struct smtp_result *r, int64_t now_ms)
{
	bool bad = r->class == SMTP_RETRY && r->scope == SMTP_SCOPE_SERVER;

	pool_note(&server_wait, bad, &p->server_failures, &p->not_before_ms, now_ms);
}

static void on_ready(void *ctx, int fd, unsigned int events);

static void watch(struct lane *l, unsigned int events)
{
	int fd = smtp_lane_fd(l->smtp);

	if (fd == l->fd && events == l->events)
		return;
	l->fd = fd;
	l->events = events;
	loop_watch(l->pool->loop, fd, events, on_ready, l);
}

void pool_finish(struct lane *l, int64_t now_ms)
{
	struct pool *p = l->pool;
	struct job *j = l->job;
	bool told;

	j->result = *smtp_lane_result(l->smtp);
	told = j->result.phase >= SMTP_MAIL && j->result.scope != SMTP_SCOPE_SERVER;
	lanes_end(&p->lanes, &j->mail, told, now_ms);
	note_server(p, &j->result, now_ms);
	pool_out_note(p, j);
	l->job = NULL;
	l->leaves = l->is_ahead = false;
	if (l->fd >= 0) /* the server says no more now, or hangs up */
		watch(l, LOOP_READ);
	pool_give_word(p, j, POOL_RESULT);
	if (l->next && pool_follow(l, j->result.class, now_ms))
		pool_carry_on(l, smtp_lane_follow(l->smtp), now_ms);
}

static void closes(void *ctx, int fd)
{
	struct lane *l = ctx;

	if (l->fd == fd)
		loop_forget(l->pool->loop, fd);
	l->fd = -1;
}

/* Results are not written down, which is no time that the server took. */
static enum smtp_wants leave(struct lane *l, int64_t now_ms)
{
	l->leaves = !pool_out_may(l->pool);
	if (l->leaves) {
		lanes_held(&l->job->mail, now_ms);
		return SMTP_WANTS_LEAVE;
	}
	pool_go_ahead(l, now_ms);
	return smtp_lane_leave(l->smtp);
}

void pool_carry_on(struct lane *l, enum smtp_wants wants, int64_t now_ms)
{
	pool_hear_ahead(l, wants, now_ms);
	if (wants == SMTP_WANTS_LEAVE)
		wants = leave(l, now_ms);
	switch (wants) {
	case SMTP_WANTS_OPEN:
		lanes_held(&l->job->mail, now_ms);
		opener_order(&l->opener, 0);
		break;
	case SMTP_WANTS_LEAVE:
	case SMTP_WANTS_READ: watch(l, LOOP_READ); break;
	case SMTP_WANTS_WRITE: watch(l, LOOP_READ | LOOP_WRITE); break;
	case SMTP_WANTS_NEXT:
	case SMTP_WANTS_CLOSE: pool_finish(l, now_ms); break;
	}
}

static void begin(struct lane *l, struct job *j, int64_t now_ms)
{
	l->job = j;
	lanes_asked(&j->mail, now_ms);
	pool_carry_on(l, smtp_lane_begin(l->smtp, j->from, j->to, j->message.bytes), now_ms);
}

/* --- which lane does what --- */

/* The first lanes have most of the work, so that the others' connections may be closed. */
static struct lane *idle_lane(struct pool *p)
{
	for (size_t k = 0; k < p->count; k++)
		if (!p->lane[k].job)
			return &p->lane[k];
	return NULL;
}

/* Core waits for all that a quick server says of the mails that it has, and writes it down while
 * the next are begun: so they are begun, and it is told, behind the last word, or as soon as these
 * are half of all that may be out, so that the other half goes out meanwhile. */
static bool holds(const struct pool *p, int64_t now_ms)
{
	return now_ms < p->held_until_ms && p->lanes.ms < QUICK_MS &&
	       p->done_count < TALK_OUT * p->count / 2 && pool_awaited(p);
}

static void hold(struct pool *p, int64_t now_ms)
{
	loop_timer_sooner(p->loop, &p->next, p->held_until_ms - now_ms);
}

static void dispatch(struct pool *p, int64_t now_ms)
{
	struct lanes_mail *m;
	struct lane *l;

	if (holds(p, now_ms)) {
		hold(p, now_ms);
		return;
	}
	while (!atomic_load(&p->draining) && now_ms >= p->not_before_ms &&
	       (l = idle_lane(p)) != NULL && (m = lanes_begin(&p->lanes, now_ms)) != NULL)
		begin(l, pool_job_of(m), now_ms);
	if (atomic_load(&p->draining) || now_ms < p->not_before_ms)
		return;
	while ((m = lanes_back(&p->lanes)) != NULL)
		pool_give_word(p, pool_job_of(m), POOL_BACK);
}

static void on_ready(void *ctx, int fd, unsigned int events)
{
	struct lane *l = ctx;
	struct pool *p = l->pool;
	int64_t now_ms = clock_wait_ms();

	(void)fd, (void)events;
	if (l->job)
		pool_carry_on(l, smtp_lane_go_on(l->smtp), now_ms);
	else
		smtp_lane_heard(l->smtp);
	if (now_ms >= p->held_until_ms)
		p->held_until_ms = now_ms + HOLD_MS;
	if (holds(p, now_ms)) {
		hold(p, now_ms);
		return;
	}
	p->on_news(p->ctx);
	loop_timer_sooner(p->loop, &p->next, 0);
}

/* Core writes down how the mails before ended while the next are begun. */
static void on_next(void *ctx)
{
	struct pool *p = ctx;

	dispatch(p, clock_wait_ms());
	if (p->done.first || p->lanes.changed)
		p->on_news(p->ctx);
}

/* Once more with a fresh access token, if one comes. */
static void opened(struct lane *l, int64_t now_ms)
{
	enum smtp_wants wants = smtp_lane_opened(l->smtp);
	int64_t refused = wants == SMTP_WANTS_NEXT ? smtp_lane_result(l->smtp)->refused : 0;

	opener_took(&l->opener);
	if (refused && !l->opener.with) {
		say_refused(l->pool, refused);
		wants = smtp_lane_begin(l->smtp, l->job->from, l->job->to, l->job->message.bytes);
	}
	if (refused && !l->opener.with && wants == SMTP_WANTS_OPEN) {
		opener_order(&l->opener, refused);
		return;
	}
	if (wants != SMTP_WANTS_NEXT)
		lanes_asked(&l->job->mail, now_ms);
	pool_carry_on(l, wants, now_ms);
}

static void on_opened(void *ctx, int fd, unsigned int events)
{
	struct pool *p = ctx;
	struct handoff_item *i;

	(void)fd, (void)events;
	while ((i = handoff_take(&p->opened)) != NULL)
		opened((struct lane *)(void *)((char *)i - offsetof(struct lane, opener.link)),
		       clock_wait_ms());
	dispatch(p, clock_wait_ms());
	p->on_news(p->ctx);
}

/* --- from outside --- */

static void lane_init(struct lane *l, struct pool *p)
{
	struct smtp_lane_options o = p->options;

	o.closes = closes;
	o.ctx = l;
	*l = (struct lane){ .pool = p, .smtp = smtp_lane_new(&o), .fd = -1 };
	opener_init(&l->opener, l->smtp, p->options.access, &p->draining, &p->opened);
}

struct pool *pool_new(const struct smtp_lane_options *o, size_t lanes, struct loop *loop,
		      void (*on_news)(void *ctx), void *ctx, struct err *e)
{
	struct pool *p = mem_alloc(sizeof(*p));

	if (handoff_init(&p->opened, e) < 0) {
		mem_free(&p);
		return NULL;
	}
	p->options = *o;
	p->options.connect.stop = &p->stop;
	p->loop = loop;
	p->next = (struct loop_timer){ .fn = on_next, .ctx = p };
	p->on_news = on_news;
	p->ctx = ctx;
	p->count = lanes < POOL_LANES_MAX ? lanes : POOL_LANES_MAX;
	lanes_init(&p->lanes, p->count);
	for (size_t k = 0; k < p->count; k++)
		lane_init(&p->lane[k], p);
	loop_watch(loop, p->opened.fd, LOOP_READ, on_opened, p);
	return p;
}

static void drop_all(struct pool *p)
{
	struct lanes_mail *m;
	struct job *j;

	while ((m = lanes_drop(&p->lanes)) != NULL) {
		j = pool_job_of(m);
		job_free(&j);
	}
	while ((j = pool_take(p)) != NULL)
		job_free(&j);
	for (size_t k = 0; k < p->count; k++) {
		if (p->lane[k].job)
			job_free(&p->lane[k].job);
		if (p->lane[k].next)
			job_free(&p->lane[k].next);
	}
	while (handoff_take(&p->opened))
		;
}

void pool_free(struct pool **p)
{
	if (!*p)
		return;
	for (size_t k = 0; k < (*p)->count; k++) {
		smtp_lane_free(&(*p)->lane[k].smtp);
		opener_release(&(*p)->lane[k].opener);
	}
	drop_all(*p);
	loop_forget((*p)->loop, (*p)->opened.fd);
	loop_timer_stop((*p)->loop, &(*p)->next);
	handoff_release(&(*p)->opened);
	lanes_release(&(*p)->lanes);
	mem_free(&(*p)->rows);
	mem_free(p);
}

int pool_start(struct pool *p, struct err *e)
{
	for (; p->started < p->count; p->started++)
		if (opener_start(&p->lane[p->started].opener, e) < 0)
			return -1;
	return 0;
}

struct job *pool_take(struct pool *p)
{
	p->done_count -= p->done.first != NULL;
	return job_take(&p->done);
}

bool pool_give(struct pool *p, struct job *j)
{
	int64_t now_ms = clock_wait_ms();
	bool taken;

	if (pool_out_was_taken(p, j)) {
		pool_give_word(p, j, POOL_RESULT);
		return true;
	}
	j->mail.row = j->row;
	j->mail.recipient = span_of(j->to);
	j->mail.domain = span_of(j->domain);
	taken = lanes_add(&p->lanes, &j->mail, now_ms);
	dispatch(p, now_ms);
	return taken;
}

/* Of those lanes to which a reply is due. */
static size_t due(const struct pool *p, bool (*of)(const struct lane *l))
{
	int64_t now_ms = clock_wait_ms();
	size_t n = 0;

	for (size_t k = 0; k < p->count; k++)
		n += of(&p->lane[k]) && lanes_is_due(&p->lanes, &p->lane[k].job->mail, now_ms);
	return n;
}

size_t pool_awaited(const struct pool *p)
{
	return due(p, pool_awaits_end);
}

static bool is_held(const struct lane *l)
{
	return l->leaves;
}

size_t pool_held(const struct pool *p)
{
	return due(p, is_held);
}

/* In turn, so that none waits for long. */
static struct lane *next_to_leave(struct pool *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct lane *l = &p->lane[(p->leaves_first + i) % p->count];

		if (l->leaves)
			return l;
	}
	return NULL;
}

static void let_leave(struct pool *p, int64_t now_ms)
{
	struct lane *l;

	while (pool_out_may(p) && (l = next_to_leave(p)) != NULL) {
		p->leaves_first = (size_t)(l - p->lane) + 1;
		l->leaves = false;
		lanes_asked(&l->job->mail, now_ms);
		pool_carry_on(l, SMTP_WANTS_LEAVE, now_ms);
	}
}

void pool_written(struct pool *p, int64_t row)
{
	int64_t now_ms = clock_wait_ms();

	lanes_written(&p->lanes, row);
	pool_out_written(p, row);
	let_leave(p, now_ms);
	dispatch(p, now_ms);
}

void pool_hurry(struct pool *p)
{
	p->not_before_ms = 0;
	dispatch(p, clock_wait_ms());
}

/* What a lane waits for may have taken too long; true: it has a connection. */
static bool look_at(struct lane *l, int64_t now_ms)
{
	if (l->next && lanes_is_stuck(&l->job->mail, now_ms))
		pool_next_back(l);
	if (l->fd < 0)
		return false;
	if (!l->job)
		smtp_lane_rest(l->smtp, now_ms);
	else if (!l->leaves && now_ms > smtp_lane_deadline_ms(l->smtp))
		pool_carry_on(l, smtp_lane_go_on(l->smtp), now_ms);
	return l->fd >= 0;
}

static struct lane *lane_of(struct pool *p, const struct lanes_mail *m)
{
	size_t k = 0;

	while (!p->lane[k].job || &p->lane[k].job->mail != m)
		k++;
	return &p->lane[k];
}

/* All lanes wait for what hangs: what the server has not all of can be sent again later, once. */
static void cut(struct pool *p, int64_t now_ms)
{
	struct lanes_mail *m;
	struct lane *l;

	for (size_t k = 0; k < p->count; k++)
		if (p->lane[k].job)
			p->lane[k].job->mail.is_whole =
			    p->lane[k].opener.busy || pool_awaits_end(&p->lane[k]);
	if ((m = lanes_cut(&p->lanes, now_ms)) == NULL)
		return;
	l = lane_of(p, m);
	smtp_lane_break(l->smtp);
	pool_give_word(p, l->job, POOL_BACK);
	l->job = NULL;
	l->leaves = l->is_ahead = false;
}

int64_t pool_tick(struct pool *p)
{
	int64_t now_ms = clock_wait_ms(), next_ms;
	bool any = false;

	for (size_t k = 0; k < p->count; k++)
		any |= look_at(&p->lane[k], now_ms);
	cut(p, now_ms);
	dispatch(p, now_ms);
	next_ms = lanes_look(&p->lanes, now_ms);
	if (atomic_load(&p->draining))
		return p->lanes.out ? SERVER_LOOK_MS : -1;
	if (p->lanes.waiting && now_ms < p->not_before_ms)
		return SERVER_LOOK_MS;
	return next_ms < 0 && any ? REST_MS : next_ms;
}

bool pool_news(struct pool *p, struct buf *names, struct pool_seen *ret_seen)
{
	struct pool_seen s = { .most = p->count };

	if (!p->lanes.changed)
		return false;
	s.open = p->lanes.open;
	s.ms = (int64_t)p->lanes.ms;
	s.slow_count = lanes_view(&p->lanes, s.slow);
	s.slow_room = lanes_slow_room(&p->lanes);
	for (size_t i = 0; i < s.slow_count; i++)
		buf_add(names, s.slow[i].name);
	for (size_t i = 0, at = 0; i < s.slow_count; at += s.slow[i++].name.n)
		s.slow[i].name.p = names->p + at;
	*ret_seen = s;
	return true;
}
