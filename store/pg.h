/*
 * PostgreSQL by libpq: what its files share: pg.c errors, pg_statement.c statements on their way,
 * pg_txn.c transactions, pg_pipeline.c what nobody waits for, pg_answers.c what is asked again,
 * pg_numbers.c numbers of new rows, pg_words.c what searches find, engine_pg.c connections.
 *
 * Private to store/.
 */
#ifndef STORE_PG_H
#define STORE_PG_H

#include "gatewayd/base/units.h"
#include "store/engine.h"
#include "store/libpq.h"

enum {
	PG_PARAMETERS_MAX = 32,
	PG_WAITING_MAX = 128,
	PG_TOGETHER = 4, /* statements that go out in one packet */
	PG_ANSWERS_MAX = 1024,
	PG_QUESTIONS_MAX = 64,	     /* statements whose answers are kept: a bit for each */
	PG_ANSWERS_BYTES = 16 * MIB, /* of all of them */
	PG_SEQUENCES_MAX = 16,
	PG_NUMBERS_MAX = 128, /* of a sequence, twice what is asked for at once */
};

enum pg_answer_state { PG_ANSWER_NONE, PG_ANSWER_SENT, PG_ANSWER_HERE };

/* pg_answers.h */
struct pg_answer {
	enum pg_answer_state state;
	bool is_void; /* what it says may have changed */
	int question;
	uint64_t hash; /* of the key */
	char *key;
	size_t key_size;
	PGresult *rows;
	unsigned int readers;		/* statements that have its rows */
	struct pg_answer *next, **link; /* of the same question, until it is void */
};

/* pg_numbers.h */
struct pg_numbers {
	const char *sequence;
	int64_t v[PG_NUMBERS_MAX];
	size_t n, at;		  /* v[at] is the next one */
	size_t more;		  /* are asked for at once */
	size_t used, used_before; /* in this turn, in the last one */
	bool is_asked;
};

struct engine_stmt {
	struct engine *engine;
	enum sql_id id;
	bool in_use, is_prepared, is_run;
	bool may_wait;	  /* pg_pipeline.h */
	bool may_be_late; /* the same where store_unheard() was said */
	const char *must; /* what it changes one of at least; NULL: anything may be */
	int64_t must_id;
	bool is_nothing; /* what another engine does here */
	bool is_of_sequences;
	bool is_of_words;	       /* pg_words.h: the last parameter is */
	int n;			       /* parameters, with the number of the row that it adds */
	struct pg_numbers *numbers_of; /* NULL: of none */
	Oid types[PG_PARAMETERS_MAX];
	int64_t numbers[PG_PARAMETERS_MAX];
	const char *values[PG_PARAMETERS_MAX];
	int lengths[PG_PARAMETERS_MAX];
	PGresult *rows;
	struct pg_answer *answer; /* whose rows they are; NULL: its own */
	int row;
	int question;	/* pg_answers.h; -1: its answer is not kept */
	uint64_t voids; /* a bit for each question whose answers it may change */
};

/* One that was sent. */
struct pg_sent {
	const char *name;
	struct pg_for {
		struct pg_answer *answer; /* who wants its rows; NULL: nobody */
		struct pg_numbers *numbers;
		const char *must; /* it changes one of these at least; NULL: anything may be */
		int64_t must_id;
	} what;
};

struct engine {
	PGconn *c;
	bool in_txn, reader;
	bool is_alone; /* a node that migrates */
	int64_t fence; /* 0: it has not joined */
	int64_t fence_key;
	bool is_fenced; /* that number is void */
	bool is_shared, in_turn;
	bool is_unheard; /* store_unheard() */
	int musts;	 /* of what was sent */
	bool is_given_up;
	int64_t changes, changed;
	int64_t size, sized_at; /* bytes, when so many rows were changed; 0: not known */
	int waiting;		/* statements whose results are not read (pg_pipeline.h) */
	int unsent;		/* of these: libpq has them */
	struct pg_sent sent[PG_WAITING_MAX];
	struct err late; /* of one of them, to the end of the transaction; ERR_NONE: none */
	struct pg_answer answers[PG_ANSWERS_MAX];
	struct pg_answer *answers_of[PG_QUESTIONS_MAX]; /* the newest first */
	size_t answer_at, answer_bytes; /* where the next one goes: the oldest are there */
	struct pg_numbers numbers[PG_SEQUENCES_MAX];
	size_t number_count;
	bool numbers_prepared;
	int64_t new_row;
	struct buf words; /* pg_words.h */
	struct engine_stmt statements[SQL_COUNT];
};

/* The result is one of a command that was carried out. */
bool pg_is_good(const PGresult *r);
/* -1 with the server's words and the class of its SQLSTATE. */
int pg_failed(struct engine *en, const PGresult *r, const char *what, struct err *e);
/* The connection is lost, the lease, or what the session may have locked is not known. */
bool pg_broken(struct engine *en);

/* The result of what was said (pg_answers.h), the callee's from now on; NULL: it was not carried
 * out.  What there is no room for is as if it had not been said. */
void pg_answer_came(struct engine *en, struct pg_answer *a, PGresult *rows);
void pg_answer_drop(struct engine *en, struct pg_answer *a);
/* It is not found any more. */
void pg_answer_unlink(struct pg_answer *a);
/* Those that were asked for (pg_numbers.h); NULL: that failed. */
void pg_numbers_came(struct pg_numbers *p, const PGresult *rows);
/* Those that were taken for a transaction outside of a turn. */
void pg_numbers_drop(struct engine *en);

#endif
