/*
 * The real core in one process: its rooms on a fake clock and a store of its own, with scripted
 * peers at the ends of real wires.
 *
 * world_settle() lets all work until there is nothing to do at this instant.  With `faults` the
 * store's statements fail in their turn while it works (fault.h): the n-th after what was committed
 * last, for n = 1, 2, 3 ... until it gets through; then time passes on the monotonic clock alone,
 * so that what core does after a failure is done at the same instant of the story.
 */
#ifndef TESTS_SCENARIO_WORLD_H
#define TESTS_SCENARIO_WORLD_H

#include "gatewayd/case/desk.h"
#include "tests/scenario/peers.h"
#include "tests/scenario/script.h"
#include "tests/store/schema.h"

/* How answers find their case: what the mail servers of the scenario can. */
enum world_way { WAY_AS_WRITTEN, WAY_DELIMITER, WAY_PLAIN, WAY_COUNT };

struct world {
	/* A simulation's own (tests/simulate): how it settles instead, and whether core crashed. */
	int (*settle)(struct world *w, struct err *e);
	bool (*crashed)(void);
	enum world_way way;
	struct arena arena; /* of the scenario */
	struct clock_fake clock;
	struct bench bench;
	struct rooms *rooms; /* NULL: core does not run */
	struct peers *peers;
	struct parser *parser; /* for what is expected of mails that went out */
	const char *folder;    /* of the scenario files */
	const char *path;      /* of the store, or its address */
	struct schema schema;  /* on a server */
	bool faults;
	int64_t tried; /* faults so far */

	uint32_t uid, uidvalidity;
	int mails;	      /* made so far */
	struct span last_raw; /* the mail that came last */
	const char *last_mailbox;
	int64_t outbox_mark; /* rows up to this one do not count */
	int ctl_status;
	struct span ctl_out, ctl_err;
};

int world_open(struct world *w, const char *folder, struct err *e);
void world_close(struct world *w);
/* Core ends and starts again so much later. */
int world_restart(struct world *w, int64_t later_s, struct err *e);
/* The two halves of that: the store is closed; it is opened and core starts. */
void world_down(struct world *w);
int world_up(struct world *w, struct err *e);
/* All work until there is nothing to do, without faults; core may crash. */
int world_work(struct world *w, struct err *e);
/* The first configuration, or a reload. */
int world_conf(struct world *w, const char *file, struct err *e);

/* The desk as of now, in an arena that the caller resets. */
struct desk world_desk(struct world *w, struct arena *a);

int world_settle(struct world *w, struct err *e);
/* All that waits is worked on for some time with so many descriptors to spare, then with enough. */
int world_scarce(struct world *w, int64_t spare, struct err *e);
/* A mail is in a folder: it is fetched, kept and decided. */
int world_mail(struct world *w, const struct peers_mail *m, struct err *e);
/* An imported mail, by the verb of gatewayctl. */
int world_history(struct world *w, const struct peers_mail *m, struct err *e);
/* The clock goes on to that instant, past all that is due on the way. */
int world_run_until(struct world *w, int64_t at, struct err *e);
/* The wall clock is set, forwards or back; core looks within a minute. */
int world_set_clock(struct world *w, int64_t at, struct err *e);
/* Asks core as gatewayctl does; the answer is in w->ctl_*. */
int world_ctl(struct world *w, const struct script_line *l, struct err *e);

/* The latest row of the outbox to that address, of that kind ("": any) and case (0: any). */
struct world_row {
	struct span to, kind; /* "": any */
	int64_t case_number;
};
int world_last_row(struct world *w, const struct world_row *which, struct store_outbox *ret_row,
		   struct span *ret_message, struct err *e);

#endif
