#include <endian.h>
#include <limits.h>
#include <stdlib.h>

#include "store/pg_answers.h"
#include "store/pg_numbers.h"
#include "store/pg_pipeline.h"
#include "store/pg_statement.h"
#include "store/pg_txn.h"
#include "store/pg_words.h"

/* From the catalogue pg_type; they never change. */
enum {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_REAL = 700,
	TYPE_DOUBLE = 701,
	TYPE_UNKNOWN = 705
};

/* All parameters and columns are. */
static const int binary[PG_PARAMETERS_MAX] = { [0 ... PG_PARAMETERS_MAX - 1] = 1 };

static const char *text_of(enum sql_id id)
{
	return sql_postgresql.statements[id].text;
}

/* The highest $N. */
static int parameters_of(const char *text)
{
	int highest = 0;

	for (const char *p = strchr(text, '$'); p; p = strchr(p + 1, '$')) {
		int n = atoi(p + 1);

		highest = n > highest ? n : highest;
	}
	return highest;
}

int pg_prepare(struct engine *en, enum sql_id id, struct engine_stmt **ret_stmt, struct err *e)
{
	struct engine_stmt *st = &en->statements[id];

	if (pg_broken(en))
		return err_set(e, ERR_TEMP, "store: the connection to PostgreSQL is lost");
	if (st->in_use)
		return err_set(e, ERR_BUG, "store: %s is in use", sql_name(id));
	if (!st->engine) {
		st->engine = en;
		st->id = id;
		st->n = parameters_of(text_of(id));
		st->may_wait = pg_pipeline_fits(id);
		st->may_be_late = pg_pipeline_may_be_late(text_of(id));
		st->is_nothing =
		    sql_begins(text_of(id), "SELECT") && strstr(text_of(id), "WHERE false");
		if (st->n > PG_PARAMETERS_MAX)
			return err_set(e, ERR_BUG, "store: %s has too many parameters",
				       sql_name(id));
		pg_answers_look(st);
		pg_words_look(st);
		if (pg_numbers_look(st, e) < 0)
			return -1;
	}
	st->in_use = true;
	*ret_stmt = st;
	return 0;
}

static int bind(struct engine_stmt *st, int at, Oid type, const char *value, size_t length,
		struct err *e)
{
	if (at >= pg_parameters(st))
		return err_set(e, ERR_BUG, "store: %s has only %d parameters", sql_name(st->id),
			       pg_parameters(st));
	if (st->is_prepared && st->types[at] != type)
		return err_set(e, ERR_BUG, "store: parameter %d of %s has two types", at + 1,
			       sql_name(st->id));
	st->types[at] = type;
	st->values[at] = value;
	st->lengths[at] = (int)length;
	return 0;
}

int pg_bind_int(struct engine_stmt *st, int at, int64_t value, struct err *e)
{
	if (at < PG_PARAMETERS_MAX)
		st->numbers[at] = (int64_t)htobe64((uint64_t)value);
	return bind(st, at, TYPE_INT8, (const char *)&st->numbers[at], sizeof(value), e);
}

static int bind_span(struct engine_stmt *st, int at, Oid type, struct span value, struct err *e)
{
	if (value.n > INT_MAX)
		return err_set(e, ERR_PERM, "store: %zu bytes are too many", value.n);
	return bind(st, at, type, value.n ? value.p : "", value.n, e);
}

int pg_bind_text(struct engine_stmt *st, int at, struct span value, struct err *e)
{
	return bind_span(st, at, TYPE_TEXT, value, e);
}

int pg_bind_blob(struct engine_stmt *st, int at, struct span value, struct err *e)
{
	return bind_span(st, at, TYPE_BYTEA, value, e);
}

int pg_bind_null(struct engine_stmt *st, int at, struct err *e)
{
	return bind(st, at, TYPE_INT8, NULL, 0, e);
}

int pg_bind_no_blob(struct engine_stmt *st, int at, struct err *e)
{
	return bind(st, at, TYPE_BYTEA, NULL, 0, e);
}

int pg_parameters(struct engine_stmt *st)
{
	return st->n - (st->numbers_of != NULL) - st->is_of_words;
}

int pg_columns(struct engine_stmt *st)
{
	return pq.nfields(st->rows);
}

static int prepare_now(struct engine_stmt *st, struct err *e)
{
	PGresult *r;
	int result;

	if (st->is_prepared)
		return 0;
	if (pg_settle(st->engine, e) < 0)
		return -1;
	r = pq.prepare(st->engine->c, sql_name(st->id), text_of(st->id), st->n, st->types);
	result = pg_is_good(r) ? 0 : pg_failed(st->engine, r, sql_name(st->id), e);
	pq.clear(r);
	st->is_prepared = result == 0;
	return result;
}

static bool is_known(Oid type)
{
	static const Oid known[] = { TYPE_BOOL, TYPE_BYTEA, TYPE_INT8,	 TYPE_INT4,
				     TYPE_TEXT, TYPE_REAL,  TYPE_DOUBLE, TYPE_UNKNOWN };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] == type)
			return true;
	return false;
}

static int look_at_types(const struct engine_stmt *st, struct err *e)
{
	for (int i = 0; i < pq.nfields(st->rows); i++)
		if (!is_known(pq.ftype(st->rows, i)))
			return err_set(e, ERR_BUG, "store: %s: column %d has type %u",
				       sql_name(st->id), i + 1, pq.ftype(st->rows, i));
	return 0;
}

/* What a SELECT returns is no change. */
static void count_changes(struct engine_stmt *st)
{
	struct engine *en = st->engine;

	if (sql_begins(pq.cmdStatus(st->rows), "SELECT"))
		return;
	en->changes = atoll(pq.cmdTuples(st->rows));
	en->changed += en->changes;
}

/* A change outside of a transaction is one of its own, with the number of the node. */
static bool is_alone(const struct engine_stmt *st)
{
	return st->engine->fence && !st->engine->in_txn && !sql_reads(text_of(st->id));
}

static int end_alone(struct engine *en, int result, struct err *e)
{
	if (result == 0)
		return pg_commit(en, e);
	pg_rollback(en);
	return -1;
}

/* Behind what waits, or alone. */
static int ask(struct engine_stmt *st, struct err *e)
{
	struct engine *en = st->engine;

	st->is_run = true;
	if (en->waiting > 0 && en->waiting < PG_WAITING_MAX) {
		if (pg_pipeline_send(st, (struct pg_for){ 0 }, e) < 0 ||
		    pg_pipeline_end(en, &st->rows, e) < 0)
			return -1;
		return 0;
	}
	if (pg_settle(en, e) < 0)
		return -1;
	st->rows =
	    pq.execPrepared(en->c, sql_name(st->id), st->n, st->values, st->lengths, binary, 1);
	if (!pg_is_good(st->rows))
		return pg_failed(en, st->rows, sql_name(st->id), e);
	count_changes(st);
	return 0;
}

static bool is_late(const struct engine_stmt *st)
{
	return st->engine->in_txn && (st->may_wait || (st->may_be_late && st->engine->is_unheard));
}

/* What has a number must be new: who was given it does not hear that it is not. */
static int send_late(struct engine_stmt *st, struct err *e)
{
	struct pg_for what = { .must = st->must, .must_id = st->must_id };

	if (st->numbers_of)
		what.must = "it is there already";
	st->is_run = true;
	return pg_pipeline_send(st, what, e);
}

static int run_prepared(struct engine_stmt *st, struct err *e)
{
	bool alone = is_alone(st);
	int result;

	pg_answers_written(st);
	if (is_late(st))
		return send_late(st, e);
	if (alone && pg_begin(st->engine, e) < 0)
		return -1;
	result = ask(st, e);
	if (alone && end_alone(st->engine, result, e) < 0)
		result = -1;
	if (st->numbers_of && st->engine->changes == 0)
		st->engine->new_row = 0;
	if (result < 0 || look_at_types(st, e) < 0)
		return -1;
	pg_answers_keep(st);
	return 0;
}

/* 1: it needs no answer, or has it. */
static int is_answered(struct engine_stmt *st, struct err *e)
{
	if (!st->is_nothing && !pg_answers_give(st, e))
		return e->class == ERR_NONE ? 0 : -1;
	st->is_run = true;
	return 1;
}

static int run_now(struct engine_stmt *st, struct err *e)
{
	int got = is_answered(st, e);

	if (got == 0) {
		pg_words_make(st);
		got =
		    pg_numbers_take(st, e) < 0 || prepare_now(st, e) < 0 ? -1 : run_prepared(st, e);
	}
	return got < 0 ? -1 : 0;
}

int pg_say(struct engine_stmt *st, struct err *e)
{
	int got = 1;

	if (!sql_reads(text_of(st->id)))
		return err_set(e, ERR_BUG, "store: %s writes and is only said", sql_name(st->id));
	if (!st->is_nothing)
		got = prepare_now(st, e) < 0 ? -1 : pg_answers_say(st, e);
	if (got > 0)
		st->row = -1;
	st->is_run = got > 0;
	return got;
}

bool pg_must(struct engine_stmt *st, const char *what, int64_t id)
{
	st->must = what;
	st->must_id = id;
	return is_late(st) && !st->numbers_of;
}

int pg_step(struct engine_stmt *st, struct err *e)
{
	if (!st->is_run) {
		st->row = -1;
		if (run_now(st, e) < 0)
			return -1;
	}
	return ++st->row < pq.ntuples(st->rows) ? 1 : 0;
}

void pg_reset(struct engine_stmt *st)
{
	if (st->answer)
		pg_answer_leave(st->engine, st->answer);
	else
		pq.clear(st->rows);
	st->answer = NULL;
	st->rows = NULL;
	st->must = NULL;
	st->in_use = st->is_run = false;
}

/* --- columns --- */

bool pg_column_null(struct engine_stmt *st, int at)
{
	return pq.getisnull(st->rows, st->row, at);
}

struct span pg_column_bytes(struct engine_stmt *st, int at)
{
	return (struct span){ pq.getvalue(st->rows, st->row, at),
			      (size_t)pq.getlength(st->rows, st->row, at) };
}

/* A number in the order of the network. */
static uint64_t number_of(struct span bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.n; i++)
		value = value << 8 | (unsigned char)bytes.p[i];
	return value;
}

int64_t pg_column_int(struct engine_stmt *st, int at)
{
	uint64_t value = number_of(pg_column_bytes(st, at));

	return pq.ftype(st->rows, at) == TYPE_INT4 ? (int32_t)value : (int64_t)value;
}

double pg_column_real(struct engine_stmt *st, int at)
{
	struct span bytes = pg_column_bytes(st, at);
	uint64_t wide = number_of(bytes);
	uint32_t narrow = (uint32_t)wide;
	double d = 0;
	float f = 0;

	memcpy(&d, &wide, sizeof(d));
	memcpy(&f, &narrow, sizeof(f));
	return bytes.n == sizeof(f) ? (double)f : bytes.n == sizeof(d) ? d : 0;
}

static PGresult *about_content(struct engine *en, const char *sql, int64_t content,
			       const struct span *bytes)
{
	uint64_t id = htobe64((uint64_t)content);
	const Oid types[] = { TYPE_INT8, TYPE_BYTEA };
	const char *const values[] = { (const char *)&id, bytes ? bytes->p : NULL };
	const int lengths[] = { sizeof(id), bytes ? (int)bytes->n : 0 };

	return pq.execParams(en->c, sql, bytes ? 2 : 1, types, values, lengths, binary, 1);
}

/* libpq has all of it at once. */
int pg_bytes_write(struct engine *en, int64_t content, engine_next_fn *next, void *ctx,
		   struct err *e)
{
	struct buf all BUF_AUTO;
	struct span piece;
	PGresult *r;
	int got, result;

	buf_init(&all, SIZE_MAX);
	while ((got = next(ctx, &piece, e)) > 0)
		buf_add(&all, piece);
	if (got < 0 || pg_settle(en, e) < 0)
		return -1;
	pg_answers_naming(en, "bytes");
	piece = buf_span(&all);
	r = about_content(en, "UPDATE content SET bytes = $2 WHERE id = $1", content, &piece);
	result = pg_is_good(r) ? 0 : pg_failed(en, r, "content", e);
	pq.clear(r);
	return result;
}

/* One piece: libpq has read all of it. */
int pg_bytes_read(struct engine *en, int64_t content, store_piece_fn *fn, void *ctx, struct err *e)
{
	PGresult *r;
	int result;

	if (pg_settle(en, e) < 0)
		return -1;
	r = about_content(en, "SELECT bytes FROM content WHERE id = $1", content, NULL);
	if (!pg_is_good(r))
		result = pg_failed(en, r, "content", e);
	else if (pq.ntuples(r) == 0)
		result = err_set(e, ERR_PERM, "store: no content %lld", (long long)content);
	else
		result = fn(
		    ctx, (struct span){ pq.getvalue(r, 0, 0), (size_t)pq.getlength(r, 0, 0) }, e);
	pq.clear(r);
	return result < 0 ? -1 : 0;
}
