/* Transactions: what is committed counts (standing.h), what is not is as if it had not been. */
#include "store/extent.h"
#include "store/standing.h"

/* What was deferred goes the way of the transaction. */
static void deferred_became(struct store *s, enum store_deferred became, const struct err *why)
{
	if (s->deferred != STORE_DEFERRED_JOINED)
		return;
	s->deferred = became;
	s->deferred_why = *why;
}

int store_defer(struct store *s, struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_BUG, "store: nothing to defer");
	query_unheard(s, false);
	(void)query_settle(s, e);
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		store_rollback(s);
		return -1;
	}
	s->in_txn = false;
	s->deferred = STORE_DEFERRED_OPEN;
	return 0;
}

enum store_deferred store_deferred(const struct store *s, struct err *ret_why)
{
	if (s->deferred == STORE_DEFERRED_LOST)
		*ret_why = s->deferred_why;
	return s->deferred;
}

int store_begin(struct store *s, struct err *e)
{
	if (s->in_txn)
		return err_set(e, ERR_BUG, "store: a transaction inside of a transaction");
	recall_forget(&s->recall);
	if (s->deferred == STORE_DEFERRED_OPEN) {
		s->deferred = STORE_DEFERRED_JOINED;
		s->in_txn = true;
		return 0;
	}
	if (bulk_usable(&s->bulk, e) < 0 || extent_settle(s, e) < 0 ||
	    s->ops->begin(s->engine, e) < 0)
		return -1;
	s->in_txn = true;
	query_unheard(s, false);
	s->doomed.class = ERR_NONE;
	s->epoch_changed = false;
	s->changed = s->ops->changed(s->engine);
	return 0;
}

/* What changed nothing writes nothing. */
static bool has_changed(const struct store *s)
{
	return s->ops->changed(s->engine) != s->changed;
}

static bool counts(const struct store *s)
{
	return s->witness.fd >= 0 && has_changed(s);
}

void store_on_commit(struct store *s, store_commit_fn *fn, void *ctx)
{
	s->on_commit = fn;
	s->commit_ctx = ctx;
}

static void say_commit(const struct store *s, enum store_commit_step step, const struct err *e)
{
	if (s->on_commit)
		s->on_commit(s->commit_ctx, step, e);
}

/* What is known of rows, as some of them were taken back. */
static void forget_rows(struct store *s)
{
	recall_undo(&s->recall);
	storms_forget(&s->storms);
}

/* What was decided in the transaction, and claimed; what is deferred is still in it. */
static void end_decided(struct store *s, bool stands)
{
	added_end(&s->added, stands);
	if (!stands && has_changed(s))
		forget_rows(s);
	for (int i = 0; i < MAIL_STATE_COUNT; i++) {
		s->decided[i] += stands ? s->deciding[i] : 0;
		s->deciding[i] = 0;
	}
}

static int write_counts(struct store *s, struct err *e)
{
	return seen_write(s, e) < 0 ? -1 : tally_write(s, e);
}

static void forget_counts(struct store *s)
{
	seen_forget(s);
	tally_forget(s);
}

int store_commit(struct store *s, struct err *e)
{
	struct err ignored;
	bool counted;

	if (!s->in_txn)
		return err_set(e, ERR_BUG, "store: a commit without a transaction");
	s->gathered.add(s);
	if (s->doomed.class == ERR_NONE)
		(void)write_counts(s, &s->doomed);
	counted = s->doomed.class == ERR_NONE && counts(s);
	if (counted)
		(void)standing_count(s, &s->doomed); /* a failure dooms it, as any other */
	if (s->doomed.class == ERR_NONE)
		(void)extent_commit(s, counted ? s->next.commits : s->standing.commits, &s->doomed);
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		store_rollback(s);
		return -1;
	}
	s->in_txn = s->is_unheard = s->gathered.is_on = false;
	say_commit(s, STORE_COMMIT_BEGINS, NULL);
	if (s->ops->commit(s->engine, e) < 0) {
		deferred_became(s, STORE_DEFERRED_LOST, e);
		end_decided(s, false);
		extent_commit_failed(s);
		say_commit(s, STORE_COMMIT_FAILED, e);
		return -1;
	}
	deferred_became(s, STORE_DEFERRED_STANDS, &s->doomed);
	end_decided(s, true);
	bulk_commit(&s->bulk);
	s->extents_going = false;
	if (counted) {
		s->standing = s->next;
		standing_committed(s);
	}
	say_commit(s, has_changed(s) ? STORE_COMMIT_STANDS : STORE_COMMIT_EMPTY, NULL);
	(void)extent_sweep(s, &ignored);
	return 0;
}

/* Of a transaction that is over. */
static void say_lacking(struct store *s, const struct err *why)
{
	if (!s->bulk.lacks)
		return;
	if (s->bulk.lacks > s->lacks)
		s->lacks = s->bulk.lacks;
	s->bulk.lacks = 0;
	say_commit(s, STORE_COMMIT_FAILED, why);
}

void store_rollback(struct store *s)
{
	static const struct err by_hand = { ERR_TEMP, "store: rolled back" };
	struct err why = s->doomed;

	if (s->in_txn) {
		deferred_became(s, STORE_DEFERRED_LOST,
				s->doomed.class != ERR_NONE ? &s->doomed : &by_hand);
		s->ops->rollback(s->engine);
		bulk_rollback(&s->bulk);
		s->extents_going = false;
		end_decided(s, false);
		forget_counts(s);
	}
	gathered_forget(&s->gathered);
	s->in_txn = s->is_unheard = s->gathered.is_on = false;
	s->doomed.class = ERR_NONE;
	say_lacking(s, &why);
}

void store_txn_end(struct store **s)
{
	if (*s)
		store_rollback(*s);
}

static int run_script(struct store *s, const char *sql, struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_BUG, "store: a mark without a transaction");
	query_unheard(s, false);
	return s->ops->script(s->engine, sql, e);
}

int store_mark(struct store *s, struct err *e)
{
	query_unheard(s, false);
	if (s->doomed.class != ERR_NONE) {
		*e = s->doomed;
		return -1;
	}
	memcpy(s->before_mark, s->deciding, sizeof(s->before_mark));
	added_mark(&s->added);
	bulk_mark(&s->bulk);
	if (write_counts(s, e) < 0)
		return -1;
	return run_script(s, "SAVEPOINT mark", e);
}

int store_back_to_mark(struct store *s, struct err *e)
{
	forget_rows(s);
	forget_counts(s);
	gathered_forget(&s->gathered);
	memcpy(s->deciding, s->before_mark, sizeof(s->deciding));
	added_back_to_mark(&s->added);
	bulk_back_to_mark(&s->bulk);
	if (s->ops->forget)
		s->ops->forget(s->engine);
	return run_script(s, "ROLLBACK TO SAVEPOINT mark", e);
}
