/*
 * The simulator (tests/simulate): seeds, the stories that once failed, and that it plays the same
 * world twice and shortens what fails.
 *
 * usage: test_simulate [FROM..TO]
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/file.h"
#include "tests/simulate/shorten.h"

#define STORIES "tests/simulate/stories/*.txt"

enum { SEEDS = 200, TWICE = 3 };

static int points, failures;

static void point(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++points, what);
	failures += !good;
	fflush(stdout);
}

static void print(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct span step = plan->steps[i], line;

		while (span_line(&step, &line))
			printf("#     " SPAN_FMT "\n", SPAN_ARG(line));
	}
}

/* What fails is shortened and told. */
static bool holds(uint64_t seed, struct plan *plan, struct played *played)
{
	play(seed, plan, played);
	if (!played->failed)
		return true;
	shorten(seed, plan, played);
	printf("# seed %llu: %s\n", (unsigned long long)seed, played->why);
	print(plan);
	return false;
}

static bool seed_holds(uint64_t seed, struct played *played)
{
	struct arena a ARENA_AUTO;
	struct plan plan;

	arena_init(&a);
	plan_of(seed, &a, &plan);
	return holds(seed, &plan, played);
}

static void seeds(unsigned long long from, unsigned long long to)
{
	struct play_sums sums = { 0 };
	long failed = 0;
	char what[200];

	for (unsigned long long seed = from; seed <= to; seed++) {
		struct played played;

		failed += !seed_holds(seed, &played);
		play_add(&sums, &played.sums);
	}
	snprintf(what, sizeof(what),
		 "seeds %llu..%llu: %ld steps, %ld crashes, %ld other faults, %ld mails, %ld sent",
		 from, to, sums.steps, sums.crashes, sums.faults, sums.mails, sums.sent);
	point(!failed, what);
}

static void a_seed_is_one_world(void)
{
	bool same = true;

	for (uint64_t seed = 1; seed <= TWICE; seed++) {
		struct played first, second;

		same = seed_holds(seed, &first) && seed_holds(seed, &second) && same;
		same = same && first.digest == second.digest;
	}
	point(same, "the same seed twice writes and sends the same");
}

/* The last step is one that nobody can read. */
static void what_fails_is_shortened(void)
{
	struct arena a ARENA_AUTO;
	struct played played;
	struct plan plan;
	size_t before;

	arena_init(&a);
	plan_of(1, &a, &plan);
	before = plan.n;
	plan.steps[plan.n++] = SPAN("MAIL <<END\nwithout its end");
	play(1, &plan, &played);
	if (played.failed)
		shorten(1, &plan, &played);
	point(before > 10 && played.failed && plan.n == 4, "a story that fails is shortened");
}

static void story(const char *path)
{
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;
	struct played played;
	struct plan plan;
	struct err e;

	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	point(file_read(path, &text) == 0 && plan_read(buf_span(&text), &a, &plan, &e) == 0 &&
		  holds(0, &plan, &played),
	      path);
}

int main(int argc, char **argv)
{
	unsigned long long from = 1, to = SEEDS;
	glob_t found = { 0 };

	play_init();
	if (argc > 1 && sscanf(argv[1], "%llu..%llu", &from, &to) != 2)
		return 1;
	if (glob(STORIES, 0, NULL, &found) != 0)
		return 1;
	printf("1..%zu\n", 3 + found.gl_pathc);
	a_seed_is_one_world();
	what_fails_is_shortened();
	for (size_t i = 0; i < found.gl_pathc; i++)
		story(found.gl_pathv[i]);
	globfree(&found);
	seeds(from, to);
	return failures ? 1 : 0;
}
