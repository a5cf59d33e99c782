#include "store/pg.h"

#include <endian.h>

#include "gatewayd/base/mem.h"

#define READ_ONLY "25006"

/* By the class of the SQLSTATE (PostgreSQL, appendix A); what is not here is the server's trouble.
 */
static enum err_class class_of(const char *sqlstate)
{
	static const struct {
		const char *prefix;
		enum err_class class;
	} classes[] = {
		{ "22", ERR_PERM },	 /* data exception */
		{ "23", ERR_PERM },	 /* integrity constraint violation */
		{ READ_ONLY, ERR_TEMP }, /* a standby */
		{ "28", ERR_PERM },	 /* not let in */
		{ "3D", ERR_PERM },	 /* no such database */
		{ "42501", ERR_PERM },	 /* not allowed */
		{ "42", ERR_BUG },	 /* syntax error, no such thing */
		{ "26", ERR_BUG },	 /* no such statement */
	};

	for (size_t i = 0; sqlstate && i < sizeof(classes) / sizeof(*classes); i++)
		if (strncmp(sqlstate, classes[i].prefix, strlen(classes[i].prefix)) == 0)
			return classes[i].class;
	return ERR_TEMP;
}

int pg_failed(struct engine *en, const PGresult *r, const char *what, struct err *e)
{
	const char *sqlstate = pq.resultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = pq.resultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (!text)
		text = pq.errorMessage(en->c);
	if (en->reader && sqlstate && strcmp(sqlstate, READ_ONLY) == 0)
		return err_set(e, ERR_PERM, "store: %s: opened for reading", what);
	return err_set(e, class_of(sqlstate), "store: %s: %.*s%s%s%s", what,
		       (int)strcspn(text, "\n"), text, sqlstate ? " (SQLSTATE " : "",
		       sqlstate ? sqlstate : "", sqlstate ? ")" : "");
}

bool pg_is_good(const PGresult *r)
{
	ExecStatusType status = pq.resultStatus(r);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool pg_broken(struct engine *en)
{
	return en->is_fenced || en->is_given_up || pq.status(en->c) != CONNECTION_OK;
}

void pg_answer_unlink(struct pg_answer *a)
{
	if (!a->link)
		return;
	*a->link = a->next;
	if (a->next)
		a->next->link = a->link;
	a->link = NULL;
}

void pg_answer_drop(struct engine *en, struct pg_answer *a)
{
	pg_answer_unlink(a);
	en->answer_bytes -= pq.resultMemorySize(a->rows);
	pq.clear(a->rows);
	mem_free(&a->key);
	*a = (struct pg_answer){ .state = PG_ANSWER_NONE };
}

void pg_answer_came(struct engine *en, struct pg_answer *a, PGresult *rows)
{
	a->rows = rows;
	a->state = PG_ANSWER_HERE;
	en->answer_bytes += pq.resultMemorySize(rows);
	if (!rows || a->is_void || en->answer_bytes > PG_ANSWERS_BYTES)
		pg_answer_drop(en, a);
}

void pg_numbers_came(struct pg_numbers *p, const PGresult *rows)
{
	p->is_asked = false;
	p->n -= p->at;
	memmove(p->v, p->v + p->at, p->n * sizeof(*p->v));
	p->at = 0;
	for (int i = 0; rows && i < pq.ntuples(rows) && p->n < PG_NUMBERS_MAX; i++) {
		uint64_t number;

		memcpy(&number, pq.getvalue(rows, i, 0), sizeof(number));
		p->v[p->n++] = (int64_t)be64toh(number);
	}
}

void pg_numbers_drop(struct engine *en)
{
	for (size_t i = 0; en->is_shared && !en->in_turn && i < en->number_count; i++)
		en->numbers[i].n = en->numbers[i].at = en->numbers[i].used = 0;
}
