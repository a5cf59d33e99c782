#include "store/pg_numbers.h"

#include <endian.h>
#include <stdio.h>

#include "store/pg_pipeline.h"
#include "store/pg_txn.h"

enum { LEAST = 4, TYPE_INT8 = 20, TYPE_TEXT = 25 };

#define STATEMENT "numbers"
#define MOST	  "128" /* PG_NUMBERS_MAX */
#define CASES	  "cases_number_seq"

int pg_numbers_look(struct engine_stmt *st, struct err *e)
{
	const char *sequence = sql_postgresql.statements[st->id].sequence;
	struct engine *en = st->engine;
	size_t i = 0;

	st->is_of_sequences =
	    strstr(sql_postgresql.statements[st->id].text, "pg_get_serial_sequence");
	if (!sequence)
		return 0;
	while (i < en->number_count && strcmp(en->numbers[i].sequence, sequence) != 0)
		i++;
	if (i == PG_SEQUENCES_MAX)
		return err_set(e, ERR_BUG, "store: too many sequences");
	if (i == en->number_count)
		en->numbers[en->number_count++] =
		    (struct pg_numbers){ .sequence = sequence, .more = LEAST };
	st->numbers_of = &en->numbers[i];
	return 0;
}

/* --- from the server --- */

/* By LIMIT the plan is as good for any number of them: else it would be made anew each time. */
static int prepare_once(struct engine *en, struct err *e)
{
	static const Oid types[] = { TYPE_TEXT, TYPE_INT8 };
	PGresult *r;

	if (en->numbers_prepared)
		return 0;
	if (pg_settle(en, e) < 0)
		return -1;
	r = pq.prepare(en->c, STATEMENT,
		       "SELECT nextval($1::regclass) FROM generate_series(1, " MOST ") LIMIT $2", 2,
		       types);
	en->numbers_prepared = pg_is_good(r);
	if (!en->numbers_prepared)
		pg_failed(en, r, STATEMENT, e);
	pq.clear(r);
	return en->numbers_prepared ? 0 : -1;
}

/* Not waited for. */
static int ask_for(struct engine *en, struct pg_numbers *p, size_t n, struct err *e)
{
	int64_t count = (int64_t)htobe64(n);
	const char *const values[] = { p->sequence, (const char *)&count };
	const int lengths[] = { (int)strlen(p->sequence), sizeof(count) };

	if (prepare_once(en, e) < 0 ||
	    pg_pipeline_query(
		en, &(struct pg_said){ STATEMENT, 2, values, lengths, { .numbers = p } }, e) < 0)
		return -1;
	p->is_asked = true;
	return 0;
}

static bool is_alone(const struct engine *en)
{
	return !en->is_shared || en->in_turn;
}

/* For more than the row that needs one. */
static bool may_keep(const struct engine *en)
{
	return is_alone(en) || en->is_unheard;
}

/* Twice as many as the last time, as long as they are used up. */
static size_t how_many(const struct engine *en, struct pg_numbers *p)
{
	size_t n = may_keep(en) ? p->more : 1;

	if (may_keep(en) && p->more < PG_NUMBERS_MAX / 2)
		p->more *= 2;
	return n;
}

/* With the one that is waited for, those that were wanted in the turn before. */
static int ask_now(struct engine *en, struct pg_numbers *p, struct err *e)
{
	if (!p->is_asked && ask_for(en, p, how_many(en, p), e) < 0)
		return -1;
	for (size_t i = 0; is_alone(en) && i < en->number_count; i++) {
		struct pg_numbers *other = &en->numbers[i];

		if (other->at == other->n && !other->is_asked && other->used_before &&
		    ask_for(en, other, other->used_before, e) < 0)
			return -1;
	}
	if (pg_settle(en, e) < 0)
		return -1;
	return p->at < p->n ? 0 : err_set(e, ERR_TEMP, "store: no number of %s", p->sequence);
}

/* --- the end of a turn --- */

/* No disk is waited for: what a crash loses of it are numbers.  Where the last one that was taken
 * is the last of ours, the sequence goes back to what was used.
 */
static int give_back(struct engine *en, const struct pg_numbers *p, struct err *e)
{
	char sql[200];

	if (p->at == p->n || strcmp(p->sequence, CASES) != 0)
		return 0;
	snprintf(sql, sizeof(sql),
		 "%sSELECT setval('" CASES "', greatest(%lld, 1), %s) FROM " CASES
		 " WHERE last_value = %lld AND is_called",
		 en->in_txn ? "" : "SET LOCAL synchronous_commit = off; ",
		 (long long)p->v[p->at] - 1, p->v[p->at] > 1 ? "true" : "false",
		 (long long)p->v[p->n - 1]);
	return pg_run(en, sql, "numbers of cases", e);
}

static int leave(struct engine *en, struct err *e)
{
	int result = pg_settle(en, e);

	for (size_t i = 0; i < en->number_count; i++) {
		struct pg_numbers *p = &en->numbers[i];

		if (result == 0)
			result = give_back(en, p, e);
		p->used_before = p->used < PG_NUMBERS_MAX / 2 ? p->used : PG_NUMBERS_MAX / 2;
		p->more = LEAST;
		p->n = p->at = p->used = 0;
	}
	return result;
}

int pg_turn(struct engine *en, bool begun, struct err *e)
{
	en->in_turn = begun;
	return begun ? 0 : leave(en, e);
}

void pg_numbers_end(struct engine *en)
{
	struct err ignored;

	if (is_alone(en) && !en->in_txn && !pg_broken(en))
		(void)leave(en, &ignored);
}

/* --- for new rows --- */

/* A statement that looks at a sequence, or raises it, finds nobody who has numbers of it. */
int pg_numbers_take(struct engine_stmt *st, struct err *e)
{
	struct pg_numbers *p = st->numbers_of;
	struct engine *en = st->engine;
	int at = st->n - 1;

	if (!p)
		return st->is_of_sequences ? leave(en, e) : 0;
	if (p->at == p->n && ask_now(en, p, e) < 0)
		return -1;
	en->new_row = p->v[p->at++];
	p->used++;
	st->numbers[at] = (int64_t)htobe64((uint64_t)en->new_row);
	st->values[at] = (const char *)&st->numbers[at];
	st->lengths[at] = sizeof(st->numbers[at]);
	st->types[at] = TYPE_INT8;
	if (en->in_txn && may_keep(en) && p->n - p->at < p->more / 4 && !p->is_asked)
		return ask_for(en, p, how_many(en, p), e);
	return 0;
}

int64_t pg_new_row(struct engine *en)
{
	return en->new_row;
}
