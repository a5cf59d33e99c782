/*
 * The whole of core in one process, under a world that does what a seed says.
 *
 * usage: simulate [-v | --first] SEED | FROM..TO | FILE...
 *        simulate --every N FILE...
 *        simulate --point crash|OPERATION once|good|keep|lose|halve|mix N FILE
 *
 * A seed that fails is played again without some of its steps, as long as it still fails; what is
 * left is printed, as a file that can be given here.  --first: at the first that fails all ends,
 * and it is not shortened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gatewayd/base/file.h"
#include "tests/faults.h"
#include "tests/simulate/points.h"
#include "tests/simulate/shorten.h"

static struct {
	bool verbose, first;
	struct play_sums sums;
	long seeds, failed;
} all;

static void print_story(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		printf(SPAN_FMT "%s", SPAN_ARG(plan->steps[i]),
		       span_ends_ci(plan->steps[i], SPAN("\n")) ? "" : "\n");
}

static void tell(uint64_t seed, struct plan *plan, struct played *played)
{
	printf("# seed %llu fails at step %zu of %zu: %s\n", (unsigned long long)seed,
	       played->step + 1, plan->n, played->why);
	if (!all.first)
		shorten(seed, plan, played);
	printf("# with %zu steps: %s\n", plan->n, played->why);
	print_story(plan);
	fflush(stdout);
}

static void run(uint64_t seed, struct plan *plan)
{
	struct played played;

	play(seed, plan, &played);
	play_add(&all.sums, &played.sums);
	all.seeds++;
	if (all.verbose)
		printf("# seed %llu: %zu steps, %ld crashes, digest %016llx\n",
		       (unsigned long long)seed, plan->n, played.sums.crashes,
		       (unsigned long long)played.digest);
	if (!played.failed)
		return;
	all.failed++;
	tell(seed, plan, &played);
}

static void run_seed(uint64_t seed)
{
	struct arena a ARENA_AUTO;
	struct plan plan;

	arena_init(&a);
	plan_of(seed, &a, &plan);
	if (all.verbose)
		print_story(&plan);
	run(seed, &plan);
}

static bool read_plan(const char *path, struct arena *a, struct buf *text, struct plan *ret_plan)
{
	struct err e;

	return file_read(path, text) == 0 && plan_read(buf_span(text), a, ret_plan, &e) == 0;
}

static void run_file(const char *path)
{
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;
	struct plan plan;

	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	if (read_plan(path, &a, &text, &plan)) {
		run(0, &plan);
		return;
	}
	printf("# %s: cannot be read\n", path);
	all.failed++;
}

static void run_argument(const char *word)
{
	char *end;
	unsigned long long from = strtoull(word, &end, 10), to = from;

	if (strncmp(end, "..", 2) == 0)
		to = strtoull(end + 2, &end, 10);
	if (*end) {
		run_file(word);
		return;
	}
	for (; from <= to && !(all.first && all.failed); from++)
		run_seed(from);
}

static void every(long n, const char *path, struct points *sum)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct points points;

	sum->failed += !points_file(path, n, &points);
	printf("%-20s %6ld points %4ld lost %4ld doubled %5ld sent again\n", name, points.tried,
	       points.lost, points.doubled, points.again);
	fflush(stdout);
	sum->tried += points.tried;
	sum->lost += points.lost;
	sum->doubled += points.doubled;
	sum->again += points.again;
}

static int every_of(int argc, char **argv)
{
	long n = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	struct points sum = { 0 };

	if (n < 1)
		return 1;
	for (int i = 3; i < argc; i++)
		every(n, argv[i], &sum);
	printf("%ld points in %d stories: %ld lost, %ld doubled, %ld sent again where core died "
	       "before it was written down\n",
	       sum.tried, argc - 3, sum.lost, sum.doubled, sum.again);
	faults_note("one fault at every operation", sum.tried, sum.lost, sum.doubled);
	return sum.failed || !sum.tried ? 1 : 0;
}

int main(int argc, char **argv)
{
	clock_t began = clock();
	int i = 1;

	if (argc > 1) {
		all.verbose = strcmp(argv[1], "-v") == 0;
		all.first = strcmp(argv[1], "--first") == 0;
		i += all.verbose || all.first;
	}
	play_init();
	if (argc == 6 && strcmp(argv[1], "--point") == 0)
		return !points_one(argv[5], argv[2], argv[3], strtol(argv[4], NULL, 10));
	if (argc > 1 && strcmp(argv[1], "--every") == 0)
		return every_of(argc, argv);
	for (; i < argc; i++)
		run_argument(argv[i]);
	printf(
	    "%ld seeds: %ld steps, %ld crashes, %ld other faults, %ld mails, %ld sent (%ld of them "
	    "again, where a reply or its commit was lost); %ld failed; %.3f s of CPU a seed\n",
	    all.seeds, all.sums.steps, all.sums.crashes, all.sums.faults, all.sums.mails,
	    all.sums.sent, all.sums.again, all.failed,
	    (double)(clock() - began) / CLOCKS_PER_SEC / (all.seeds ? (double)all.seeds : 1));
	faults_note("simulated worlds", all.seeds, all.failed, 0);
	return all.failed || !all.seeds ? 1 : 0;
}
