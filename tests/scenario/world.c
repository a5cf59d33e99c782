#include "tests/scenario/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/ctl/ctl_verbs.h"
#include "gatewayd/mail/mail_job.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/post/post.h"
#include "gatewayd/timer/alarms.h"
#include "gatewayd/timer/recommend.h"
#include "tests/scenario/fault.h"

enum {
	TURNS_MAX = 20000, /* of the timer in one AT */
	ROWS_A_CLAIM = 50,
	TRIES_MAX = 20000, /* faults in one transaction */
};

struct desk world_desk(struct world *w, struct arena *a)
{
	return (struct desk){ .conf = w->conf,
			      .store = w->store,
			      .zones = w->zones,
			      .keys = &w->keys,
			      .now = w->now,
			      .arena = a };
}

/* --- transactions, with and without faults --- */

typedef int world_work(struct world *w, void *ctx, struct err *e);

static int counts_of(struct world *w, struct store_counts *ret_counts, struct err *e)
{
	if (store_count(w->store, ret_counts, e) < 0)
		return -1;
	ret_counts->bytes = 0;
	return 0;
}

/* One try with the nth statement failing: 1 when it is over, 0 when it is to be tried again. */
static int try_with_fault(struct world *w, world_work *work, void *ctx, int nth, struct err *e)
{
	struct store_counts before, after;
	enum fault fault;
	int result;

	if (counts_of(w, &before, e) < 0)
		return -1;
	fault_arm(nth);
	result = work(w, ctx, e);
	fault = fault_disarm();
	if (fault == FAULT_NONE)
		return result < 0 ? -1 : 1;
	w->tried++;
	if (fault == FAULT_COMMIT_UNTOLD)
		return 1;
	if (result == 0)
		return err_set(e, ERR_BUG, "statement %d failed and nobody heard it", nth);
	if (e->class != ERR_TEMP)
		return err_prefix(e, "statement %d failed and became another error: ", nth);
	if (counts_of(w, &after, e) < 0)
		return -1;
	if (memcmp(&before, &after, sizeof(before)) != 0)
		return err_set(e, ERR_BUG, "statement %d failed and left something behind", nth);
	return 0;
}

static int transact(struct world *w, world_work *work, void *ctx, struct err *e)
{
	int result = 0;

	if (!w->faults)
		return work(w, ctx, e);
	for (int nth = 1; result == 0; nth++) {
		if (nth > TRIES_MAX)
			return err_set(e, ERR_BUG, "no end of faults");
		result = try_with_fault(w, work, ctx, nth, e);
	}
	return result < 0 ? -1 : 0;
}

/* --- beginning and end --- */

int world_conf(struct world *w, const char *file, struct err *e)
{
	struct conf_problems problems;
	struct conf *conf;
	const char *path = arena_printf(&w->arena, "%s/conf/%s.conf", w->folder, file);

	conf_problems_init(&problems);
	conf = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!conf)
		err_set(e, ERR_PERM, "%s", buf_cstr(&problems.text));
	conf_problems_release(&problems);
	if (!conf)
		return -1;
	conf_free(&w->conf);
	w->conf = conf;
	return 0;
}

int world_open(struct world *w, const char *folder, struct err *e)
{
	const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
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
	w->path = arena_cstr(&w->arena, span_of(path));
	w->zones = zones_new(NULL);
	w->parser = parser_new();
	w->uidvalidity = 1;
	w->last_mailbox = "";
	if (token_keys_set(&w->keys, SPAN("the key of all scenarios, long enough for tokens"),
			   SPAN(""), e) < 0)
		return -1;
	return store_open(w->path, STORE_CREATE, &w->store, e);
}

void world_close(struct world *w)
{
	store_close(&w->store);
	for (size_t i = 0; i < 4; i++) {
		static const char *const tails[] = { "", "-wal", "-shm", ".lock" };

		unlink(arena_printf(&w->arena, "%s%s", w->path, tails[i]));
	}
	conf_free(&w->conf);
	parser_free(&w->parser);
	zones_free(&w->zones);
	arena_release(&w->arena);
}

static int recompute(struct world *w, struct err *e)
{
	int64_t before = INT64_MAX;
	int result = 0;

	while (before && result == 0) {
		struct arena a ARENA_AUTO;
		struct desk d = world_desk(w, &a);

		arena_init(&a);
		result = alarms_recompute(&d, &before, e);
	}
	return result;
}

int world_restart(struct world *w, int64_t later_s, struct err *e)
{
	size_t n;

	store_close(&w->store);
	w->now += later_s;
	if (store_open(w->path, STORE_WRITE, &w->store, e) < 0 ||
	    store_outbox_recover(w->store, w->now, &n, e) < 0)
		return -1;
	if (world_decide(w, e) < 0 || world_timer(w, e) < 0 || recompute(w, e) < 0)
		return -1;
	return world_timer(w, e);
}

/* --- mails --- */

struct keeping {
	const struct world_mail *mail;
};

static int keep(struct world *w, void *ctx, struct err *e)
{
	const struct world_mail *m = ((struct keeping *)ctx)->mail;
	struct store *txn STORE_TXN = w->store;
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);
	struct store_mail row = {
		.location = { span_of(m->mailbox), m->uidvalidity, m->uid },
		.received_at = m->received_at,
		.size = m->size ? m->size : (int64_t)m->raw.n,
		.truncated = m->size > (int64_t)m->raw.n,
		.history = m->history,
	};
	int64_t id;
	bool is_new;

	arena_init(&a);
	if (store_begin(txn, e) < 0 || mail_keep(&d, &row, m->raw, &id, &is_new, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int world_keep(struct world *w, const struct world_mail *m, struct err *e)
{
	struct keeping k = { m };

	w->last_raw = arena_dup(&w->arena, m->raw);
	w->last_mailbox = m->mailbox;
	return transact(w, keep, &k, e);
}

static void body_write(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

/* The facts take the way over the wire, as those of the parse child do. */
static int parse(struct world *w, struct mail_job *job, struct arena *a, struct buf *body,
		 struct err *e)
{
	struct buf encoded BUF_AUTO;
	struct parser_sink sink = { .write = body_write, .ctx = body };
	struct facts facts;

	buf_init(&encoded, SIZE_MAX);
	parser_parse(w->parser, job->raw, &sink, a, &facts);
	facts_encode(&facts, &encoded);
	job->body = buf_span(body);
	return facts_decode(arena_dup(a, buf_span(&encoded)), body->n, a, &job->facts, e);
}

static int decide_one(struct world *w, struct store_mail *mail, struct arena *a, struct err *e)
{
	struct buf raw BUF_AUTO, body BUF_AUTO;
	struct mail_job job = { .mail = *mail };
	struct desk d = world_desk(w, a);

	buf_init(&raw, SIZE_MAX);
	buf_init(&body, SIZE_MAX);
	if (store_mail_raw(w->store, mail->id, &raw, e) < 0)
		return -1;
	job.raw = buf_span(&raw);
	if (parse(w, &job, a, &body, e) < 0)
		return -1;
	return mail_job_run(&d, &job, e);
}

/* What the pool does with all that is pending. */
static int decide(struct world *w, void *ctx, struct err *e)
{
	struct store *txn STORE_TXN = w->store;
	struct arena a ARENA_AUTO;
	struct store_mail *v;
	size_t n;

	(void)ctx;
	arena_init(&a);
	if (store_begin(txn, e) < 0 || store_mail_pending(w->store, 0, 16, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (decide_one(w, &v[i], &a, e) < 0)
			return -1;
	return store_commit(txn, e);
}

int world_decide(struct world *w, struct err *e)
{
	struct store_counts c;

	do {
		if (transact(w, decide, NULL, e) < 0 || store_count(w->store, &c, e) < 0)
			return -1;
	} while (c.mails_pending);
	return world_send(w, e);
}

/* --- the timer --- */

static int alarms(struct world *w, void *ctx, struct err *e)
{
	struct alarms_done done;
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);

	(void)ctx;
	arena_init(&a);
	return alarms_turn(&d, &done, e);
}

static int recommend(struct world *w, void *ctx, struct err *e)
{
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);

	(void)ctx;
	arena_init(&a);
	return recommend_turn(&d, e);
}

static int next_due(struct world *w, int64_t *ret_at, struct err *e)
{
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);
	int64_t at;

	arena_init(&a);
	if (store_deadline_next(w->store, &at, e) < 0 || recommend_next(&d, ret_at, e) < 0)
		return -1;
	if (*ret_at == INSTANT_NONE || (at != INSTANT_NONE && at < *ret_at))
		*ret_at = at;
	return 0;
}

int world_timer(struct world *w, struct err *e)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		bool more = false;
		int64_t at;

		if (transact(w, alarms, &more, e) < 0 || transact(w, recommend, NULL, e) < 0 ||
		    next_due(w, &at, e) < 0)
			return -1;
		if (at == INSTANT_NONE || at > w->now)
			return world_send(w, e);
	}
	return err_set(e, ERR_BUG, "the timer never comes to rest");
}

int world_run_until(struct world *w, int64_t at, struct err *e)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		int64_t next;

		if (next_due(w, &next, e) < 0)
			return -1;
		if (next == INSTANT_NONE || next > at) {
			w->now = at;
			return world_timer(w, e);
		}
		if (next > w->now)
			w->now = next;
		if (world_timer(w, e) < 0)
			return -1;
	}
	return err_set(e, ERR_BUG, "the timer has too much to do");
}

/* --- sending --- */

static enum outbox_state outcome(const struct world *w, const struct store_outbox *row)
{
	return w->fail_to && span_is_ci(row->recipient, w->fail_to) ? OUTBOX_FAILED : OUTBOX_SENT;
}

static int settle(struct world *w, void *ctx, struct err *e)
{
	const struct store_outbox *row = ctx;
	enum outbox_state state = outcome(w, row);
	struct store *txn STORE_TXN = w->store;
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);
	int code = state == OUTBOX_SENT ? 250 : w->fail_code;
	struct span text = state == OUTBOX_SENT ? SPAN("ok") : span_of(w->fail_text);
	struct store_outbox now;

	arena_init(&a);
	if (store_begin(txn, e) < 0 || store_outbox_get(w->store, row->id, &a, &now, e) < 0)
		return -1;
	if (now.state != OUTBOX_SENDING)
		return store_commit(txn, e);
	if (store_outbox_result(w->store, row->id, state, w->now, w->now, code, text, e) < 0 ||
	    post_settled(&d, &now, state, code, text, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int world_send(struct world *w, struct err *e)
{
	struct store_outbox *v;
	size_t n;

	do {
		struct arena a ARENA_AUTO;

		arena_init(&a);
		if (w->hold)
			return 0;
		if (store_outbox_claim(w->store, w->now, ROWS_A_CLAIM, &a, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (transact(w, settle, &v[i], e) < 0)
				return -1;
	} while (n);
	return 0;
}

int world_last_row(struct world *w, const struct world_row *which, struct store_outbox *ret_row,
		   struct span *ret_message, struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .case_number = which->case_number };
	struct buf message BUF_AUTO;
	struct store_outbox *v;
	size_t n;

	buf_init(&message, SIZE_MAX);
	if (store_outbox_list(w->store, &f, &w->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!span_eq_ci(v[i].recipient, which->to) ||
		    (which->kind.n && !span_eq(v[i].kind, which->kind)))
			continue;
		if (store_outbox_message(w->store, v[i].id, &message, e) < 0)
			return -1;
		*ret_row = v[i];
		*ret_message = arena_dup(&w->arena, buf_span(&message));
		return 0;
	}
	return err_set(e, ERR_PERM, "no mail went to " SPAN_FMT, SPAN_ARG(which->to));
}

/* --- gatewayctl --- */

struct command {
	const struct script_line *line;
	struct buf out, err;
	int status;
};

static int run_ctl(struct world *w, void *ctx, struct err *e)
{
	struct command *k = ctx;
	struct arena a ARENA_AUTO;
	struct desk d = world_desk(w, &a);
	struct ctl c = { .d = &d, .columns = 80, .out = &k->out, .err = &k->err };
	const struct ctl_verb *verb;
	const char *words[CTL_WORDS_MAX];

	arena_init(&a);
	c.argv = words;
	buf_clear(&k->out);
	buf_clear(&k->err);
	for (size_t i = 0; i < k->line->n && c.argc < CTL_WORDS_MAX; i++)
		words[c.argc++] = arena_cstr(&a, k->line->args[i].word);
	c.input = k->line->has_text ? k->line->text : SPAN("");
	verb = ctl_find(c.argc, c.argv, &k->err);
	k->status = verb ? ctl_run(&c, verb) : EX_USAGE;
	if (k->status == EX_TEMPFAIL)
		return err_set(e, ERR_TEMP, "%s", buf_cstr(&k->err));
	return 0;
}

int world_ctl(struct world *w, const struct script_line *l, struct err *e)
{
	struct command k = { .line = l };
	int result;

	buf_init(&k.out, SIZE_MAX);
	buf_init(&k.err, SIZE_MAX);
	result = transact(w, run_ctl, &k, e);
	/* Of a commit that nobody was told of, the verb itself only knows that it failed. */
	w->ctl_status = w->faults && k.status == EX_TEMPFAIL ? EX_OK : k.status;
	w->ctl_out = arena_dup(&w->arena, buf_span(&k.out));
	w->ctl_err = arena_dup(&w->arena, buf_span(&k.err));
	buf_release(&k.out);
	buf_release(&k.err);
	if (result < 0)
		return -1;
	return world_send(w, e);
}
