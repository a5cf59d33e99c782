#include "gatewayd/core/settle.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/log.h"
#include "gatewayd/net/backoff.h"
#include "gatewayd/post/post.h"

enum {
	UNKNOWN_TRIES = 3, /* the first and two more, so far apart: */
	UNKNOWN_WAIT_S = 2 * HOUR_S,
	TRIED_S = HOUR_S,
};

static int64_t retry_delay(const struct conf_smtp *smtp, int attempts)
{
	struct backoff b = { smtp->retry_min_s, smtp->retry_max_s };
	uint32_t random;

	crypto_random(&random, sizeof(random));
	return backoff_delay(&b, attempts > 0 ? (unsigned int)attempts : 1, random);
}

/* About so long so many tries took. */
static int64_t tried_s(const struct conf_smtp *smtp, int attempts)
{
	int64_t sum = 0, wait = smtp->retry_min_s;

	for (int n = 1; n < attempts && sum < TRIED_S; n++) {
		sum += wait;
		wait = 2 * wait < smtp->retry_max_s ? 2 * wait : smtp->retry_max_s;
	}
	return sum;
}

bool settle_is_over(const struct bench *b, const struct store_outbox *row)
{
	const struct conf_smtp *smtp = &b->conf->smtp;
	int64_t wanted = smtp->give_up_s < TRIED_S ? smtp->give_up_s : TRIED_S;

	return bench_waits_s(b, row->created_at) > smtp->give_up_s &&
	       tried_s(smtp, row->attempts) >= wanted;
}

/* The reply was lost: each further try may be a double, so there are few, and long waits. */
static int settle_unknown(struct desk *d, int64_t row, enum outbox_state *ret_state,
			  int64_t *ret_next_at, struct err *e)
{
	int unknowns;

	if (store_outbox_unknown(d->store, row, &unknowns, e) < 0)
		return -1;
	*ret_state = unknowns < UNKNOWN_TRIES ? OUTBOX_QUEUED : OUTBOX_UNKNOWN;
	*ret_next_at = d->now + UNKNOWN_WAIT_S;
	return 0;
}

static bool is_for_operators(const struct store_outbox *row)
{
	return span_is(row->kind, "trouble") || span_is(row->kind, "trouble_over");
}

static void log_result(const struct store_outbox *row, enum outbox_state state,
		       const struct settle_result *r)
{
	log_event(state == OUTBOX_SENT ? LOG_INFO : LOG_WARNING, "outbox.result",
		  log_int("row", row->id), log_int("case", row->case_number),
		  log_span("kind", row->kind), log_text("state", outbox_state_name(state)),
		  log_int("code", r->code), log_text("text", r->text));
}

/* Cancelled or queued again meanwhile, which another node may have tried, too, or told twice: only
 * that it went out is news. */
static bool is_news(enum outbox_state state, enum talk_outcome outcome)
{
	return state == OUTBOX_SENDING ||
	       (outcome == TALK_SENT &&
		(state == OUTBOX_CANCELLED || state == OUTBOX_QUEUED || state == OUTBOX_FAILED));
}

/* Sent, failed for good, or queued again: after 5xx or when the time to give up has come, it
 * failed. */
static int settle_row(struct bench *b, struct desk *d, const struct settle_result *r, struct err *e)
{
	const struct conf_smtp *smtp = &d->conf->smtp;
	struct span text = span_of(r->text);
	struct store_outbox row;
	enum outbox_state state = OUTBOX_QUEUED;
	int64_t next_at = d->now;

	if (store_outbox_get(d->store, r->row, d->arena, &row, e) < 0)
		return -1;
	if (!is_news(row.state, r->outcome))
		return 0;
	if (r->outcome == TALK_UNKNOWN && settle_unknown(d, row.id, &state, &next_at, e) < 0)
		return -1;
	if (r->outcome == TALK_SENT)
		state = OUTBOX_SENT;
	else if (r->outcome == TALK_FAILED || (r->outcome == TALK_RETRY && settle_is_over(b, &row)))
		state = OUTBOX_FAILED;
	else if (r->outcome == TALK_RETRY && !(r->passed_on && is_for_operators(&row)))
		next_at += retry_delay(smtp, row.attempts);
	log_result(&row, state, r);
	if (store_outbox_result(d->store, row.id, state, d->now, next_at, r->code, text, e) < 0)
		return -1;
	return post_settled(d, &row, state, r->code, text, e);
}

/*
 * Most are sent, and nobody else has touched them: they are not read again for it.  On a store that
 * nodes share it would be heard too late that one is not so.  1: it is settled.
 */
static int settle_plain(struct bench *b, struct desk *d, const struct settle_result *r,
			struct err *e)
{
	struct store_outbox row = { .id = r->row,
				    .case_number = r->held.case_number,
				    .note_id = r->held.note_id,
				    .kind = span_of(r->held.kind),
				    .automatic = r->held.automatic,
				    .late_at = INSTANT_NONE };
	struct span text = span_of(r->text);

	if (r->outcome != TALK_SENT || !r->held.is_plain || b->holding.is_shared)
		return 0;
	if (store_outbox_sent(d->store, row.id, d->now, r->code, text, e) < 0)
		return e->class == ERR_PERM ? 0 : -1;
	log_result(&row, OUTBOX_SENT, r);
	return post_settled(d, &row, OUTBOX_SENT, r->code, text, e) < 0 ? -1 : 1;
}

static int settle_in_turn(struct bench *b, struct desk *d, const struct settle_result *r,
			  struct err *e)
{
	int done = settle_plain(b, d, r, e);

	return done ? (done < 0 ? -1 : 0) : settle_row(b, d, r, e);
}

/* --- beside the turns of other nodes --- */

/* Of a row that this node has claimed nothing else is changed by its having been sent. */
static int settle_beside(struct desk *d, struct settle_result *r, struct err *e)
{
	struct store_outbox row;

	if (store_outbox_get(d->store, r->row, d->arena, &row, e) < 0)
		return -1;
	r->waits = row.state != OUTBOX_SENDING;
	if (r->waits || post_sent(d, &row, r->code, span_of(r->text), &r->waits, e) < 0)
		return r->waits ? 0 : -1;
	if (r->waits)
		return 0;
	log_result(&row, OUTBOX_SENT, r);
	return store_outbox_sent(d->store, row.id, d->now, r->code, span_of(r->text), e);
}

static bool is_beside(const struct bench *b)
{
	return b->holding.is_shared && !b->owns_turn;
}

/* A webhook hears of all that is done with a case, in its order. */
static bool needs_turn(const struct bench *b, const struct settle_result *r)
{
	return is_beside(b) && !r->back && (r->outcome != TALK_SENT || b->conf->hook_count);
}

static int by_row(const void *a, const void *b)
{
	const struct settle_result *x = a, *y = b;

	return x->row < y->row ? -1 : x->row > y->row;
}

/* --- all that came --- */

static int settle_one(struct bench *b, struct desk *d, struct settle_result *r, struct err *e)
{
	if (r->waits)
		return 0;
	if (r->back)
		return store_outbox_unclaim(d->store, r->row, e);
	return is_beside(b) ? settle_beside(d, r, e) : settle_in_turn(b, d, r, e);
}

static void say_all(struct desk *d, const struct settle_result *v, size_t n)
{
	struct store_outbox row;
	struct err ignored;

	if (!store_ahead_begin(d->store))
		return;
	for (size_t i = 0; i < n; i++)
		if (!v[i].back && !v[i].waits)
			(void)store_outbox_get(d->store, v[i].row, d->arena, &row, &ignored);
	store_ahead_said(d->store);
}

int settle_together(struct bench *b, struct desk *d, struct settle_result *v, size_t n,
		    struct err *e)
{
	if (is_beside(b) && n)
		qsort(v, n, sizeof(*v), by_row);
	for (size_t i = 0; i < n; i++)
		v[i].waits = needs_turn(b, &v[i]);
	say_all(d, v, n);
	for (size_t i = 0; i < n; i++)
		if (settle_one(b, d, &v[i], e) < 0)
			return -1;
	return 0;
}

static int settle_alone(struct bench *b, struct desk *d, struct settle_result *r, struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	return store_begin(txn, e) < 0 || settle_together(b, d, r, 1, e) < 0 ? -1
									     : store_commit(txn, e);
}

int settle_state(struct desk *d, const struct settle_result *r, const char *why, struct err *e)
{
	enum outbox_state state = r->outcome == TALK_SENT      ? OUTBOX_SENT
				  : r->outcome == TALK_UNKNOWN ? OUTBOX_UNKNOWN
							       : OUTBOX_FAILED;
	struct span text = span_of(arena_printf(d->arena, "%s; not settled: %s", r->text, why));
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 ||
	    store_outbox_result(txn, r->row, state, d->now, d->now, r->code, text, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int settle_each(struct bench *b, struct desk *d, struct settle_result *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (settle_alone(b, d, &v[i], e) == 0)
			continue;
		if (e->class != ERR_PERM)
			return -1;
		log_event(LOG_ERROR, "outbox.not-settled", log_int("row", v[i].row), log_reason(e));
		if (!v[i].back && settle_state(d, &v[i], e->text, e) < 0 && e->class != ERR_PERM)
			return -1;
	}
	return 0;
}

/* --- what is damaged --- */

static int set_aside(struct desk *d, const struct store_outbox *row, struct span why, bool tell,
		     struct err *e)
{
	struct store *txn STORE_TXN = d->store;

	if (store_begin(txn, e) < 0 || store_outbox_damage(txn, row->id, why, e) < 0)
		return -1;
	if (tell && post_settled(d, row, OUTBOX_FAILED, 0, why, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int settle_damaged(struct desk *d, const struct store_outbox *row, const char *why, struct err *e)
{
	struct span text = span_of(arena_printf(d->arena, "damaged: %s", why));
	int done = set_aside(d, row, text, !row->hook.n, e);

	/* What tells of it may be damaged, too. */
	if (done < 0 && e->class == ERR_PERM)
		done = set_aside(d, row, text, false, e);
	if (done == 0)
		log_event(LOG_ERROR, "outbox.damaged", log_int("row", row->id),
			  log_int("case", row->case_number), log_span("kind", row->kind),
			  log_span("hook", row->hook), log_span("text", text));
	return done;
}

int settle_damaged_text(struct bench *b, const char **ret_text)
{
	struct err ignored; /* of a store that has a trouble of its own */
	int64_t n;

	*ret_text = NULL;
	if (store_outbox_damaged(b->store, &n, &ignored) < 0)
		return -1;
	if (n)
		*ret_text = arena_printf(
		    &b->arena,
		    "damaged rows of the outbox, not sent: %" PRIi64
		    "; gatewayctl outbox list --state failed shows them, outbox retry, "
		    "edit or cancel settles each",
		    n);
	return 0;
}
