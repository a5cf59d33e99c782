#include "store/pg_answers.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/pg_pipeline.h"

enum {
	KEY_MAX = 512,	     /* bytes of all parameters */
	KEPT_MAX = 16 * KIB, /* of rows that are kept unasked */
};

/* Tables that triggers and cascades write are in none of them. */
static const struct {
	enum sql_id id;
	bool keep; /* inside of a transaction, without being said ahead */
} questions[] = {
	{ SQL_ACCOUNT_BY_CONTACT, true },
	{ SQL_ACCOUNT_BY_DOMAIN, true },
	{ SQL_BUDGET_USED, true },
	{ SQL_CASE_BY_MESSAGE_ID, false },
	{ SQL_CASE_GET, true },
	{ SQL_CASE_LIST_REQUESTER, false },
	{ SQL_CONTENT_FIND, false },
	{ SQL_CONTENT_GET, false },
	{ SQL_DEADLINE_LIST, true },
	{ SQL_DEADLINE_NEXT, false },
	{ SQL_DEAD_GET, true },
	{ SQL_DIGEST_NEXT, false },
	{ SQL_DOMAIN_SIZED, true },
	{ SQL_ERASED_MAIL_ANY, true },
	{ SQL_ERASURE_NEXT, false },
	{ SQL_HELD_NEXT, false },
	{ SQL_LINK_LIST, false },
	{ SQL_MAIL_ALIKE, false },
	{ SQL_MAIL_AT, true },
	{ SQL_MAIL_TWINS, false },
	{ SQL_MAIL_UNDECIDED, false },
	{ SQL_NOTE_WORDS, false },
	{ SQL_OUTBOX_GET, false },
	{ SQL_OUTBOX_WAITS, false },
	{ SQL_PARTICIPANT_LIST, false },
	{ SQL_PARTICIPANT_ROLE, false },
	{ SQL_REACH_GET, false },
	{ SQL_RECOMMEND_NEXT, false },
	{ SQL_REMINDER_NEXT, false },
	{ SQL_SLICE_ORIGIN, true },
	{ SQL_STORM_GET, false },
	{ SQL_THREAD_CASE, false },
	{ SQL_WAITING_NEXT, false },
};
enum { QUESTIONS = sizeof(questions) / sizeof(*questions) };
_Static_assert(QUESTIONS <= (int)PG_QUESTIONS_MAX, "room for each");
_Static_assert(PG_QUESTIONS_MAX == 8 * sizeof(((struct engine_stmt *)0)->voids), "a bit for each");

enum { ALL_APART = -1 };

/* Rows of other keys are not changed: the first parameters of both are these; ALL_APART: it adds
 * what no such question finds. */
static const struct {
	enum sql_id write, question;
	int keys;
} apart[] = {
	{ SQL_CONTENT_ADD, SQL_CONTENT_FIND, 1 },
	{ SQL_CONTENT_NEW, SQL_CONTENT_FIND, ALL_APART },
	{ SQL_CONTENT_ROOM, SQL_CONTENT_FIND, 1 },
	{ SQL_DEADLINE_PUT, SQL_DEADLINE_LIST, 1 },
	{ SQL_DEADLINE_PUT_ALL, SQL_DEADLINE_LIST, 1 },
	{ SQL_DEADLINE_BEGIN, SQL_DEADLINE_LIST, 1 },
	{ SQL_MAIL_KEEP, SQL_MAIL_AT, 3 },
	{ SQL_OUTBOX_RESULT, SQL_OUTBOX_GET, 1 },
	{ SQL_OUTBOX_SENT, SQL_OUTBOX_GET, 1 },
	{ SQL_STORM_PUT, SQL_STORM_GET, 1 },
	{ SQL_STORM_ADD, SQL_STORM_GET, 1 },
	{ SQL_THREAD_ADD, SQL_THREAD_CASE, 1 },
};

/* --- what a statement is --- */

static const char *text_of(enum sql_id id)
{
	return sql_postgresql.statements[id].text;
}

static int question_of(enum sql_id id)
{
	for (int i = 0; i < QUESTIONS; i++)
		if (questions[i].id == id)
			return i;
	return -1;
}

static bool is_of_a_word(char c)
{
	return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) || c == '_';
}

/* As a word, anywhere in it: too often does no harm. */
static bool names(const char *text, struct span table)
{
	struct span rest = span_of(text);
	size_t at;

	for (; (at = span_find(rest, table)) != SIZE_MAX; rest = span_sub(rest, at + 1, SIZE_MAX)) {
		const char *p = rest.p + at;

		if (p > text && !is_of_a_word(p[-1]) && !is_of_a_word(p[table.n]))
			return true;
	}
	return false;
}

/* Of a DELETE that may cascade, and of what is not known, all. */
static uint64_t voids_of(const struct engine_stmt *st)
{
	const char *text = text_of(st->id);
	struct span target = sql_table(text);
	bool cascades = sql_begins(text, "DELETE") && !st->may_wait;
	uint64_t voids = 0;

	if (sql_reads(text))
		return 0;
	for (int i = 0; i < QUESTIONS; i++)
		if (cascades || target.n == 0 || names(text_of(questions[i].id), target))
			voids |= UINT64_C(1) << i;
	return voids;
}

void pg_answers_look(struct engine_stmt *st)
{
	st->question = question_of(st->id);
	st->voids = voids_of(st);
}

/* --- the question: each parameter behind its length, -1 for NULL --- */

static bool key_of(const struct engine_stmt *st, int parameters, struct buf *out)
{
	for (int i = 0; i < parameters; i++) {
		int length = st->values[i] ? st->lengths[i] : -1;

		buf_add(out, (struct span){ (const char *)&length, sizeof(length) });
		if (length > 0)
			buf_add(out, (struct span){ st->values[i], (size_t)length });
	}
	return !out->full;
}

/* --- answers --- */

/* It goes at once, or when nobody needs it any more. */
static void drop_soon(struct engine *en, struct pg_answer *a)
{
	pg_answer_unlink(a);
	a->is_void = true;
	if (a->readers == 0 && a->state == PG_ANSWER_HERE)
		pg_answer_drop(en, a);
}

static void drop_all(struct engine *en, int question)
{
	while (en->answers_of[question])
		drop_soon(en, en->answers_of[question]);
}

static struct pg_answer *find(struct engine *en, int question, struct span key)
{
	struct pg_answer *a = en->answers_of[question];
	uint64_t hash = a ? span_hash(key) : 0;

	while (a && (a->hash != hash || !span_eq((struct span){ a->key, a->key_size }, key)))
		a = a->next;
	return a;
}

/* That of the oldest, unless it is on its way or being read; NULL: all of them are. */
static struct pg_answer *room(struct engine *en)
{
	for (int tries = 0; tries < PG_ANSWERS_MAX; tries++) {
		struct pg_answer *a = &en->answers[en->answer_at++ % PG_ANSWERS_MAX];

		if (a->state == PG_ANSWER_HERE && a->readers == 0)
			pg_answer_drop(en, a);
		if (a->state == PG_ANSWER_NONE)
			return a;
	}
	return NULL;
}

/* NULL: there is no room. */
static struct pg_answer *add(struct engine *en, int question, struct span key)
{
	struct pg_answer *a = room(en), **first = &en->answers_of[question];

	if (!a)
		return NULL;
	*a = (struct pg_answer){ .question = question,
				 .hash = span_hash(key),
				 .key = mem_dup_span(key),
				 .key_size = key.n,
				 .next = *first,
				 .link = first };
	if (a->next)
		a->next->link = &a->next;
	*first = a;
	return a;
}

void pg_answer_leave(struct engine *en, struct pg_answer *a)
{
	a->readers--;
	if (a->is_void && a->readers == 0)
		pg_answer_drop(en, a);
}

static void read_from(struct engine_stmt *st, struct pg_answer *a)
{
	a->readers++;
	st->answer = a;
	st->rows = a->rows;
}

bool pg_answers_give(struct engine_stmt *st, struct err *e)
{
	struct engine *en = st->engine;
	struct buf key BUF_AUTO;
	struct pg_answer *a;

	e->class = ERR_NONE;
	buf_init(&key, KEY_MAX);
	if (st->question < 0 || !en->answers_of[st->question] || !key_of(st, st->n, &key))
		return false;
	a = find(en, st->question, buf_span(&key));
	if (!a || (a->state == PG_ANSWER_SENT && pg_settle(en, e) < 0) ||
	    a->state != PG_ANSWER_HERE)
		return false;
	read_from(st, a);
	return true;
}

int pg_answers_say(struct engine_stmt *st, struct err *e)
{
	struct engine *en = st->engine;
	struct buf key BUF_AUTO;
	struct pg_answer *a;

	buf_init(&key, KEY_MAX);
	if (st->question < 0 || !key_of(st, st->n, &key))
		return 0;
	a = find(en, st->question, buf_span(&key));
	if (a && a->state == PG_ANSWER_HERE)
		read_from(st, a);
	if (a)
		return a->state == PG_ANSWER_HERE;
	a = add(en, st->question, buf_span(&key));
	if (!a)
		return 0;
	a->state = PG_ANSWER_SENT;
	if (pg_pipeline_send(st, (struct pg_for){ .answer = a }, e) == 0)
		return 0;
	pg_answer_drop(en, a);
	return -1;
}

void pg_answers_keep(struct engine_stmt *st)
{
	struct engine *en = st->engine;
	size_t bytes = pq.resultMemorySize(st->rows);
	struct buf key BUF_AUTO;
	struct pg_answer *a;

	buf_init(&key, KEY_MAX);
	if (st->question < 0 || !questions[st->question].keep || !en->in_txn || bytes > KEPT_MAX ||
	    bytes > PG_ANSWERS_BYTES - en->answer_bytes || !key_of(st, st->n, &key))
		return;
	a = add(en, st->question, buf_span(&key));
	if (!a)
		return;
	pg_answer_came(en, a, st->rows);
	read_from(st, a);
}

/* How many first parameters keep that statement's rows and that question's apart; 0: nothing does.
 */
static int keys_of(enum sql_id write, int question)
{
	for (size_t i = 0; i < sizeof(apart) / sizeof(*apart); i++)
		if (apart[i].write == write && apart[i].question == questions[question].id)
			return apart[i].keys;
	return 0;
}

/* A parameter of a question is found behind its length: too often does no harm. */
static bool has_key(const struct pg_answer *a, struct span key)
{
	int length = (int)key.n;
	struct buf parameter BUF_AUTO;

	buf_init(&parameter, KEY_MAX);
	buf_add(&parameter, (struct span){ (const char *)&length, sizeof(length) });
	buf_add(&parameter, key);
	return parameter.full ||
	       span_find((struct span){ a->key, a->key_size }, buf_span(&parameter)) != SIZE_MAX;
}

/* Budgets are taken of up to three keys behind the instant, and asked of as many. */
static bool is_of_other_budgets(const struct engine_stmt *st, const struct pg_answer *a)
{
	for (int i = 1; i < st->n; i++)
		if (st->lengths[i] > 0 &&
		    has_key(a, (struct span){ st->values[i], (size_t)st->lengths[i] }))
			return false;
	return true;
}

static bool is_apart(const struct engine_stmt *st, const struct pg_answer *a)
{
	int keys = keys_of(st->id, a->question);
	struct buf key BUF_AUTO = { 0 };

	if (st->id == SQL_BUDGET_TAKE && questions[a->question].id == SQL_BUDGET_USED)
		return is_of_other_budgets(st, a);
	if (keys == ALL_APART)
		return true;
	buf_init(&key, KEY_MAX);
	if (keys == 0 || !key_of(st, keys, &key))
		return false;
	return !span_starts((struct span){ a->key, a->key_size }, buf_span(&key));
}

void pg_answers_written(struct engine_stmt *st)
{
	struct engine *en = st->engine;

	for (int question = 0; st->voids && question < QUESTIONS; question++) {
		struct pg_answer *a = en->answers_of[question], *next;

		for (; st->voids & UINT64_C(1) << question && a; a = next) {
			next = a->next;
			if (!is_apart(st, a))
				drop_soon(en, a);
		}
	}
}

void pg_answers_naming(struct engine *en, const char *word)
{
	for (int question = 0; question < QUESTIONS; question++)
		if (names(text_of(questions[question].id), span_of(word)))
			drop_all(en, question);
}

void pg_answers_forget(struct engine *en)
{
	for (int question = 0; question < QUESTIONS; question++)
		drop_all(en, question);
	en->answer_at = 0;
}
