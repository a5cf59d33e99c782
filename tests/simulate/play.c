#include "tests/simulate/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/verbs.h"
#include "tests/simulate/model.h"
#include "tests/simulate/ops.h"

enum {
	ROUNDS_MAX = 60, /* of faults and crashes, at one instant */
	RETRY_MS = 5000, /* core tries again */
	OPENS_MAX = 5,
	ASKS_MAX = 6,
	GOOD_ROUNDS = 3, /* in which a fault for good comes up, before somebody mends it */
	REST_HOURS =
	    14, /* after which all has come to rest: two waits after an unknown outcome and more */
};

#define FOLDER "tests/scenarios"

static struct play *now; /* the one that is played; the calls of core have no other way to it */
static bool broken;	 /* core asks to be started again */

static void on_broken(void *ctx)
{
	(void)ctx;
	broken = true;
}

void play_init(void)
{
	chance_install();
	crypto_init();
	disk_register();
	fault_init();
	log_open("simulate", getenv("SIMULATE_LOG") ? LOG_DEBUG : (enum log_level)0);
}

void play_add(struct play_sums *to, const struct play_sums *s)
{
	to->steps += s->steps;
	to->crashes += s->crashes;
	to->faults += s->faults;
	to->mails += s->mails;
	to->sent += s->sent;
	to->again += s->again;
}

/* --- core ends and starts --- */

/* Core is started again and again, as by the parent. */
static int open_again(struct play *p, struct err *e)
{
	struct world *w = &p->world;
	int result = -1;

	for (int i = 0; i < OPENS_MAX && result < 0; i++) {
		bool was = ops_count(true);

		result = world_up(w, e);
		ops_count(was);
		if (result == 0 && !ops_off())
			break;
		world_down(w);
		if (ops_off()) {
			disk_power_back(p->loss, &p->chance);
			ops_disarm();
		}
		result = -1;
	}
	return result;
}

/* It ends where it is: what was said before is heard, what was written is what the disk has. */
static int crash(struct play *p, struct err *e)
{
	bool was;

	p->sums.crashes++;
	peers_excuse(p->world.peers);
	peers_hear(p->world.peers);
	was = ops_count(true);
	world_down(&p->world);
	ops_count(was);
	disk_power_back(p->loss, &p->chance);
	ops_disarm();
	if (p->again)
		ops_arm(OPS_CRASH, OPS_SEEN, p->again);
	p->again = 0;
	return open_again(p, e);
}

static int start_again(struct play *p, struct err *e)
{
	broken = false;
	if (p->fault && p->fault->mask == 1u << OP_MEMORY)
		ops_mend(); /* a fresh process has some */
	peers_excuse(p->world.peers);
	world_down(&p->world);
	disk_power_back(DISK_MIXES, &p->chance);
	return open_again(p, e);
}

/* --- until there is nothing to do --- */

static int work(struct play *p, struct err *e)
{
	bool was = ops_count(true);
	int result = world_work(&p->world, e);

	ops_count(was);
	return result;
}

/* What fails for good is mended by somebody, at last. */
static void count_fault(struct play *p)
{
	p->sums.faults++;
	if (p->fault && p->fault->way == OPS_FOR_GOOD && ++p->fired == GOOD_ROUNDS)
		ops_mend();
}

static int settle(struct world *w, struct err *e)
{
	struct play *p = now;

	if (!w->bench.store && open_again(p, e) < 0)
		return -1;
	for (int i = 0; i < ROUNDS_MAX; i++) {
		long fired = ops_fired();
		int result = work(p, e);

		if (ops_fired() != fired)
			count_fault(p);
		if (ops_off() || broken) {
			if ((ops_off() ? crash(p, e) : start_again(p, e)) < 0)
				return -1;
			w->clock.monotonic_ms += RETRY_MS; /* so long it takes */
			continue;
		}
		if (result < 0)
			return -1;
		if (ops_fired() == fired || p->disk_ill)
			return 0;
		w->clock.monotonic_ms += RETRY_MS;
	}
	return err_set(e, ERR_BUG, "no end of faults");
}

/* --- the verbs --- */

static int number_at(const struct script_line *l, size_t i, int64_t *ret_n, struct err *e)
{
	if (i < l->n && span_i64(l->args[i].word, ret_n))
		return 0;
	return err_set(e, ERR_PERM, "a number is missing");
}

static bool word_at(const struct script_line *l, size_t i, const char *word)
{
	return i < l->n && span_is(l->args[i].word, word);
}

static int run_crash(struct play *p, const struct script_line *l, struct err *e)
{
	struct span again = script_value(l, "again");
	int64_t n, m = 0;

	if (number_at(l, 0, &n, e) < 0 || (again.p && !span_i64(again, &m)))
		return -1;
	for (int i = 0; i < DISK_LOSSES; i++)
		if (word_at(l, 1, disk_loss_names[i]))
			p->loss = (enum disk_loss)i;
	p->again = (long)m;
	ops_arm(OPS_CRASH, OPS_SEEN, (long)n);
	return 0;
}

static int run_fail(struct play *p, const struct script_line *l, struct err *e)
{
	int64_t n;

	(void)p;
	if (number_at(l, 1, &n, e) < 0)
		return -1;
	for (int i = 0; i < OP_COUNT; i++)
		if (word_at(l, 0, op_names[i]))
			ops_arm(OPS_ONCE, 1u << i, (long)n);
	return 0;
}

static int run_disk(struct play *p, const struct script_line *l, struct err *e)
{
	p->disk_ill = !word_at(l, 0, "well");
	disk_is(word_at(l, 0, "full") ? DISK_FULL : p->disk_ill ? DISK_BAD : DISK_WELL);
	return p->disk_ill ? 0 : world_settle(&p->world, e);
}

static enum role_id role_at(const struct script_line *l)
{
	if (word_at(l, 0, "poller"))
		return ROLE_POLLER;
	return word_at(l, 0, "sender") ? ROLE_SENDER : ROLE_PARSE;
}

static int run_kill(struct play *p, const struct script_line *l, struct err *e)
{
	peers_excuse(p->world.peers);
	if (p->world.rooms)
		peers_kill(p->world.peers, role_at(l));
	return world_settle(&p->world, e);
}

static int run_late(struct play *p, const struct script_line *l, struct err *e)
{
	struct policy_duration d;

	if (l->n < 2 || !policy_duration_parse(l->args[1].word, &d) || d.unit != POLICY_SECONDS)
		return err_set(e, ERR_PERM, "LATE wants a time span");
	peers_excuse(p->world.peers); /* it may be killed for that */
	if (p->world.rooms)
		peers_late(p->world.peers, role_at(l), d.amount * 1000);
	return 0;
}

static int run_back(struct play *p, const struct script_line *l, struct err *e)
{
	int64_t n;

	if (number_at(l, 0, &n, e) < 0)
		return -1;
	if (!peers_move_back(p->world.peers, (size_t)n, ++p->world.uid))
		return err_set(e, ERR_PERM, "there is none");
	return world_settle(&p->world, e);
}

/* --- a copy of the store --- */

static const char *const tails[] = { "", "-wal", ".witness" };

static const char *path_of(struct play *p, const char *more, size_t i)
{
	return arena_printf(&p->world.arena, "%s%s%s", p->world.path, more, tails[i]);
}

static int copy_file(const char *from, const char *to, struct err *e)
{
	struct buf bytes BUF_AUTO;
	FILE *f;

	buf_init(&bytes, SIZE_MAX);
	unlink(to);
	if (file_read(from, &bytes) < 0)
		return 0; /* there is none */
	f = fopen(to, "we");
	if (!f || (bytes.n && fwrite(bytes.p, 1, bytes.n, f) != bytes.n) || fclose(f) != 0)
		return err_set(e, ERR_BUG, "%s: cannot be written", to);
	return 0;
}

static int run_copy(struct play *p, const struct script_line *l, struct err *e)
{
	(void)l;
	for (size_t i = 0; i < 2; i++)
		if (copy_file(path_of(p, "", i), path_of(p, ".copy", i), e) < 0)
			return -1;
	p->holds_copy = true;
	return 0;
}

static int put_back(struct play *p, struct err *e)
{
	struct buf findings BUF_AUTO;
	struct store_restore r = { .file = path_of(p, ".copy", 0),
				   .now = p->world.clock.now,
				   .findings = &findings };
	struct store_placed placed;

	buf_init(&findings, SIZE_MAX);
	if (store_restore(p->world.path, &r, &placed, e) < 0)
		return err_set(e, ERR_BUG, "the copy cannot be put back: %s", e->text);
	for (size_t i = 0; i < 3; i++)
		unlink(arena_printf(&p->world.arena, "%s/%s%s", placed.aside,
				    strrchr(p->world.path, '/') + 1, tails[i]));
	rmdir(placed.aside);
	disk_forget();
	return 0;
}

static int run_put_back(struct play *p, const struct script_line *l, struct err *e)
{
	(void)l;
	if (!p->holds_copy || !p->world.bench.store)
		return err_set(e, ERR_PERM, "there is no copy");
	p->was_put_back = true;
	peers_excuse(p->world.peers);
	world_down(&p->world);
	ops_disarm();
	disk_forget();
	if (put_back(p, e) < 0)
		return -1;
	peers_list_again(p->world.peers);
	return open_again(p, e) < 0 ? -1 : world_settle(&p->world, e);
}

static const struct {
	const char *name;
	int (*run)(struct play *p, const struct script_line *l, struct err *e);
} verbs[] = {
	{ "CRASH", run_crash }, { "FAIL", run_fail }, { "DISK", run_disk }, { "KILL", run_kill },
	{ "LATE", run_late },	{ "BACK", run_back }, { "COPY", run_copy }, { "PUT", run_put_back },
};

static int run_verb(struct play *p, const struct script_line *l, struct err *e)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (span_is(l->verb, verbs[i].name))
			return verbs[i].run(p, l, e);
	if (script_value(l, "uid").p && !peers_folders_clear(p->world.peers))
		return err_set(e, ERR_PERM, "no server has two mails of one UID");
	if (span_is(l->verb, "SENDER"))
		peers_excuse(p->world.peers);
	return verbs_run(&p->world, l, e);
}

/* --- a step --- */

/* Somebody mends what fails, and starts the daemon again. */
static int mend(struct play *p, struct err *e)
{
	p->fired = GOOD_ROUNDS;
	ops_mend();
	world_down(&p->world);
	return open_again(p, e) < 0 ? -1 : world_settle(&p->world, e);
}

/* What an EXPECT finds may be just what failed, as when `check` names a companion that could not be
 * written since: it must be right when that is mended. */
static int run_expected(struct play *p, const struct script_line *l, struct err *e)
{
	int result = run_verb(p, l, e);

	if (result == 0 || !p->fault || p->fault->way == OPS_CRASH || !span_is(l->verb, "EXPECT"))
		return result;
	return mend(p, e) < 0 ? -1 : run_verb(p, l, e);
}

/* The answer to a verb of gatewayctl was lost, or it was to be tried again: what it should have
 * done was done, or it was not. */
static int run_asked(struct play *p, const struct script_line *l, struct err *e)
{
	int result = -1;

	for (int i = 0; i < ASKS_MAX && result < 0; i++) {
		p->world.ctl_status = EX_OK;
		result = run_expected(p, l, e);
		if (result == 0 || !p->fault ||
		    (e->class != ERR_TEMP && p->world.ctl_status != EX_TEMPFAIL))
			return result;
		p->cut = true;
		if (!p->fault->ask_again)
			return 0;
		p->world.clock.monotonic_ms += RETRY_MS;
	}
	return result;
}

/* While the disk does not let core up, time goes by all the same. */
static void pass_time(struct play *p, const struct script_line *l, int64_t before)
{
	if (p->world.rooms || !span_is(l->verb, "AT") || p->world.clock.now != before)
		return;
	p->world.clock.now += 60;
	p->world.clock.monotonic_ms += 60 * 1000;
}

/* What cannot be done is none of the story, unless it is one of steps/; what must not be is its
 * end. */
static int run_step(struct play *p, struct span step, struct err *e)
{
	struct script s = { .rest = step, .arena = &p->world.arena };
	struct script_line l;
	int64_t before = p->world.clock.now;

	if (script_next(&s, &l, e) <= 0)
		return err_set(e, ERR_BUG, "a step that cannot be read");
	p->sums.steps++;
	if (run_asked(p, &l, e) < 0 && (p->fault || e->class == ERR_BUG))
		return -1;
	pass_time(p, &l, before);
	if (!p->disk_ill && !p->world.bench.store && world_settle(&p->world, e) < 0)
		return err_set(e, ERR_BUG, "core does not start again: %s", e->text);
	return p->disk_ill || p->fault ? 0 : model_check(p, e);
}

/* All faults are over, and time goes by. */
static int come_to_rest(struct play *p, struct err *e)
{
	static const char *const well[] = { "DISK well", "SENDER ok", "MOVES refused 0",
					    "CHILD answers", "AT +3h" };

	ops_disarm();
	for (size_t i = 0; i < sizeof(well) / sizeof(*well); i++)
		if (run_step(p, span_of(well[i]), e) < 0)
			return -1;
	for (int i = 0; i < REST_HOURS; i++) {
		bool rests;

		if (model_rests(p, &rests, e) < 0)
			return -1;
		if (rests)
			break;
		if (run_step(p, SPAN("AT +1h"), e) < 0)
			return -1;
	}
	return model_rest(p, e);
}

static void begin_fault(struct play *p)
{
	const struct play_fault *f = p->fault;

	if (!f)
		return;
	p->loss = f->loss;
	ops_arm(f->way, f->mask, f->n);
}

static int run_all(struct play *p, const struct plan *plan, struct played *ret, struct err *e)
{
	size_t *at = &ret->step;

	for (*at = 0; *at < plan->n; ++*at) {
		if (*at == 1) /* the first is the configuration */
			begin_fault(p);
		if (run_step(p, plan->steps[*at], e) < 0)
			return -1;
	}
	for (int i = 0; i < OP_COUNT; i++)
		ret->operations[i] = ops_counted((enum op)i);
	return come_to_rest(p, e);
}

static void play_one(struct play *p, uint64_t seed, const struct plan *plan, struct played *ret)
{
	struct err e = { 0 };

	*ret = (struct played){ 0 };
	chance_libraries = chance_of(seed * 2 + 1);
	crypto_random_anew();
	disk_seed();
	ops_disarm();
	now = p;
	broken = false;
	p->world.settle = settle;
	p->world.crashed = ops_off;
	if (world_open(&p->world, FOLDER, &e) < 0) {
		ret->failed = true;
	} else {
		p->world.bench.host.broken = on_broken;
		peers_on_work(p->world.peers, ops_count);
		ret->failed = run_all(p, plan, ret, &e) < 0;
	}
	snprintf(ret->why, sizeof(ret->why), "%s", e.text);
	ret->digest = disk_digest_now();
	ret->cut = p->cut;
	model_sum(p);
	ret->sums = p->sums;
	ops_disarm();
	for (size_t i = 0; i < 2; i++)
		unlink(path_of(p, ".copy", i));
	world_close(&p->world);
	disk_fresh();
}

void play(uint64_t seed, const struct plan *plan, struct played *ret_played)
{
	struct play p = { .chance = chance_of(~seed) };

	play_one(&p, seed, plan, ret_played);
}

void play_with(const struct play_fault *fault, const struct plan *plan, struct played *ret_played)
{
	struct play p = { .fault = fault, .chance = chance_of((uint64_t)fault->n) };

	play_one(&p, 0, plan, ret_played);
}
