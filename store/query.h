/*
 * One statement on its way: parameters in order, rows, columns in order.
 *
 * The first failure sticks: later calls do nothing, and query_run(), query_step() and query_list()
 * say -1 with the err of that first failure.  So a verb binds without looking and checks once.
 *
 * Two mistakes of a verb are ERR_BUG, because SQL has a silent answer to them: fewer or more
 * parameters than the statement has (one that is forgotten is NULL), and a row of which some
 *columns were read but not all, or more than there are.  A row that is not looked at is none.
 *
 *	struct query q QUERY_AUTO;
 *
 *	query_open(&q, s, SQL_EVENT_LIST, e);
 *	query_int(&q, number);
 *	return QUERY_LIST(&q, read_event, a, ret_v, ret_n);
 *
 * Private to store/.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/added.h"
#include "store/bulk.h"
#include "store/engine.h"
#include "store/gathered.h"
#include "store/highest.h"
#include "store/pack.h"
#include "store/recall.h"
#include "store/seen.h"
#include "store/storms.h"
#include "store/tally.h"
#include "store/witness.h"

/* What the file says without its log, before it is opened with it. */
struct store_beneath {
	uint8_t identity[STORE_TAG_SIZE]; /* zeros: it has no log, or does not say */
	int64_t commits;		  /* -1: it does not say */
	int64_t first; /* commits behind the first transaction of its log; -1: nobody knows */
};

struct store {
	const struct engine_ops *ops;
	struct engine *engine;
	struct packer *packer;
	bool in_txn;
	bool is_ahead;	   /* store_ahead.h */
	bool is_unheard;   /* store_unheard(), of an engine that makes use of it */
	struct err doomed; /* the first failure of an engine in this transaction */
	struct recall recall;
	enum store_deferred deferred;
	struct err deferred_why; /* STORE_DEFERRED_LOST */
	/* standing.h */
	char *where;
	char
	    *erased; /* store_erasure.h: of a database, the path of the list; NULL: there is none */
	bool upgraded; /* by this opening, from before there was a standing */
	bool is_copy;  /* STORE_COPY: without a companion */
	struct store_beneath beneath;
	struct witness witness;		     /* fd -1: commits are not counted */
	struct witness_state standing, next; /* as committed; as the transaction will leave it */
	int64_t changed;		     /* rows, when the transaction began */
	bool epoch_changed;		     /* in the transaction */
	bool none_erased;		     /* no mail has a mark; only where nobody else writes */
	bool behind;			     /* the companion could not be written */
	struct seen_more more;		     /* seen.h */
	struct tally_more opened;	     /* tally.h */
	struct added added;		     /* added.h */
	struct gathered gathered;	     /* gathered.h */
	struct highest highest;		     /* highest.h */
	struct storms storms;		     /* storms.h */
	struct bulk bulk;		     /* bulk.h, extent.h */
	int64_t lacks;			     /* store_room(): the longest that failed */
	bool extents_went, extents_copied;   /* some are to be emptied; a copy reads them */
	bool extents_going;		     /* by this transaction */
	/* store_node.h */
	bool is_node; /* STORE_NODE */
	char node[STORE_NODE_NAME_MAX];
	size_t node_size; /* 0: it has not joined */
	int64_t fence;
	int64_t decided[MAIL_STATE_COUNT];     /* store_mail_decided() */
	int64_t deciding[MAIL_STATE_COUNT];    /* in the transaction */
	int64_t before_mark[MAIL_STATE_COUNT]; /* of those, when store_mark() was called last */
	store_commit_fn *on_commit;
	void *commit_ctx;
	const struct store_listener *listener; /* while it is opened; NULL */
	struct store_migrating migrating;      /* the one at hand */
};

/* What is said again, and what may be, goes by the transaction (recall.h). */
static inline bool store_recalls(const struct store *s)
{
	return s->in_txn && s->doomed.class == ERR_NONE;
}
static inline bool store_learns(const struct store *s)
{
	return store_recalls(s) && !s->is_ahead;
}

/* This process has it alone, so what it knows of the rows is so; where a question would fail it is
 * to be asked all the same, and says so. */
static inline bool store_is_alone(const struct store *s)
{
	return s->ops->is_file && s->doomed.class == ERR_NONE && !s->ops->broken(s->engine);
}

/* A copy of another store was begun and is not done (transfer.h). */
int store_is_half(struct store *s, bool *ret_half, struct err *e);
/* It is what it should be, so closing it may put its files together.  One that is opened as
 * STORE_COPY is not yet. */
void store_trust(struct store *s);
/* store_open() for who fills it: with another look at what is there before it is migrated than that
 * it is not half.  It says nothing of itself yet (standing.h). */
typedef int store_check_fn(struct store *s, struct err *e);
int store_open_with(const char *where, enum store_mode mode, store_check_fn *check,
		    const struct store_listener *listener, struct store **ret_store, struct err *e);

struct query {
	struct store *store;
	struct engine_stmt *stmt; /* NULL: failed */
	struct err *e;
	enum sql_id id;
	int parameter, column;
	bool begun, in_row;
};

void query_open(struct query *q, struct store *s, enum sql_id id, struct err *e);
void query_close(struct query *q);
#define QUERY_AUTO __attribute__((cleanup(query_close)))

/* The next parameter. */
void query_int(struct query *q, int64_t value);
void query_id(struct query *q, int64_t id);	     /* 0 is NULL */
void query_at(struct query *q, int64_t at);	     /* INSTANT_NONE is NULL */
void query_text(struct query *q, struct span text);  /* ERR_PERM when not UTF-8 or with a NUL */
void query_blob(struct query *q, struct span bytes); /* must live until query_close() */
void query_digest(struct query *q, const uint8_t digest[SHA256_SIZE]); /* zeros are NULL */
void query_name(struct query *q, const char *name);
/* The next two: the size, and the bytes as they are kept (pack.h); until the next of any query. */
void query_packed(struct query *q, struct span bytes);
/* Two texts in one, as query_text() and, where they are long, query_packed(); they and room must
 * live until query_close(). */
void query_packed_pair(struct query *q, struct span first, struct span second, struct buf *room);
/* A limit: 1 .. STORE_LIST_MAX as it is, all else becomes STORE_LIST_MAX. */
void query_limit(struct query *q, int limit);

/* The next row: 1, 0 at the end, -1. */
int query_step(struct query *q);
/* The columns of this row are read: 0, or -1.  For a verb that reads rows by query_step() and stops
 * at one; query_close() asserts that it was not forgotten. */
int query_end_row(struct query *q);
/* To the end; rows that are left are not looked at.  Outside of a transaction the change is a
 * transaction of its own, and it is done when this returned 0. */
int query_run(struct query *q);
/* The same for an INSERT of one row that returns its number; 0: ON CONFLICT DO NOTHING did nothing.
 */
int query_run_new(struct query *q, int64_t *ret_id);
/* Statements that were not waited for are heard of, unless store_unheard() was said. */
int query_settle(struct store *s, struct err *e);
/* store_unheard(), or no more. */
void query_unheard(struct store *s, bool on);
/* The one row, or the one change, that there must be; else ERR_PERM "no WHAT ID". */
int query_step_of(struct query *q, const char *what, int64_t id);
int query_run_of(struct query *q, const char *what, int64_t id);
/* 1: it changed a row, or that it did not is said later (store_unheard()); 0: it did not; -1. */
int query_run_any(struct query *q, const char *what, int64_t id);

/* The next column of the row. */
int64_t query_get_int(struct query *q); /* NULL is 0 */
int64_t query_get_at(struct query *q);	/* NULL is INSTANT_NONE */
double query_get_real(struct query *q);
struct span query_get_text(struct query *q, struct arena *a); /* never a NULL p */
/* As query_packed() bound it: 0; -1: it does not unpack, which ends neither the row nor the list.
 */
int query_get_packed(struct query *q, struct arena *a, struct span *ret_bytes);
/* As query_packed_pair() bound them: 1; 0: there is nothing, in either; -1, too. */
int query_get_packed_pair(struct query *q, struct arena *a, struct span *ret_first,
			  struct span *ret_second);
/* Lives until the next step. */
struct span query_borrow_bytes(struct query *q);
/* Appended; ERR_PERM when they do not fit, and then the rest of the row is not to be read. */
int query_get_bytes(struct query *q, struct buf *ret_bytes);
/* false: it is NULL, or none; zeros then. */
bool query_get_digest(struct query *q, uint8_t out[SHA256_SIZE]);

/* Reads the columns of a row into *ret_row. */
typedef void query_reader(struct query *q, struct arena *a, void *ret_row);
/* Rows of one number, each an int64_t. */
query_reader query_read_int;

/* The first row: 1, 0 when there is none, -1. */
int query_one(struct query *q, query_reader *read, struct arena *a, void *ret_row);
/* The one row that there must be, as query_step_of(): 0, -1. */
int query_one_of(struct query *q, const char *what, int64_t id, query_reader *read, struct arena *a,
		 void *ret_row);
/* The one column of the one row that every answer of the statement has. */
int query_one_int(struct query *q, int64_t *ret_value);
int query_one_at(struct query *q, int64_t *ret_at);

/* All rows as an array in the arena.  ret_v is a T **. */
int query_list(struct query *q, size_t row_size, query_reader *read, struct arena *a, void *ret_v,
	       size_t *ret_n);
#define QUERY_LIST(q, read, a, ret_v, ret_n) \
	query_list((q), sizeof(**(ret_v)), (read), (a), (ret_v), (ret_n))
/* An array of none. */
int query_no_rows(size_t row_size, struct arena *a, void *ret_v, size_t *ret_n);
#define QUERY_NO_ROWS(a, ret_v, ret_n) query_no_rows(sizeof(**(ret_v)), (a), (ret_v), (ret_n))

/* For a verb of several statements: ERR_BUG outside of a transaction. */
int store_needs_txn(struct store *s, const char *verb, struct err *e);
/* The rows the last change touched. */
int64_t store_changes(struct store *s);

/* The columns {mail} and {outbox}. */
void store_mail_read(struct query *q, struct arena *a, void *ret_mail);
void store_outbox_read(struct query *q, struct arena *a, void *ret_row);

/* A column with the name of a state: its number, or 0 when the file holds something else. */
int query_get_state(struct query *q, const char *const *names, int count);
/* The number of the name; -1: none of them. */
int store_name_find(const char *const *names, int count, struct span name);

#endif
