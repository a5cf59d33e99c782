#include "gatewayd/timer/retention.h"

#include <inttypes.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/units.h"
#include "gatewayd/mail/mail_identify.h"
#include "gatewayd/mail/storm.h"
#include "gatewayd/person/expire.h"

enum {
	MAILS_A_TURN = 100,
	BYTES_A_TURN = 8 * MIB, /* of raw mails, which are read where files stand in them */
	IDS_A_TURN = 10000,
	EVERY_S = HOUR_S,
	BUDGETS_S = 3 * DAY_S, /* longer than any budget's window */
};

#define CURSOR_KEY "raw-expired"  /* the highest mail whose raw bytes were taken away */
#define LATE_KEY   "raw-late"	  /* the highest mail below it that was looked at once more */
#define LATER_KEY  "raw-looked"	  /* when the last such look ended */
#define CASE_KEY   "case-expired" /* the highest case of this walk; 0: none is under way */
#define MAIL_KEY   "mail-expired" /* then the highest mail */
#define WALKED_KEY "case-walked"  /* when the last walk ended */

static int meta_number(struct desk *d, const char *key, int64_t *ret_n, struct err *e)
{
	struct span value;

	*ret_n = 0;
	if (store_meta_get(d->store, key, d->arena, &value, e) < 0)
		return -1;
	if (value.p)
		span_i64(value, ret_n);
	return 0;
}

static int put_number(struct desk *d, const char *key, int64_t n, struct err *e)
{
	return store_meta_set(d->store, key, span_of(arena_printf(d->arena, "%" PRIi64, n)), e);
}

static struct store_expiry slice_of(const struct desk *d)
{
	return (struct store_expiry){ .before = d->now - d->conf->limits.raw_days * DAY_S,
				      .limit = MAILS_A_TURN,
				      .bytes = BYTES_A_TURN,
				      .identify = mail_identify };
}

static int expire(struct desk *d, bool *ret_more, struct err *e)
{
	struct store_expiry slice = slice_of(d);
	struct store_expired done;

	*ret_more = false;
	if (d->conf->limits.raw_days == 0)
		return 0;
	if (meta_number(d, CURSOR_KEY, &slice.after, e) < 0 ||
	    store_mail_expire(d->store, &slice, &done, e) < 0)
		return -1;
	if (done.is_damaged)
		log_event(LOG_WARNING, "retention.passed-over", log_int("mail", done.last),
			  log_reason(&done.damage));
	*ret_more = done.last != 0;
	return done.last ? put_number(d, CURSOR_KEY, done.last, e) : 0;
}

static bool is_of_today(const struct desk *d, int64_t at)
{
	return at <= d->now && d->now - at < DAY_S;
}

/* Once a day those that were passed by: they waited for a person then, or another node kept them
 * later, with a lower number. */
static int expire_late(struct desk *d, bool *ret_more, struct err *e)
{
	struct store_expiry slice = slice_of(d);
	struct store_expired done;
	int64_t looked_at, highest, at;

	*ret_more = false;
	slice.left = true;
	if (meta_number(d, LATER_KEY, &looked_at, e) < 0 ||
	    meta_number(d, LATE_KEY, &slice.after, e) < 0 ||
	    meta_number(d, CURSOR_KEY, &highest, e) < 0)
		return -1;
	if (d->conf->limits.raw_days == 0 || is_of_today(d, looked_at) || !highest)
		return 0;
	slice.to = highest - slice.after < IDS_A_TURN ? highest : slice.after + IDS_A_TURN;
	if (store_mail_expire(d->store, &slice, &done, e) < 0)
		return -1;
	at = done.last ? done.last : slice.to;
	*ret_more = at < highest;
	if (put_number(d, LATE_KEY, *ret_more ? at : 0, e) < 0)
		return -1;
	return *ret_more ? 0 : put_number(d, LATER_KEY, d->now, e);
}

/* Where the walk is: cases, and behind their last one mails. */
struct walk {
	int64_t cases, mails;
};

static int next_slice(struct desk *d, struct walk *w, bool *ret_more, struct err *e)
{
	struct expired sum = { 0 };
	int64_t last;

	if (expire_slice(d, w->cases, false, &sum, &last, e) < 0)
		return -1;
	w->cases = last ? last : INT64_MAX;
	if (!last && expire_mails(d, w->mails, false, &sum, &w->mails, e) < 0)
		return -1;
	*ret_more = last || w->mails;
	if (!*ret_more)
		w->cases = 0;
	return 0;
}

/* Once a day through all of them, where a queue keeps something only for so long. */
static int expire_walk(struct desk *d, bool *ret_more, struct err *e)
{
	struct walk w;
	int64_t walked_at;

	*ret_more = false;
	if (!expire_is_asked(d->conf))
		return 0;
	if (meta_number(d, WALKED_KEY, &walked_at, e) < 0 ||
	    meta_number(d, CASE_KEY, &w.cases, e) < 0 || meta_number(d, MAIL_KEY, &w.mails, e) < 0)
		return -1;
	if (is_of_today(d, walked_at))
		return 0;
	if (next_slice(d, &w, ret_more, e) < 0 || put_number(d, CASE_KEY, w.cases, e) < 0 ||
	    put_number(d, MAIL_KEY, w.mails, e) < 0)
		return -1;
	return *ret_more ? 0 : put_number(d, WALKED_KEY, d->now, e);
}

/* What nobody asks for any more: all of it is looked at, for which there is no index. */
static int sweep(struct desk *d, struct err *e)
{
	struct store *s = d->store;

	if (store_shown_sweep(s, d->now, e) < 0 || store_dead_sweep(s, d->now, e) < 0 ||
	    store_storm_sweep(s, d->now - STORM_WINDOW_S, e) < 0)
		return -1;
	return store_budget_sweep(s, d->now - BUDGETS_S, e);
}

int retention_turn(struct desk *d, int64_t *ret_next, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	bool more, late, walking, again;

	if (store_begin(txn, e) < 0 || expire(d, &more, e) < 0 || expire_late(d, &late, e) < 0 ||
	    expire_walk(d, &walking, e) < 0)
		return -1;
	again = more || late || walking;
	if ((!again && sweep(d, e) < 0) || store_commit(txn, e) < 0)
		return -1;
	*ret_next = d->now + (again ? 1 : EVERY_S);
	return 0;
}
