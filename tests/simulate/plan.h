/*
 * The story of a seed: what happens to a world, a step a line, in the words of scenario files
 * (tests/scenarios/README) and of play.h.
 *
 * Each step says all that it needs, so that a story without some of its steps is a story, too.
 * Texts of mails carry a mark, "zc7zz": c of a customer, s of staff to a customer, i of staff for
 * themselves, f of who says to be somebody else; k is in mails that parse children die of.
 */
#ifndef TESTS_SIMULATE_PLAN_H
#define TESTS_SIMULATE_PLAN_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/err.h"

enum { PLAN_STEPS_MAX = 400 };

struct plan {
	struct span steps[PLAN_STEPS_MAX]; /* a line each, with the text below it */
	size_t n;
};

/* A story from a file; the steps point into its text. */
int plan_read(struct span text, struct arena *a, struct plan *ret_plan, struct err *e);
/* Everything in the arena. */
void plan_of(uint64_t seed, struct arena *a, struct plan *ret_plan);

#endif
