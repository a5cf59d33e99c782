#include "tests/scenario/fault.h"

#include "store/engine.h"

/* The names that the linker's --wrap=engine_sqlite makes. */
extern const struct engine_ops __real_engine_sqlite;
extern struct engine_ops __wrap_engine_sqlite;
struct engine_ops __wrap_engine_sqlite;

static struct {
	bool on;
	int every, rounds;
	int n, count; /* the n-th is to fail, so many were since the last */
	int64_t fired, commits;
	enum fault first;
	struct engine *engine;
	enum sql_id id; /* of the statement that was prepared last */
	bool in_txn;
	bool wrote, forward; /* in this transaction; brought things forward */
} f = { .every = 1 };

/* The n of a round's first fault: each that may be comes in its turn, so that no statement is left
 * out of all rounds. */
static int first_n(void)
{
	return 1 + f.rounds++ % f.every;
}

static bool is_now(enum fault which, struct err *e)
{
	if (!f.on || ++f.count < f.n)
		return false;
	f.n += f.every;
	f.count = 0;
	f.fired++;
	if (f.first == FAULT_NONE)
		f.first = which;
	err_set(e, ERR_TEMP, "a fault of the test");
	return true;
}

static void stands(bool wrote, bool forward)
{
	f.commits += wrote;
	if (!forward)
		return;
	f.n = first_n();
	f.count = 0;
}

static int begin(struct engine *en, struct err *e)
{
	if (is_now(FAULT_STATEMENT, e) || __real_engine_sqlite.begin(en, e) < 0)
		return -1;
	f.in_txn = true;
	f.wrote = f.forward = false;
	return 0;
}

static bool is_write(enum sql_id id)
{
	struct span text = span_of(sql_sqlite.statements[id].text), line;

	while (span_line(&text, &line) && (!line.n || span_starts_ci(line, SPAN("--"))))
		;
	/* The count of commits is part of each of them, also of one that does nothing. */
	return id != SQL_STANDING_COUNT && !span_starts_ci(line, SPAN("SELECT"));
}

/* What is done over and over while something else fails does not: claims, attempts; and each commit
 * is counted. */
static bool is_forward(enum sql_id id)
{
	return id != SQL_STANDING_COUNT && id != SQL_OUTBOX_CLAIM &&
	       id != SQL_OUTBOX_CLAIM_OPERATORS && id != SQL_OUTBOX_CLAIM_DOMAIN &&
	       id != SQL_OUTBOX_UNCLAIM && id != SQL_OUTBOX_RECOVER && id != SQL_MAIL_ATTEMPT;
}

static int prepare(struct engine *en, enum sql_id id, struct engine_stmt **ret_stmt, struct err *e)
{
	f.engine = en;
	f.id = id;
	return __real_engine_sqlite.prepare(en, id, ret_stmt, e);
}

static int step(struct engine_stmt *st, struct err *e)
{
	int result;

	if (is_now(FAULT_STATEMENT, e))
		return -1;
	result = __real_engine_sqlite.step(st, e);
	if (result < 0 || !is_write(f.id) || __real_engine_sqlite.changes(f.engine) == 0)
		return result;
	f.wrote = true;
	f.forward |= is_forward(f.id);
	if (!f.in_txn) {
		stands(true, is_forward(f.id));
		f.wrote = f.forward = false;
	}
	return result;
}

static int commit(struct engine *en, struct err *e)
{
	int result;

	f.in_txn = false;
	if (is_now(FAULT_COMMIT, e)) {
		__real_engine_sqlite.rollback(en);
		return -1;
	}
	if (__real_engine_sqlite.commit(en, e) < 0)
		return -1;
	result = is_now(FAULT_COMMIT_UNTOLD, e) ? -1 : 0;
	stands(f.wrote, f.forward);
	return result;
}

static void rollback(struct engine *en)
{
	f.in_txn = false;
	__real_engine_sqlite.rollback(en);
}

void fault_init(void)
{
	__wrap_engine_sqlite = __real_engine_sqlite;
	__wrap_engine_sqlite.begin = begin;
	__wrap_engine_sqlite.step = step;
	__wrap_engine_sqlite.commit = commit;
	__wrap_engine_sqlite.rollback = rollback;
	__wrap_engine_sqlite.prepare = prepare;
}

void fault_share(int every)
{
	f.every = every;
}

bool fault_is_share(void)
{
	return f.every > 1;
}

void fault_start(int n)
{
	f.on = false;
	f.n = (n - 1) * f.every + first_n();
	f.count = 0;
}

void fault_resume(void)
{
	f.on = true;
}

void fault_pause(void)
{
	f.on = false;
}

int64_t fault_fired(void)
{
	return f.fired;
}

int64_t fault_commits(void)
{
	return f.commits;
}

void fault_mark(void)
{
	f.first = FAULT_NONE;
}

enum fault fault_first(void)
{
	return f.first;
}
