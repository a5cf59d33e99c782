#include "tests/scenario/fault.h"

#include "store/engine.h"

/* The names that the linker's --wrap=engine_sqlite makes. */
extern const struct engine_ops __real_engine_sqlite;
extern struct engine_ops __wrap_engine_sqlite;
struct engine_ops __wrap_engine_sqlite;

static int left; /* until the fault; 0: none is to come */
static enum fault what;

static bool is_now(enum fault which, struct err *e)
{
	if (left == 0 || --left > 0)
		return false;
	what = which;
	err_set(e, ERR_TEMP, "a fault of the test");
	return true;
}

static int begin(struct engine *en, struct err *e)
{
	return is_now(FAULT_STATEMENT, e) ? -1 : __real_engine_sqlite.begin(en, e);
}

static int step(struct engine_stmt *st, struct err *e)
{
	return is_now(FAULT_STATEMENT, e) ? -1 : __real_engine_sqlite.step(st, e);
}

static int commit(struct engine *en, struct err *e)
{
	if (is_now(FAULT_COMMIT, e)) {
		__real_engine_sqlite.rollback(en);
		return -1;
	}
	if (__real_engine_sqlite.commit(en, e) < 0)
		return -1;
	return is_now(FAULT_COMMIT_UNTOLD, e) ? -1 : 0;
}

void fault_init(void)
{
	__wrap_engine_sqlite = __real_engine_sqlite;
	__wrap_engine_sqlite.begin = begin;
	__wrap_engine_sqlite.step = step;
	__wrap_engine_sqlite.commit = commit;
}

void fault_arm(int nth)
{
	left = nth;
	what = FAULT_NONE;
}

enum fault fault_disarm(void)
{
	left = 0;
	return what;
}
