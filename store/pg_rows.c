#include <endian.h>
#include <limits.h>
#include <stdlib.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/mem.h"
#include "store/pg_pipeline.h"
#include "store/rows.h"

enum { TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_TEXT = 25, SEND_BYTES = 256 * 1024 };

struct rows {
	struct engine *en;
	PGresult *row;
};

struct loading {
	struct engine *en;
	struct buf waits; /* to be sent */
	int n;
};

/* --- queries --- */

static Oid type_of(enum cell_kind kind)
{
	return kind == CELL_TEXT ? TYPE_TEXT : kind == CELL_BLOB ? TYPE_BYTEA : TYPE_INT8;
}

static int send_query(struct engine *en, const char *sql, const struct cell *v, int n)
{
	static const int binary[TABLE_COLUMNS_MAX] = { [0 ... TABLE_COLUMNS_MAX - 1] = 1 };
	const char *values[TABLE_COLUMNS_MAX];
	uint64_t numbers[TABLE_COLUMNS_MAX];
	int lengths[TABLE_COLUMNS_MAX];
	Oid types[TABLE_COLUMNS_MAX];

	for (int i = 0; i < n; i++) {
		bool is_number = v[i].kind == CELL_INT;

		numbers[i] = htobe64((uint64_t)v[i].number);
		types[i] = type_of(v[i].kind);
		values[i] = is_number	   ? (const char *)&numbers[i]
			    : v[i].bytes.n ? v[i].bytes.p
					   : "";
		lengths[i] = is_number ? (int)sizeof(numbers[i]) : (int)v[i].bytes.n;
	}
	return pq.sendQueryParams(en->c, sql, n, types, values, lengths, binary, 1) &&
	       pq.setSingleRowMode(en->c);
}

static int rows_open(void *db, const char *sql, const struct cell *v, int n, struct rows **ret_rows,
		     struct err *e)
{
	struct engine *en = db;
	struct rows *r;

	if (pg_settle(en, e) < 0)
		return -1;
	if (!send_query(en, sql, v, n))
		return pg_failed(en, NULL, "rows", e);
	r = mem_alloc(sizeof(*r));
	r->en = en;
	*ret_rows = r;
	return 0;
}

static int cell_of(const PGresult *r, int at, struct cell *ret_cell, struct err *e)
{
	struct span bytes = { pq.getvalue(r, 0, at), (size_t)pq.getlength(r, 0, at) };
	Oid type = pq.ftype(r, at);
	uint64_t number;

	if (pq.getisnull(r, 0, at)) {
		*ret_cell = (struct cell){ .kind = CELL_NULL };
	} else if (type == TYPE_INT8 && bytes.n == sizeof(number)) {
		memcpy(&number, bytes.p, sizeof(number));
		*ret_cell = (struct cell){ .kind = CELL_INT, .number = (int64_t)be64toh(number) };
	} else if (type == TYPE_TEXT || type == TYPE_BYTEA) {
		*ret_cell = (struct cell){ .kind = type == TYPE_TEXT ? CELL_TEXT : CELL_BLOB,
					   .bytes = bytes };
	} else {
		return err_set(e, ERR_BUG, "store: column %s has type %u", pq.fname(r, at), type);
	}
	return 0;
}

static int rows_next(struct rows *r, struct cell ret_row[TABLE_COLUMNS_MAX], struct err *e)
{
	pq.clear(r->row);
	r->row = pq.getResult(r->en->c);
	if (!r->row || pq.resultStatus(r->row) == PGRES_TUPLES_OK)
		return 0;
	if (pq.resultStatus(r->row) != PGRES_SINGLE_TUPLE)
		return pg_failed(r->en, r->row, "rows", e);
	for (int i = 0; i < pq.nfields(r->row) && i < TABLE_COLUMNS_MAX; i++)
		if (cell_of(r->row, i, &ret_row[i], e) < 0)
			return -1;
	return 1;
}

/* Of rows that nobody wants any more the server is told so. */
static void stop(PGconn *c)
{
	PGcancel *cancel = pq.getCancel(c);
	char text[256];

	if (cancel)
		pq.cancel(cancel, text, sizeof(text));
	pq.freeCancel(cancel);
}

static void rows_close(struct rows **r)
{
	PGresult *rest;

	if (!*r)
		return;
	if ((*r)->row && pq.resultStatus((*r)->row) == PGRES_SINGLE_TUPLE)
		stop((*r)->en->c);
	pq.clear((*r)->row);
	while ((rest = pq.getResult((*r)->en->c)))
		pq.clear(rest);
	free(*r);
	*r = NULL;
}

/* --- COPY in binary format --- */

static void add_number(struct buf *out, uint64_t value, size_t size)
{
	uint64_t ordered = htobe64(value);

	buf_add(out, (struct span){ (const char *)&ordered + sizeof(ordered) - size, size });
}

static int load_begin(void *db, const struct table *t, struct loading **ret_loading, struct err *e)
{
	static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
	struct engine *en = db;
	struct buf sql BUF_AUTO;
	struct loading *l;
	PGresult *r;
	int done = 0;

	buf_init(&sql, SIZE_MAX);
	buf_addf(&sql, "COPY \"%s\" (%s) FROM STDIN (FORMAT binary)", t->name, t->columns);
	if (pg_settle(en, e) < 0)
		return -1;
	r = pq.exec(en->c, buf_cstr(&sql));
	if (pq.resultStatus(r) != PGRES_COPY_IN)
		done = pg_failed(en, r, t->name, e);
	pq.clear(r);
	if (done < 0)
		return -1;
	l = mem_alloc(sizeof(*l));
	*l = (struct loading){ .en = en, .n = t->n };
	buf_init(&l->waits, SIZE_MAX);
	buf_add(&l->waits, (struct span){ head, sizeof(head) }); /* with its last 0 */
	*ret_loading = l;
	return 0;
}

static int send_what_waits(struct loading *l, struct err *e)
{
	if (pq.putCopyData(l->en->c, l->waits.p, (int)l->waits.n) != 1)
		return pg_failed(l->en, NULL, "a row", e);
	l->waits.n = 0;
	return 0;
}

static int load_row(struct loading *l, const struct cell *row, struct err *e)
{
	add_number(&l->waits, (uint64_t)l->n, 2);
	for (int i = 0; i < l->n; i++) {
		const struct cell *c = &row[i];

		if (c->bytes.n > INT_MAX / 2)
			return err_set(e, ERR_PERM, "store: %zu bytes are too many", c->bytes.n);
		if (c->kind == CELL_NULL) {
			add_number(&l->waits, UINT32_MAX, 4);
		} else if (c->kind == CELL_INT) {
			add_number(&l->waits, sizeof(c->number), 4);
			add_number(&l->waits, (uint64_t)c->number, sizeof(c->number));
		} else {
			add_number(&l->waits, c->bytes.n, 4);
			buf_add(&l->waits, c->bytes);
		}
	}
	return l->waits.n < SEND_BYTES ? 0 : send_what_waits(l, e);
}

static int load_end(struct loading **at, struct err *e)
{
	struct loading *l = *at;
	PGresult *r;
	int done;

	add_number(&l->waits, UINT16_MAX, 2);
	done = send_what_waits(l, e);
	if (done == 0 && pq.putCopyEnd(l->en->c, NULL) != 1)
		done = pg_failed(l->en, NULL, "rows", e);
	while ((r = pq.getResult(l->en->c))) {
		if (done == 0 && !pg_is_good(r))
			done = pg_failed(l->en, r, "rows", e);
		pq.clear(r);
	}
	buf_release(&l->waits);
	free(l);
	*at = NULL;
	return done;
}

const struct rows_ops pg_rows = {
	/* Nobody but the copy is there.  A commit that is lost is copied again; the last one waits
	 * for the disk. Whole tables are read in the order of their keys. */
	.begin = "SET idle_session_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
		 "SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; "
		 "SET enable_seqscan = off; SET enable_sort = off; SET jit = off; "
		 "SET client_connection_check_interval = '2s'",
	.end = "SET synchronous_commit = on",
	.empty = "TRUNCATE",
	.open = rows_open,
	.next = rows_next,
	.close = rows_close,
	.load_begin = load_begin,
	.load_row = load_row,
	.load_end = load_end,
};
