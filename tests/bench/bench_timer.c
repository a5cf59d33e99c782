/*
 * What a turn of core's timer costs where nothing is due, by itself.
 *
 *	bench_timer CONF STORE TURNS
 *
 * A store that a daemon with this configuration had, and has no more.  Prints CPU microseconds a
 *turn.
 */
#include <err.h>
#include <stdio.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include "gatewayd/core/timer.h"
#include "gatewayd/post/settings.h"

enum { FIRST = 200 }; /* what the daemon left over, and pages that nobody has read yet */

static struct err trouble;

#define MUST(call)                                              \
	do {                                                    \
		if ((call) < 0)                                 \
			errx(1, "%s: %s", #call, trouble.text); \
	} while (0)

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void turn(struct timer *t, struct bench *b)
{
	timer_wake(t);
	timer_turn(t, &(struct mailboxes){ .n = 0 });
	arena_reset(&b->arena);
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void open_bench(struct bench *b, char **argv)
{
	static const struct bench_rooms rooms = { .turn = nothing };
	struct conf_problems problems;

	crypto_init();
	conf_problems_init(&problems);
	*b = (struct bench){ .clock = clock_real(),
			     .loop = loop_new(clock_real()),
			     .conf = settings_load(argv[1], CONF_FULL, &problems),
			     .zones = zones_new(NULL) };
	if (!b->conf)
		errx(1, "%s is no configuration", argv[1]);
	b->holding.leads = true;
	MUST(store_open(argv[2], STORE_WRITE, &b->store, &trouble));
	bench_init(b, &rooms);
}

int main(int argc, char **argv)
{
	struct delivery *delivery;
	struct timer *timer;
	struct bench b;
	double before;
	int64_t n;

	if (argc != 4 || !span_i64(span_of(argv[3]), &n) || n < 1)
		errx(64, "usage: bench_timer CONF STORE TURNS");
	open_bench(&b, argv);
	delivery = delivery_new(&b);
	timer = timer_new(&b, delivery);
	for (int i = 0; i < FIRST; i++)
		turn(timer, &b);
	before = cpu_us();
	CALLGRIND_TOGGLE_COLLECT;
	for (int64_t i = 0; i < n; i++)
		turn(timer, &b);
	CALLGRIND_TOGGLE_COLLECT;
	printf("%.1f\n", (cpu_us() - before) / (double)n);
	timer_free(&timer);
	delivery_free(&delivery);
	bench_release(&b);
	store_close(&b.store);
	loop_free(&b.loop);
	return 0;
}
