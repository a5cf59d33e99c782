#include "tests/simulate/points.h"

#include <stdio.h>

enum { MEMORY_EVERY = 100, PRINTED_MAX = 5 };

struct mode {
	enum ops_way way;
	unsigned int mask;
	enum disk_loss loss;
	const char *what, *how;
};

static void judge(const struct played *played, struct points *sum)
{
	struct span why = span_of(played->why);
	bool twice = span_find(why, SPAN("twice")) != SIZE_MAX ||
		     span_find(why, SPAN("confirmations")) != SIZE_MAX ||
		     (span_find(why, SPAN("stands in")) != SIZE_MAX &&
		      span_find(why, SPAN("in 0 notes")) == SIZE_MAX);

	sum->failed++;
	sum->doubled += twice;
	sum->lost += !twice;
}

/* A verb whose answer was lost was done, or it was not. */
static void try_point(const struct mode *m, long n, const struct plan *plan, struct played *played)
{
	struct play_fault fault = { m->way, m->mask, n, m->loss, false };

	play_with(&fault, plan, played);
	if (!played->failed || !played->cut)
		return;
	fault.ask_again = true;
	play_with(&fault, plan, played);
}

static long operations(const struct mode *m, const struct plan *plan)
{
	struct play_fault fault = { OPS_NONE, m->mask, 0, DISK_KEEPS, false };
	struct played played;

	play_with(&fault, plan, &played);
	if (played.failed)
		printf("# it fails without a fault, at step %zu: %s\n", played.step + 1,
		       played.why);
	return played.operations;
}

static void points_of_mode(const char *name, const struct mode *m, const struct plan *plan,
			   long every, struct points *sum)
{
	long last = operations(m, plan);

	/* Each mode begins elsewhere, so that a few points of all are different ones. */
	for (long n = 1 + (m->mask + m->loss + (unsigned int)m->way) % every; n <= last;
	     n += every) {
		struct played played;

		try_point(m, n, plan, &played);
		sum->tried++;
		sum->again += played.sums.again;
		if (!played.failed)
			continue;
		judge(&played, sum);
		if (sum->failed <= PRINTED_MAX)
			printf("# %s, %s %s at %ld of %ld: step %zu: %s\n", name, m->what, m->how,
			       n, last, played.step + 1, played.why);
	}
}

/* A socket that says "later" for good would be core's for good. */
static enum ops_way last_way(enum op op)
{
	return op == OP_SEND || op == OP_RECEIVE ? OPS_ONCE : OPS_FOR_GOOD;
}

void points_of(const char *name, const struct plan *plan, long every, struct points *sum)
{
	static const char *const ways[] = { [OPS_ONCE] = "once", [OPS_FOR_GOOD] = "for good" };

	for (int i = 0; i < DISK_LOSSES; i++) {
		struct mode m = { OPS_CRASH, OPS_SEEN, (enum disk_loss)i, "crash",
				  disk_loss_names[i] };

		points_of_mode(name, &m, plan, every, sum);
	}
	for (int i = 0; i < OP_COUNT; i++)
		for (enum ops_way way = OPS_ONCE; way <= last_way((enum op)i); way++) {
			struct mode m = { way, 1u << i, DISK_MIXES, op_names[i], ways[way] };

			points_of_mode(name, &m, plan,
				       i == OP_MEMORY ? every * MEMORY_EVERY : every, sum);
		}
}
