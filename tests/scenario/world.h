/*
 * The decision core without its processes: a desk on a store of its own, and a clock that is told.
 *
 * What a daemon's turns do is here one function each: world_keep() and world_decide() are intake
 * and pool, world_timer() is the watch, world_send() the delivery.  With `faults` each transaction
 * is first tried with its 1st, 2nd, 3rd ... statement failing, until none fails any more; after
 * each failure the store must be as it was, and at the end the effect is there once.
 */
#ifndef TESTS_SCENARIO_WORLD_H
#define TESTS_SCENARIO_WORLD_H

#include "gatewayd/case/desk.h"
#include "parser/parser.h"
#include "tests/scenario/script.h"

struct world {
	struct arena arena; /* of the scenario */
	struct conf *conf;
	struct store *store;
	struct zones *zones;
	struct token_keys keys;
	struct parser *parser;
	int64_t now;
	const char *folder; /* of the scenario files */
	const char *path;   /* of the store */
	bool faults;
	int64_t tried; /* faults so far */

	uint32_t uid, uidvalidity;
	int mails;	      /* made so far */
	struct span last_raw; /* the mail that came last */
	const char *last_mailbox;
	int64_t outbox_mark; /* rows up to this one do not count */
	bool hold;	     /* nothing is sent */
	const char *fail_to; /* whose mails fail; NULL: nobody's */
	int fail_code;
	const char *fail_text;
	int ctl_status;
	struct span ctl_out, ctl_err;
};

int world_open(struct world *w, const char *folder, struct err *e);
void world_close(struct world *w);
/* Ends the store and opens it as a daemon does that starts. */
int world_restart(struct world *w, int64_t later_s, struct err *e);
int world_conf(struct world *w, const char *file, struct err *e);

/* The desk as of now, in an arena that the caller resets. */
struct desk world_desk(struct world *w, struct arena *a);

struct world_mail {
	struct span raw;
	const char *mailbox;
	uint32_t uidvalidity, uid;
	int64_t received_at;
	int64_t size; /* on the server; 0: as raw */
	bool history;
};
int world_keep(struct world *w, const struct world_mail *m, struct err *e);
/* Decides all that is kept. */
int world_decide(struct world *w, struct err *e);
int world_timer(struct world *w, struct err *e);
/* The clock goes on to that instant, the timer's turns come when they are due. */
int world_run_until(struct world *w, int64_t at, struct err *e);
int world_send(struct world *w, struct err *e);
/* Into w->ctl_*. */
int world_ctl(struct world *w, const struct script_line *l, struct err *e);

/* The latest row of the outbox to that address, of that kind ("": any) and case (0: any). */
struct world_row {
	struct span to, kind;
	int64_t case_number;
};
int world_last_row(struct world *w, const struct world_row *which, struct store_outbox *ret_row,
		   struct span *ret_message, struct err *e);

#endif
