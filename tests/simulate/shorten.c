#include "tests/simulate/shorten.h"

#include <string.h>

enum { PLAYS_MAX = 400, FIRST = 3 }; /* without the first steps there is no world */

static void without(const struct plan *plan, size_t from, size_t n, struct plan *ret_plan)
{
	ret_plan->n = 0;
	for (size_t i = 0; i < plan->n; i++)
		if (i < from || i >= from + n)
			ret_plan->steps[ret_plan->n++] = plan->steps[i];
}

/* Pieces of that size, from the end; true: one was left out. */
static bool drop(uint64_t seed, struct plan *plan, struct played *played, size_t size, int *plays)
{
	bool any = false;

	for (size_t at = plan->n; at > FIRST && *plays < PLAYS_MAX;) {
		size_t from = at > FIRST + size ? at - size : FIRST;
		struct played shorter;
		struct plan fewer;

		without(plan, from, at - from, &fewer);
		play(seed, &fewer, &shorter);
		++*plays;
		at = from;
		if (!shorter.failed)
			continue;
		*plan = fewer;
		*played = shorter;
		any = true;
	}
	return any;
}

void shorten(uint64_t seed, struct plan *plan, struct played *played)
{
	int plays = 0;

	if (played->step < plan->n) /* what comes after it changes nothing */
		plan->n = played->step + 1;
	for (size_t size = plan->n / 2; size > 0; size /= 2)
		while (drop(seed, plan, played, size, &plays) && size == 1)
			;
}
