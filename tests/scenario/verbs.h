/* The verbs of scenario files, one table; tests/scenarios/README lists them. */
#ifndef TESTS_SCENARIO_VERBS_H
#define TESTS_SCENARIO_VERBS_H

#include "tests/scenario/world.h"

int verbs_run(struct world *w, const struct script_line *l, struct err *e);
/* EXPECT: what must hold (expect.c). */
int expect_run(struct world *w, const struct script_line *l, struct err *e);

#endif
