#include "store/pg_pipeline.h"

#include <stdlib.h>

/* Those of every mail that no caller hears a refusal of: they name what was just read or made. */
bool pg_pipeline_fits(enum sql_id id)
{
	static const enum sql_id ids[] = {
		SQL_EVENT_ADD,	  SQL_BUDGET_TAKE,	SQL_SEEN_ADD,	    SQL_DEAD_FORGET,
		SQL_THREAD_ADD,	  SQL_REACH_RAISE,	SQL_STORM_PUT,	    SQL_STORM_ADD,
		SQL_STORM_SWEEP,  SQL_CASE_FRESH,	SQL_CASE_TEXT_PUT,  SQL_ERASED_MAIL_PUT,
		SQL_DEADLINE_PUT, SQL_DEADLINE_PUT_ALL, SQL_DEADLINE_BEGIN, SQL_SHOWN_ADD,
		SQL_SLICE_ADD,	  SQL_TALLY_OPENED,
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (ids[i] == id)
			return true;
	return false;
}

bool pg_pipeline_may_be_late(const char *text)
{
	return !sql_reads(text) && !strstr(text, "RETURNING");
}

static int enter(struct engine *en, struct err *e)
{
	if (en->waiting > 0 || pq.enterPipelineMode(en->c))
		return 0;
	return pg_failed(en, NULL, "pipeline", e);
}

/* The server begins with the first while the caller makes the next, and is then busy until some
 * more are there: a packet each would take core as long as a tenth of all that it does. */
static bool is_to_go(struct engine *en)
{
	bool is = en->waiting == 1 || ++en->unsent == PG_TOGETHER;

	if (is)
		en->unsent = 0;
	return is;
}

int pg_pipeline_query(struct engine *en, const struct pg_said *q, struct err *e)
{
	static const int binary[PG_PARAMETERS_MAX] = { [0 ... PG_PARAMETERS_MAX - 1] = 1 };

	/* What the server says of so many fits into what it may send unread. */
	if (en->waiting == PG_WAITING_MAX && pg_settle(en, e) < 0)
		return -1;
	if (enter(en, e) < 0)
		return -1;
	if (!pq.sendQueryPrepared(en->c, q->name, q->n, q->values, q->lengths, binary, 1))
		return pg_failed(en, NULL, q->name, e);
	en->sent[en->waiting++] = (struct pg_sent){ q->name, q->what };
	en->musts += q->what.must != NULL;
	return is_to_go(en) && pq.flush(en->c) < 0 ? pg_failed(en, NULL, q->name, e) : 0;
}

int pg_pipeline_send(struct engine_stmt *st, struct pg_for what, struct err *e)
{
	return pg_pipeline_query(
	    st->engine, &(struct pg_said){ sql_name(st->id), st->n, st->values, st->lengths, what },
	    e);
}

/* A row that it names is not there, or one that it adds is there already. */
static void changed_nothing(const struct pg_sent *s, struct err *first)
{
	if (s->what.must_id)
		err_set(first, ERR_PERM, "no %s %lld", s->what.must, (long long)s->what.must_id);
	else
		err_set(first, ERR_PERM, "store: %s: %s", s->name, s->what.must);
}

static void take(struct engine *en, PGresult *r, int at, struct err *first)
{
	ExecStatusType status = pq.resultStatus(r);

	if (pg_is_good(r)) {
		if (!sql_begins(pq.cmdStatus(r), "SELECT")) {
			en->changes = atoll(pq.cmdTuples(r));
			en->changed += en->changes;
		}
		if (en->sent[at].what.must && en->changes == 0 && first->class == ERR_NONE)
			changed_nothing(&en->sent[at], first);
	} else if (status != PGRES_PIPELINE_ABORTED && first->class == ERR_NONE) {
		pg_failed(en, r, en->sent[at].name, first);
	}
}

static bool is_rows(const PGresult *r)
{
	return pq.resultStatus(r) == PGRES_TUPLES_OK;
}

/* A statement has a result and an end. */
static PGresult *read_one(struct engine *en, int at, struct err *first)
{
	PGresult *last = NULL, *r;

	while (!pg_broken(en) && (r = pq.getResult(en->c))) {
		pq.clear(last);
		last = r;
		take(en, r, at, first);
	}
	return last;
}

/* Each of them, and behind all one that says so. */
static PGresult *read_all(struct engine *en, struct err *first)
{
	PGresult *last = NULL;

	for (int i = 0; i < en->waiting; i++) {
		pq.clear(last);
		last = read_one(en, i, first);
		if (en->sent[i].what.numbers)
			pg_numbers_came(en->sent[i].what.numbers, is_rows(last) ? last : NULL);
		if (!en->sent[i].what.answer)
			continue;
		pg_answer_came(en, en->sent[i].what.answer, is_rows(last) ? last : NULL);
		if (!is_rows(last))
			pq.clear(last);
		last = NULL;
	}
	if (!pg_broken(en))
		pq.clear(pq.getResult(en->c));
	return last;
}

int pg_pipeline_end(struct engine *en, PGresult **ret_last, struct err *e)
{
	struct err first = en->late;
	PGresult *last = NULL;

	en->late.class = ERR_NONE;
	if (en->waiting > 0) {
		if (!pq.pipelineSync(en->c))
			pg_failed(en, NULL, "pipeline", &first);
		last = read_all(en, &first);
		en->waiting = en->musts = en->unsent = 0;
		if (!pq.exitPipelineMode(en->c) && first.class == ERR_NONE)
			pg_failed(en, NULL, "pipeline", &first);
	}
	*ret_last = last;
	if (first.class == ERR_NONE)
		return 0;
	if (en->in_txn)
		en->late = first; /* it goes with the transaction, whoever heard of it */
	*e = first;
	return -1;
}

int pg_settle(struct engine *en, struct err *e)
{
	PGresult *last;
	int result = pg_pipeline_end(en, &last, e);

	pq.clear(last);
	return result;
}

int pg_pipeline_commit(struct engine *en, PGresult **ret_last, struct err *e)
{
	if (en->waiting == 0 && en->late.class == ERR_NONE)
		return 0;
	/* The server knows nothing of what must have changed, nor that it did not. */
	if (en->waiting == 0 || en->waiting == PG_WAITING_MAX || en->musts ||
	    en->late.class != ERR_NONE ||
	    !pq.sendQueryParams(en->c, "COMMIT", 0, NULL, NULL, NULL, NULL, 1))
		return pg_settle(en, e);
	en->sent[en->waiting++] = (struct pg_sent){ .name = "commit" };
	return pg_pipeline_end(en, ret_last, e) < 0 ? -1 : 1;
}

/* Who asks has no place for an error: the next statement has it, or the commit. */
int64_t pg_changes(struct engine *en)
{
	struct err e = { 0 };

	if (en->waiting > 0 && pg_settle(en, &e) < 0) {
		en->late = e;
		return 0;
	}
	return en->changes;
}
