#include "tests/simulate/points.h"

#include <stdio.h>
#include <string.h>

#include "gatewayd/base/file.h"

enum { MEMORY_EVERY = 100, PRINTED_MAX = 5 };

struct mode {
	enum ops_way way;
	unsigned int mask;
	enum disk_loss loss;
	const char *what, *how;
};

struct story {
	const char *name;
	const struct plan *plan;
	struct played counted; /* without a fault */
	struct points *sum;
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

static long operations(const struct mode *m, const struct played *counted)
{
	long n = 0;

	for (int i = 0; i < OP_COUNT; i++)
		n += m->mask & 1u << i ? counted->operations[i] : 0;
	return n;
}

static void points_of_mode(const struct story *s, const struct mode *m, long every)
{
	struct points *sum = s->sum;
	long last = operations(m, &s->counted);

	/* Each mode begins elsewhere, so that a few points of all are different ones. */
	for (long n = 1 + (m->mask + m->loss + (unsigned int)m->way) % every; n <= last;
	     n += every) {
		struct played played;

		try_point(m, n, s->plan, &played);
		sum->tried++;
		sum->again += played.sums.again;
		if (!played.failed)
			continue;
		judge(&played, sum);
		if (sum->failed <= PRINTED_MAX)
			printf("# %s, %s %s at %ld of %ld: step %zu: %s\n", s->name, m->what,
			       m->how, n, last, played.step + 1, played.why);
	}
}

enum { MODES_MAX = DISK_LOSSES + 2 * OP_COUNT };

static size_t all_modes(struct mode v[MODES_MAX])
{
	size_t n = 0;

	for (int i = 0; i < DISK_LOSSES; i++)
		v[n++] = (struct mode){ OPS_CRASH, OPS_SEEN, (enum disk_loss)i, "crash",
					disk_loss_names[i] };
	for (int i = 0; i < OP_COUNT; i++) {
		v[n++] = (struct mode){ OPS_ONCE, 1u << i, DISK_MIXES, op_names[i], "once" };
		if (i != OP_SEND && i != OP_RECEIVE) /* "later" for good is core's for good */
			v[n++] =
			    (struct mode){ OPS_FOR_GOOD, 1u << i, DISK_MIXES, op_names[i], "good" };
	}
	return n;
}

static void points_of(struct story *s, long every)
{
	struct play_fault none = { OPS_NONE, OPS_ALL, 0, DISK_KEEPS, false };

	struct mode modes[MODES_MAX];
	size_t n = all_modes(modes);

	play_with(&none, s->plan, &s->counted);
	for (size_t i = 0; i < n && !s->counted.failed; i++)
		points_of_mode(s, &modes[i],
			       modes[i].mask == 1u << OP_MEMORY ? every * MEMORY_EVERY : every);
	if (!s->counted.failed)
		return;
	printf("# %s fails without a fault, at step %zu: %s\n", s->name, s->counted.step + 1,
	       s->counted.why);
	s->sum->failed++;
}

static bool read_story(const char *path, struct arena *a, struct buf *text, struct plan *ret_plan)
{
	struct err e;

	if (file_read(path, text) == 0 && plan_read(buf_span(text), a, ret_plan, &e) == 0)
		return true;
	printf("# %s: cannot be read\n", path);
	return false;
}

bool points_file(const char *path, long every, struct points *ret_points)
{
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;
	struct plan plan;
	struct story s = { .name = path, .plan = &plan, .sum = ret_points };

	*ret_points = (struct points){ 0 };
	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	if (!read_story(path, &a, &text, &plan))
		return false;
	points_of(&s, every);
	return !ret_points->failed;
}

bool points_one(const char *path, const char *what, const char *how, long n)
{
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;
	struct mode modes[MODES_MAX];
	size_t count = all_modes(modes);
	struct played played = { .failed = true };
	struct plan plan;

	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	if (!read_story(path, &a, &text, &plan))
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(modes[i].what, what) == 0 && strcmp(modes[i].how, how) == 0)
			try_point(&modes[i], n, &plan, &played);
	printf("%s, %s %s at %ld: %s\n", path, what, how, n,
	       played.failed ? played.why : "all of it came true");
	return !played.failed;
}
