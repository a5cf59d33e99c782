#include "gatewayd/core/parse_pool.h"

#include <errno.h>
#include <stdlib.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/version.h"
#include "gatewayd/core/fresh.h"
#include "gatewayd/core/parse_group.h"
#include "gatewayd/core/parse_pass.h"
#include "gatewayd/mail/second_try.h"
#include "gatewayd/net/backoff.h"

enum {
	UNDER_WAY_MAX = 256, /* twice those that are decided together: children work meanwhile */
	UNDER_WAY_BYTES = 96 * MIB,
	CORES_MAX = 3,	/* tries over limits.parse_attempts, where core itself crashed */
	LOSSES_MAX = 3, /* children lost without proof, until a mail is tried alone */
	LOOK_MAX_MS = 60 * 60 * 1000, /* the clock may be set meanwhile */
};

static const struct backoff lost_wait = { .min = 100, .max = 60 * 1000 };
static const struct backoff store_wait = { .min = 1000, .max = 5000 };

struct parse_pool {
	struct bench *bench;
	struct timer *timer;
	struct crew *crew;
	struct fresh fresh;
	struct parse_tasks tasks; /* under way */
	uint64_t turns;
	bool more;	 /* the store may have more */
	bool uncertain;	 /* the store failed: what is under way may be done already */
	int64_t highest; /* mail under way; those above are still to come */
	bool careful;	 /* core crashed: one mail at a time, each try written down before it */
	unsigned int troubles;
	bool paused;	  /* until `retry` */
	bool begun, look; /* mails that were set aside may be due again */
	struct loop_timer retry, second_try;
	struct parse_group group;
	struct parse_pass pass;
};

static void retry(void *ctx)
{
	struct parse_pool *p = ctx;

	p->paused = false;
	parse_pool_wake(p);
}

static void look(void *ctx)
{
	struct parse_pool *p = ctx;

	p->look = true;
	bench_later(p->bench);
}

static void lost(void *ctx, struct crew_child *c, enum crew_verdict verdict);

struct parse_pool *parse_pool_new(struct bench *b, struct timer *timer)
{
	struct parse_pool *p = mem_alloc(sizeof(*p));

	p->bench = b;
	p->timer = timer;
	p->crew = crew_new(b, lost, p);
	parse_tasks_init(&p->tasks, &b->clock);
	p->more = true;
	p->retry = (struct loop_timer){ .fn = retry, .ctx = p };
	p->second_try = (struct loop_timer){ .fn = look, .ctx = p };
	parse_group_init(&p->group, b);
	parse_pass_init(&p->pass, b);
	p->look = true;
	return p;
}

void parse_pool_free(struct parse_pool **p)
{
	if (!*p)
		return;
	fresh_clear(&(*p)->fresh);
	parse_tasks_release(&(*p)->tasks);
	loop_timer_stop((*p)->bench->loop, &(*p)->retry);
	loop_timer_stop((*p)->bench->loop, &(*p)->second_try);
	parse_group_release(&(*p)->group);
	parse_pass_release(&(*p)->pass);
	crew_free(&(*p)->crew);
	free(*p);
	*p = NULL;
}

size_t parse_pool_busy(const struct parse_pool *p)
{
	return p->tasks.n;
}

void parse_pool_fresh(struct parse_pool *p, int64_t mail, const struct memory *raw)
{
	fresh_add(&p->fresh, mail, raw);
}

bool parse_pool_full(const struct parse_pool *p)
{
	bool gets_on = p->more && !p->paused && !p->bench->stopping;

	return gets_on && !p->bench->holding.is_shared && fresh_many(&p->fresh);
}

bool parse_pool_has(const struct parse_pool *p, struct span mailbox)
{
	return parse_tasks_of(&p->tasks, mailbox);
}

void parse_pool_look_again(struct parse_pool *p)
{
	p->tasks.released = true;
	p->look = true;
	bench_later(p->bench);
}

void parse_pool_wake(struct parse_pool *p)
{
	p->more = true;
	bench_later(p->bench);
}

/* --- the children --- */

void parse_pool_peer_new(struct parse_pool *p, struct peer *peer)
{
	crew_came(p->crew, peer);
}

void parse_pool_peer_gone(struct parse_pool *p, struct peer *peer)
{
	crew_gone(p->crew, peer);
}

void parse_pool_ended(struct parse_pool *p, const struct parent_talk_ended *ended)
{
	crew_ended(p->crew, ended);
}

void parse_pool_careful(struct parse_pool *p, const struct parent_talk_ended *core)
{
	p->careful = crew_is_crash(core->signal);
	if (p->careful)
		log_event(LOG_WARNING, "pool.careful", log_int("signal", core->signal),
			  log_text("reason", "core crashed: one mail at a time"));
}

static uint32_t random_u32(void)
{
	uint32_t random;

	crypto_random(&random, sizeof(random));
	return random;
}

/* It was at work when its child ended. */
static void suspect(struct parse_pool *p, struct parse_task *t, enum crew_verdict verdict)
{
	log_event(LOG_WARNING, "parse.died", log_int("mail", t->job.mail.id),
		  log_text("proof", verdict == CREW_PROOF ? "yes" : "no"),
		  log_int("attempts", t->job.mail.attempts));
	if (verdict == CREW_PROOF) {
		p->bench->meters.parse_proven++;
		t->strike = true;
		/* `alone` was set at the time before: this was in a fresh child. */
		t->doomed =
		    t->alone && t->job.mail.attempts + 1 >= p->bench->conf->limits.parse_attempts;
		t->alone = true;
		return;
	}
	p->bench->meters.parse_lost++;
	t->not_before_ms =
	    bench_now_ms(p->bench) + backoff_delay(&lost_wait, ++t->losses, random_u32());
	t->alone = t->alone || t->losses >= LOSSES_MAX;
}

static void lost(void *ctx, struct crew_child *c, enum crew_verdict verdict)
{
	struct parse_pool *p = ctx;
	struct parse_task *at_work = parse_tasks_lost(&p->tasks, c);

	if (at_work && verdict != CREW_PLANNED)
		suspect(p, at_work, verdict);
}

/* --- handing out --- */

static int send_order(struct parse_task *t, struct crew_child *c, struct err *e)
{
	struct parse_talk_order o;
	int result;

	if (parse_task_order(t, &o, e) < 0)
		return -1;
	result = parse_talk_order_put(&c->peer->wire, &o, e);
	/* An order that waits in the wire could not leave: that channel is broken, of which the
	 * mail knows nothing.  One that is not there had no descriptors: the child is sound. */
	c->broken = result < 0 && wire_wants_write(&c->peer->wire);
	return c->broken ? 0 : result;
}

static int hand_out(struct parse_pool *p, struct parse_task *t, struct crew_child *c, struct err *e)
{
	if (send_order(t, c, e) < 0)
		return -1;
	if (c->broken)
		return 0;
	parse_tasks_turn(&p->tasks, t, TASK_AT_CHILD);
	t->child = c;
	t->turn = ++p->turns;
	crew_handed(p->crew, c, t->alone);
	return 0;
}

/* Takes a mail that must not be tried again out of the way. */
static int give_up(struct parse_pool *p, const struct store_mail *mail, const char *why,
		   struct err *e)
{
	struct desk d = bench_desk(p->bench);

	if (bench_own_turn(p->bench, e) < 0)
		return -1;
	log_event(LOG_ERROR, "mail.quarantined", log_int("mail", mail->id),
		  log_text("reason", why));
	return mail_job_quarantine(&d, mail, why, e);
}

static int fetch_one(struct parse_pool *p, struct store_mail *mail, struct err *e)
{
	struct desk d = bench_desk(p->bench);
	struct memory raw;

	if (p->careful && mail->attempts >= d.conf->limits.parse_attempts + CORES_MAX)
		return give_up(p, mail, "core crashed at it", e);
	if (fresh_raw(&p->fresh, p->bench->store, mail, &raw, e) < 0) /* PERM: it is damaged */
		return e->class == ERR_PERM ? give_up(p, mail, e->text, e) : -1;
	return parse_tasks_take(&p->tasks, &d, mail, &raw, e);
}

static size_t under_way_max(const struct parse_pool *p)
{
	return p->careful ? 1 : UNDER_WAY_MAX;
}

static bool has_room(const struct parse_pool *p)
{
	return p->tasks.n < under_way_max(p) && p->tasks.bytes <= UNDER_WAY_BYTES;
}

static bool make_room(struct parse_pool *p)
{
	if (!has_room(p))
		parse_pass_over(&p->pass, &p->tasks, under_way_max(p), UNDER_WAY_BYTES);
	return has_room(p);
}

/* Kept mails become tasks. */
static int fetch(struct parse_pool *p, struct err *e)
{
	struct bench *b = p->bench;
	struct store_mail *v;
	size_t n, most;

	if ((!p->more && !p->tasks.released && !p->pass.due) || !make_room(p) || b->stopping)
		return 0;
	if (parse_pass_restart(&p->pass, &p->tasks))
		p->highest = 0; /* what was put back has a lower number */
	most = parse_tasks_rows(&p->tasks, b->holding.is_shared, under_way_max(p), p->highest);
	if (store_mail_pending(b->store, p->highest, (int)most, &b->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && has_room(p); i++) {
		if (holding_decides(&b->holding, v[i].location.mailbox) &&
		    !parse_tasks_has(&p->tasks, v[i].id) && fetch_one(p, &v[i], e) < 0)
			return -1;
		p->highest = v[i].id;
	}
	p->more = n && (n == most || v[n - 1].id > p->highest);
	p->careful = p->careful && n;
	if (!p->more)
		parse_pass_end(&p->pass);
	return 0;
}

/* --- what came back --- */

static void trouble(struct parse_pool *p, const struct err *e);

int parse_pool_answer(struct parse_pool *p, struct peer *peer,
		      const struct parse_talk_answer *answer, struct err *e)
{
	struct crew_child *c = crew_of(p->crew, peer);
	struct parse_task *t = c ? parse_tasks_at(&p->tasks, c, answer->mail) : NULL;
	int result;

	if (c && !t)
		c->wrong = true;
	if (!t)
		return err_set(e, ERR_PERM, "an answer nobody asked for");
	result = parse_task_answer(&p->tasks, t, answer, e);
	if (result < 0 && e->class != ERR_TEMP) {
		c->wrong = true;
		return -1;
	}
	parse_group_more(&p->group, &p->tasks);
	parse_tasks_turn(&p->tasks, t, result ? TASK_WAITING : TASK_PARSED);
	crew_answered(p->crew, c, t->of_staff);
	if (result < 0) /* for want of memory or descriptors here */
		trouble(p, e);
	return 0;
}

/* What was decided has clocks to watch and mails to send. */
static void decided(struct parse_pool *p)
{
	timer_wake(p->timer);
}

static int decide_parsed(struct parse_pool *p, struct err *e)
{
	bool any;

	p->tasks.room = p->bench->room;
	if (parse_group_decide(&p->group, &p->tasks, p->careful, &any, e) < 0)
		return -1;
	if (any) /* clocks are the leader's to watch */
		holding_leads(&p->bench->holding) ? decided(p) : bench_later(p->bench);
	return 0;
}

/* --- the turn --- */

/* What was proven is written down; a mail against which it suffices goes out of the way. */
static int judge(struct parse_pool *p, struct parse_task *t, struct err *e)
{
	struct desk d = bench_desk(p->bench);

	if ((t->strike || t->doomed) && bench_own_turn(p->bench, e) < 0)
		return -1;
	if (t->strike && parse_task_count_try(&d, t, e) < 0)
		return -1;
	t->strike = false;
	if (!t->doomed)
		return 0;
	if (parse_task_quarantine(&d, t, "the parser died or hung on it", e) < 0)
		return -1;
	parse_tasks_turn(&p->tasks, t, TASK_DONE);
	p->look = true;
	decided(p);
	return 0;
}

/* Those that go alone first, so that a fresh child is theirs. */
static int hand_out_those(struct parse_pool *p, bool alone, struct err *e)
{
	for (struct parse_task *t = parse_tasks_from(&p->tasks, TASK_WAITING); t; t = t->next) {
		struct crew_child *c;

		if (t->state != TASK_WAITING || t->alone != alone ||
		    t->not_before_ms > bench_now_ms(p->bench))
			continue;
		c = alone ? crew_fresh(p->crew) : crew_idlest(p->crew);
		if (!c)
			return 0;
		if (hand_out(p, t, c, e) < 0)
			return -1;
	}
	return 0;
}

/* A mail that waits after its child was lost wakes the pool. */
static void arm(struct parse_pool *p)
{
	int64_t now_ms = bench_now_ms(p->bench), at = INT64_MAX;

	for (const struct parse_task *t = parse_tasks_from(&p->tasks, TASK_WAITING); t; t = t->next)
		if (t->state == TASK_WAITING && t->not_before_ms > now_ms && t->not_before_ms < at)
			at = t->not_before_ms;
	if (at != INT64_MAX)
		loop_timer_start(p->bench->loop, &p->retry, at - now_ms);
}

/* A commit that failed may have happened: what is no longer pending is done. */
static int recheck(struct parse_pool *p, struct err *e)
{
	if (!p->uncertain)
		return 0;
	if (parse_tasks_recheck(p->bench->store, &p->bench->arena, &p->tasks, e) < 0)
		return -1;
	p->uncertain = false;
	p->look = true;
	if (parse_tasks_any(&p->tasks, TASK_DONE))
		decided(p);
	parse_tasks_drop(&p->tasks, TASK_DONE);
	return 0;
}

static int settle_waiting(struct parse_pool *p, struct err *e)
{
	for (struct parse_task *t = parse_tasks_from(&p->tasks, TASK_WAITING); t; t = t->next)
		if (t->state == TASK_WAITING && judge(p, t, e) < 0)
			return -1;
	parse_tasks_drop(&p->tasks, TASK_DONE);
	if (hand_out_those(p, true, e) < 0 || hand_out_those(p, false, e) < 0)
		return -1;
	peers_flush(p->bench);
	arm(p);
	return 0;
}

/* --- a second try for those at which a child died --- */

static void arm_second_try(struct parse_pool *p, int64_t now, int64_t at)
{
	int64_t ms = LOOK_MAX_MS;

	if (at == INSTANT_NONE)
		return;
	if (at - now < LOOK_MAX_MS / 1000)
		ms = at > now ? (at - now) * 1000 : 0;
	loop_timer_start(p->bench->loop, &p->second_try, ms);
}

static int second_try(struct parse_pool *p, struct err *e)
{
	struct desk d = bench_desk(p->bench);
	int64_t at;
	bool any;

	if (!p->look || p->bench->stopping || !holding_leads(&p->bench->holding) ||
	    !bench_may(p->bench))
		return 0;
	if (!p->begun && second_try_begin(&d, GATEWAYD_VERSION, e) < 0)
		return -1;
	p->begun = true;
	if (second_try_turn(&d, &any, &at, e) < 0)
		return -1;
	if (any)
		log_event(LOG_NOTICE, "parse.second-try",
			  log_text("reason", "the parser was well"));
	p->tasks.released = p->tasks.released || any;
	p->look = false;
	arm_second_try(p, d.now, at);
	return 0;
}

/* The store, memory or descriptors are in trouble, which is no mail's doing: all wait. */
static void trouble(struct parse_pool *p, const struct err *e)
{
	int64_t wait_ms = backoff_delay(&store_wait, ++p->troubles, random_u32());

	fresh_clear(&p->fresh);
	health_bad(&p->bench->health, CONCERN_POOL, clock_now(&p->bench->clock), e->text);
	p->paused = true;
	p->uncertain = true;
	p->careful = false;
	p->more = true;
	loop_timer_start(p->bench->loop, &p->retry, wait_ms);
}

static void all_well(struct parse_pool *p)
{
	health_good(&p->bench->health, CONCERN_POOL, clock_now(&p->bench->clock));
	p->troubles = 0;
}

bool parse_pool_turn(struct parse_pool *p)
{
	struct err e = { 0 };

	crew_turn(p->crew);
	p->group.sends = false;
	if (p->paused)
		return false;
	if (recheck(p, &e) < 0 || second_try(p, &e) < 0 || fetch(p, &e) < 0 ||
	    settle_waiting(p, &e) < 0 || decide_parsed(p, &e) < 0)
		trouble(p, &e);
	else
		all_well(p);
	return p->group.sends;
}

void parse_pool_settle(struct parse_pool *p)
{
	struct err e = { 0 };

	if (p->group.deferred && parse_group_settle(&p->group, &p->tasks, &e) < 0)
		trouble(p, &e);
}
