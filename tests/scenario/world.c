#include "tests/scenario/world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/ctl/ctl_history.h"
#include "gatewayd/post/settings.h"
#include "gatewayd/timer/digests.h"
#include "gatewayd/timer/recommend.h"
#include "gatewayd/timer/waits.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/fresh.h"

enum {
	TURNS_MAX = 5000,    /* of the loop, at one instant */
	STEPS_MAX = 1000000, /* of the clock, in one AT */
	RETRY_MS = 5000,     /* core tries again after a fault of the store */
	LOOK_S = 60,	     /* core's timer looks at least so often */
	SCARCE_TURNS = 6,
	SHARE_ASKS = 100, /* of a verb, with a share of all faults */
};

struct desk world_desk(struct world *w, struct arena *a)
{
	struct desk d = bench_desk(&w->bench);

	d.arena = a;
	return d;
}

/* --- beginning and end --- */

/* A simulation has a disk of its own. */
static int make_store(struct world *w, struct err *e)
{
	return w->settle || *w->schema.name ? store_open(w->path, STORE_CREATE, &w->bench.store, e)
					    : fresh_store(w->path, &w->bench.store, e);
}

int world_open(struct world *w, const char *folder, struct err *e)
{
	const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	struct bench *b = &w->bench;
	char path[256];
	int fd;

	arena_init(&w->arena);
	snprintf(path, sizeof(path), "%s/scenario-XXXXXX", tmp);
	fd = mkstemp(path);
	if (fd < 0)
		return err_set(e, ERR_TEMP, "no temporary file");
	close(fd);
	unlink(path);
	w->folder = folder;
	w->path =
	    schema_make(&w->schema) ? w->schema.address : arena_cstr(&w->arena, span_of(path));
	w->parser = parser_new();
	w->peers = peers_new(&w->arena);
	w->uidvalidity = 1;
	w->last_mailbox = "";
	b->clock = clock_fake(&w->clock);
	b->host = peers_host(w->peers);
	b->zones = zones_new(NULL);
	b->loop = loop_new(b->clock);
	if (token_keys_set(&b->keys, SPAN("the key of all scenarios, long enough for tokens"),
			   SPAN(""), e) < 0)
		return -1;
	return make_store(w, e) < 0 ? -1 : desk_epochs(b->store, &b->keys, e);
}

static void stop(struct world *w)
{
	if (!w->rooms)
		return;
	peers_disconnect(w->peers);
	rooms_free(&w->rooms);
}

void world_close(struct world *w)
{
	stop(w);
	peers_free(&w->peers);
	loop_free(&w->bench.loop);
	store_close(&w->bench.store);
	schema_drop(&w->schema);
	for (size_t i = 0; i < 3; i++) {
		static const char *const tails[] = { "", "-wal", ".witness" };

		unlink(arena_printf(&w->arena, "%s%s", w->path, tails[i]));
	}
	conf_free(&w->bench.conf);
	zones_free(&w->bench.zones);
	parser_free(&w->parser);
	arena_release(&w->arena);
}

static void start(struct world *w)
{
	if (w->rooms)
		return;
	w->bench.stopping = false;
	w->rooms = rooms_new(&w->bench);
	peers_connect(w->peers, &w->bench, w->rooms);
}

void world_down(struct world *w)
{
	stop(w);
	store_close(&w->bench.store);
}

int world_up(struct world *w, struct err *e)
{
	if (store_open(w->path, STORE_WRITE, &w->bench.store, e) < 0 ||
	    desk_epochs(w->bench.store, &w->bench.keys, e) < 0)
		return -1;
	start(w);
	return 0;
}

int world_restart(struct world *w, int64_t later_s, struct err *e)
{
	world_down(w);
	w->clock.now += later_s;
	w->clock.monotonic_ms += later_s * 1000;
	return world_up(w, e) < 0 ? -1 : world_settle(w, e);
}

/* The same installation on another kind of server, where its own is none of the subject. */
static void bend(const struct world *w, struct conf *conf)
{
	static const char *border[] = { "mx.support.test above" };

	if (!conf->plus_addresses || conf_delimiter(conf) != '+')
		return;
	if (w->way == WAY_DELIMITER)
		conf->recipient_delimiter = "-";
	if (w->way != WAY_PLAIN)
		return;
	conf->plus_addresses = conf->verp = false;
	if (!conf->border_hosts.n)
		conf->border_hosts = (struct policy_words){ border, 1 };
}

/* The files of a configuration, read and checked once a process. */
struct read_conf {
	char *path;
	struct buf files;
	struct read_conf *next;
};

/* NULL: it is not good. */
static const struct read_conf *read_conf(const char *path, struct conf_problems *ret_problems)
{
	static struct read_conf *all;
	struct read_conf *r = all;
	struct conf *conf;

	while (r && strcmp(r->path, path) != 0)
		r = r->next;
	if (r)
		return r;
	conf = settings_load(path, CONF_POLICY_ONLY, ret_problems);
	if (!conf)
		return NULL;
	r = mem_alloc(sizeof(*r));
	*r = (struct read_conf){ .path = mem_strdup(path), .next = all };
	buf_init(&r->files, SIZE_MAX);
	conf_files_put(conf, &r->files);
	conf_free(&conf);
	return all = r;
}

/* As core has it: out of files that were read before, so that it opens none. */
static struct conf *load(const char *path, struct conf_problems *ret_problems)
{
	const struct read_conf *r = read_conf(path, ret_problems);

	return r ? conf_load_files(buf_span(&r->files), path, CONF_POLICY_ONLY, ret_problems)
		 : NULL;
}

int world_conf(struct world *w, const char *file, struct err *e)
{
	struct conf_problems problems;
	struct conf *conf;
	const char *path = arena_printf(&w->arena, "%s/conf/%s.conf", w->folder, file);

	conf_problems_init(&problems);
	conf = load(path, &problems);
	if (!conf)
		err_set(e, ERR_PERM, "%s", buf_cstr(&problems.text));
	conf_problems_release(&problems);
	if (!conf)
		return -1;
	bend(w, conf);
	if (!w->rooms) {
		w->bench.conf = conf;
		return 0;
	}
	rooms_reload(w->rooms, conf);
	return world_settle(w, e);
}

/* --- until there is nothing to do --- */

/* The loop's turns while something is ready or due, and what the peers begin by themselves. */
static int work(struct world *w, struct err *e)
{
	bool any = true;
	int ran = 0;

	for (int i = 0; i < TURNS_MAX; i++) {
		if (peers_step(w->peers, &any, e) < 0)
			return -1;
		ran = loop_turn(w->bench.loop, 0, e);
		if (ran < 0)
			return -1;
		if ((!any && ran == 0) || (w->crashed && w->crashed()))
			return 0;
	}
	return err_set(e, ERR_BUG, "core never comes to rest");
}

int world_work(struct world *w, struct err *e)
{
	start(w);
	return work(w, e);
}

static int counts_of(struct world *w, struct store_counts *ret_counts, struct err *e)
{
	if (store_count(w->bench.store, ret_counts, e) < 0)
		return -1;
	ret_counts->bytes = 0;
	return 0;
}

/* What failed left nothing behind, unless something else was committed meanwhile. */
static int check_rest(struct world *w, const struct store_counts *before, int64_t commits,
		      struct err *e)
{
	struct store_counts after;

	fault_pause();
	if (counts_of(w, &after, e) < 0)
		return -1;
	if (fault_commits() == commits && memcmp(before, &after, sizeof(after)) != 0)
		return err_set(e, ERR_BUG, "a statement failed and left something behind");
	return 0;
}

static int work_with_faults(struct world *w, struct err *e)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		int64_t fired = fault_fired(), commits = fault_commits();
		struct store_counts before;

		if (counts_of(w, &before, e) < 0)
			return -1;
		fault_resume();
		if (work(w, e) < 0 || check_rest(w, &before, commits, e) < 0)
			return -1;
		if (fault_fired() == fired)
			return 0;
		w->tried += fault_fired() - fired;
		w->clock.monotonic_ms += RETRY_MS;
	}
	return err_set(e, ERR_BUG, "no end of faults");
}

/* The n-th statement is the first that fails; 0: none does. */
static int settle(struct world *w, int n, struct err *e)
{
	bool faults = w->faults && n;
	int result;

	if (w->settle)
		return w->settle(w, e);
	start(w);
	if (faults)
		fault_start(n);
	result = faults ? work_with_faults(w, e) : work(w, e);
	fault_pause();
	if (result < 0)
		return -1;
	if (peers_doubles(w->peers))
		return err_set(e, ERR_BUG, "a server got a mail twice");
	return 0;
}

int world_settle(struct world *w, struct err *e)
{
	return settle(w, 1, e);
}

/* --- without descriptors --- */

/* The limit with which so many of the numbers below it are free. */
static rlim_t limit_for(int64_t spare)
{
	int fd = 0;

	for (; spare > 0 || fcntl(fd, F_GETFD) >= 0; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			spare--;
	return (rlim_t)fd;
}

/* What fails meanwhile, here and at the peers, is no fault: all of it must stand when it is over.
 */
int world_scarce(struct world *w, int64_t spare, struct err *e)
{
	struct rlimit whole, scarce;
	struct err ignored;

	start(w);
	getrlimit(RLIMIT_NOFILE, &whole);
	scarce = (struct rlimit){ limit_for(spare), whole.rlim_max };
	setrlimit(RLIMIT_NOFILE, &scarce);
	for (int i = 0; i < SCARCE_TURNS; i++) {
		(void)work(w, &ignored);
		w->clock.monotonic_ms += RETRY_MS;
	}
	setrlimit(RLIMIT_NOFILE, &whole);
	/* What the peers lost meanwhile shows now, and its wait comes after that. */
	for (int i = 0; i < 2; i++) {
		if (world_settle(w, e) < 0)
			return -1;
		w->clock.monotonic_ms += LOOK_S * 1000;
	}
	return world_settle(w, e);
}

/* --- mails --- */

int world_mail(struct world *w, const struct peers_mail *m, struct err *e)
{
	w->last_raw = m->raw;
	w->last_mailbox = m->mailbox;
	peers_mail_add(w->peers, m);
	return world_settle(w, e);
}

/* --- the clock --- */

static int next_due(struct world *w, int64_t *ret_at, struct err *e)
{
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);
	int64_t at[4];

	arena_init(&a);
	*ret_at = INSTANT_NONE;
	if (!d.store) /* a simulation's disk does not let it up */
		return 0;
	if (store_deadline_next(d.store, &at[0], e) < 0 || recommend_next(&d, &at[1], e) < 0 ||
	    digests_next(&d, &at[2], e) < 0 || waits_next(&d, &at[3], e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		if (*ret_at == INSTANT_NONE || (at[i] != INSTANT_NONE && at[i] < *ret_at))
			*ret_at = at[i];
	return 0;
}

static void pass(struct world *w, int64_t seconds)
{
	w->clock.now += seconds;
	w->clock.monotonic_ms += seconds * 1000;
}

/* How long nothing is due: idle looks at the clock are leapt over, the last ones are not. */
static int idle_s(struct world *w, int64_t until, int64_t *ret_seconds, struct err *e)
{
	int64_t due, timer_ms = loop_next_ms(w->bench.loop) - w->clock.monotonic_ms;

	if (next_due(w, &due, e) < 0)
		return -1;
	if (due == INSTANT_NONE || due > until)
		due = until;
	*ret_seconds = due - w->clock.now - 2 * LOOK_S;
	if (*ret_seconds > 0)
		return 0;
	*ret_seconds = (timer_ms + 999) / 1000;
	if (*ret_seconds < 1)
		*ret_seconds = 1;
	if (*ret_seconds > until - w->clock.now)
		*ret_seconds = until - w->clock.now;
	return 0;
}

int world_run_until(struct world *w, int64_t at, struct err *e)
{
	for (int i = 0; i < STEPS_MAX && w->clock.now < at; i++) {
		int64_t seconds;

		if (idle_s(w, at, &seconds, e) < 0)
			return -1;
		pass(w, seconds);
		if (world_settle(w, e) < 0)
			return -1;
	}
	return w->clock.now == at ? 0 : err_set(e, ERR_BUG, "the timer has too much to do");
}

int world_set_clock(struct world *w, int64_t at, struct err *e)
{
	w->clock.now = at;
	w->clock.monotonic_ms += LOOK_S * 1000;
	return world_settle(w, e);
}

/* --- what went out --- */

int world_last_row(struct world *w, const struct world_row *which, struct store_outbox *ret_row,
		   struct span *ret_message, struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .case_number = which->case_number };
	struct buf message BUF_AUTO;
	struct store_outbox *v;
	size_t n;

	buf_init(&message, SIZE_MAX);
	if (store_outbox_list(w->bench.store, &f, &w->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if ((which->to.n && !span_eq_ci(v[i].recipient, which->to)) ||
		    (which->kind.n && !span_eq(v[i].kind, which->kind)))
			continue;
		if (store_outbox_message(w->bench.store, v[i].id, &message, e) < 0)
			return -1;
		*ret_row = v[i];
		*ret_message = arena_dup(&w->arena, buf_span(&message));
		return 0;
	}
	return err_set(e, ERR_PERM, "no mail went to " SPAN_FMT, SPAN_ARG(which->to));
}

/* --- gatewayctl --- */

/* With a share of all faults there is one behind each transaction of a verb, however often it is
 * asked; in the end it is asked without. */
static int first_fault(int n)
{
	return fault_is_share() && n > SHARE_ASKS ? 0 : n;
}

/*
 * With faults the verb is asked until it did what it should: a failure that left nothing behind is
 * tried again, one after which the change stands (nobody was told of the commit) is not.
 */
static int ask(struct world *w, const struct control_request *r, struct err *e)
{
	const struct peers_answer *a = peers_answer(w->peers);
	enum fault fault;

	for (int n = 1; n < TURNS_MAX; n++) {
		if (world_settle(w, e) < 0)
			return -1;
		fault_mark();
		if (peers_ask(w->peers, r, e) < 0 || settle(w, first_fault(n), e) < 0)
			return -1;
		fault = fault_first();
		if (!a->there)
			return err_set(e, w->crashed ? ERR_TEMP : ERR_BUG,
				       "gatewayctl got no answer");
		w->ctl_status = a->status;
		w->ctl_out = a->out;
		w->ctl_err = a->err;
		if (!w->faults || a->status != EX_TEMPFAIL)
			return 0;
		if (fault == FAULT_COMMIT_UNTOLD) {
			w->ctl_status = EX_OK;
			return 0;
		}
	}
	return err_set(e, ERR_BUG, "no end of faults in a verb");
}

int world_ctl(struct world *w, const struct script_line *l, struct err *e)
{
	struct control_request r = { .columns = 80, .input = l->has_text ? l->text : SPAN("") };

	for (size_t i = 0; i < l->n; i++)
		r.words[r.n++] = arena_cstr(&w->arena, l->args[i].word);
	return ask(w, &r, e);
}

int world_history(struct world *w, const struct peers_mail *m, struct err *e)
{
	int64_t head[CTL_HISTORY_HEAD] = { m->received_at, m->size, (int64_t)m->raw.n };
	struct control_request r = { .columns = 80 };
	struct buf batch BUF_AUTO;

	buf_init(&batch, SIZE_MAX);
	buf_add(&batch, (struct span){ (const char *)head, sizeof(head) });
	buf_add(&batch, m->raw);
	r.words[r.n++] = "import";
	r.words[r.n++] = "batch";
	r.words[r.n++] = "--mailbox";
	r.words[r.n++] = m->mailbox;
	r.input = buf_span(&batch);
	if (ask(w, &r, e) < 0)
		return -1;
	if (w->ctl_status != EX_OK)
		return err_set(e, ERR_PERM, "import: " SPAN_FMT, SPAN_ARG(w->ctl_err));
	return 0;
}
