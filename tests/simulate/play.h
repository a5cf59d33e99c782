/*
 * A story, played: the real core in a world of tests/scenario on a disk of ours (disk.h), with a
 * look after each step whether all that must hold holds (model.h).
 *
 * Steps are lines of scenario files; these come to them:
 *
 *	CRASH n keep|lose|halve|mix [again=m]   core ends at the n-th operation from now on that is
 *	              seen outside, and starts again; what was written and not synced is kept, lost,
 *	              halved or mixed (disk.h); again: the next one ends at its m-th
 *	FAIL op n     the n-th such operation from now on fails (ops.h has their names)
 *	DISK full | bad | well
 *	KILL poller | parse | sender            from outside
 *	LATE poller | parse | sender 20s        it hears and says nothing for so long
 *	BACK i        a person moves the i-th mail that was moved back into the inbox
 *	COPY          the store is copied as it is
 *	PUT BACK      core ends, the copy takes the place of the store, and core starts
 *
 * A step that cannot be done (an answer to a mail that never went out) is passed over: the story is
 * one without it.
 */
#ifndef TESTS_SIMULATE_PLAY_H
#define TESTS_SIMULATE_PLAY_H

#include "tests/scenario/world.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/ops.h"
#include "tests/simulate/outside.h"
#include "tests/simulate/plan.h"

/* One fault in a story of which every step must come true (steps/): at its n-th operation. */
struct play_fault {
	enum ops_way way; /* OPS_NONE: they are only counted */
	unsigned int mask;
	long n;
	enum disk_loss loss; /* OPS_CRASH */
	/* A verb of gatewayctl whose answer was lost is asked once more; else it is taken for done.
	 * A person would look: one of the two is the story. */
	bool ask_again;
};

struct play {
	const struct play_fault *fault; /* NULL: of a story that the seed decides */
	int fired;			/* rounds in which a fault for good came up */
	bool cut;			/* the answer to a verb of gatewayctl was lost */
	struct world world;
	struct chance chance;
	enum disk_loss loss; /* of the crash that is to come */
	long again;	     /* and the operation at which it crashes once more; 0: not */
	bool disk_ill, holds_copy, was_put_back;
	struct outside outside;
	struct play_sums {
		long steps, crashes, faults, mails, sent,
		    again; /* again: sent a second time, as is right */
	} sums;
};

struct played {
	bool failed;
	size_t step; /* at which; plan->n: when all had come to rest */
	char why[ERR_TEXT_MAX];
	bool cut;		   /* see play_fault.ask_again */
	long operations[OP_COUNT]; /* with a play_fault, since its beginning */
	uint64_t digest;	   /* of all that was written and sent */
	struct play_sums sums;
};

/* Once, before the first. */
void play_init(void);
void play_add(struct play_sums *to, const struct play_sums *s);
void play(uint64_t seed, const struct plan *plan, struct played *ret_played);
void play_with(const struct play_fault *fault, const struct plan *plan, struct played *ret_played);

#endif
