/*
 * What each bomb costs.
 *
 *	bombs [PERCENT [NAME]]		each (of that name) at that part of its size, 100 unless
 *told: CPU milliseconds and memory above the size of the mail
 *	bombs --count N [NAME]		reads each with N, 2 N and 4 N repetitions, once, for
 *callgrind: a dump of the counts after each (tests/bombs/doubling)
 *
 * Ends with 1 when a bomb takes more than a second or 64 MB above its size.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "gatewayd/base/memfd.h"
#include "parser/parser.h"
#include "tests/bombs/bombs.h"

enum { CPU_MAX_MS = 1000, MEMORY_MAX_KB = 64 * 1024 };

#define SIZE_LIMIT ((size_t)1 << 30)

struct cost {
	double cpu_ms;
	long memory_kb;
	uint64_t defects;
};

static void read_mail(struct parser *p, struct span mail, struct facts *ret_facts)
{
	struct arena arena ARENA_AUTO;

	arena_init(&arena);
	parser_parse(p, mail, NULL, &arena, ret_facts);
}

/* In a process of its own, whose memory and time are only those of this mail. */
static struct cost measure(int fd, size_t size)
{
	struct rusage before, after;
	struct parser *p = parser_new();
	struct facts f;
	struct cost cost;
	void *mail = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (mail == MAP_FAILED)
		err(1, "mmap");
	getrusage(RUSAGE_SELF, &before);
	read_mail(p, (struct span){ mail, size }, &f);
	getrusage(RUSAGE_SELF, &after);
	cost.cpu_ms = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1e3 +
		      (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e3 +
		      (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1e3 +
		      (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e3;
	cost.memory_kb = after.ru_maxrss - before.ru_maxrss - (long)(size / 1024);
	cost.defects = f.defects;
	return cost;
}

static struct cost measure_apart(int fd, size_t size)
{
	struct cost cost = { 0 };
	int pipe_fd[2], status;
	pid_t child;

	if (pipe(pipe_fd) < 0 || (child = fork()) < 0)
		err(1, "fork");
	if (child == 0) {
		cost = measure(fd, size);
		_exit(write(pipe_fd[1], &cost, sizeof(cost)) == sizeof(cost) ? 0 : 1);
	}
	close(pipe_fd[1]);
	if (read(pipe_fd[0], &cost, sizeof(cost)) != sizeof(cost))
		cost.cpu_ms = -1; /* it died */
	close(pipe_fd[0]);
	waitpid(child, &status, 0);
	return cost;
}

static void print_defects(uint64_t defects)
{
	for (int d = 0; d < FACTS_DEFECT_COUNT; d++)
		if (defects >> d & 1)
			printf(" %s", facts_defect_name((enum facts_defect)d));
}

static bool throw(const struct bomb *b, size_t percent)
{
	struct buf mail BUF_AUTO;
	struct cost cost;
	size_t size;
	bool good;
	int fd = memfd_create("bomb", MFD_CLOEXEC);

	if (fd < 0)
		err(1, "memfd_create");
	buf_init(&mail, SIZE_LIMIT);
	bomb_make(b, b->full * percent / 100, &mail);
	size = mail.n;
	for (size_t at = 0; at < size;) {
		ssize_t n = write(fd, mail.p + at, size - at);

		if (n <= 0)
			err(1, "write");
		at += (size_t)n;
	}
	buf_release(&mail);
	cost = measure_apart(fd, size);
	close(fd);
	good = cost.cpu_ms >= 0 && cost.cpu_ms <= CPU_MAX_MS && cost.memory_kb <= MEMORY_MAX_KB;
	printf("%-32s %7.1f %8.1f %7.1f %s", b->name, (double)size / 1e6, cost.cpu_ms,
	       (double)cost.memory_kb / 1024, good ? "" : " TOO MUCH");
	print_defects(cost.defects);
	printf("\n");
	fflush(stdout);
	return good;
}

/* One dump of the counts for each mail, in order, named after it. */
static void count(struct parser *p, const struct bomb *b, size_t n)
{
	struct buf mail BUF_AUTO;
	struct facts f;
	char name[128];

	buf_init(&mail, SIZE_LIMIT);
	bomb_make(b, n, &mail);
	snprintf(name, sizeof(name), "%zu %zu %s", n, mail.n, b->name);
	CALLGRIND_ZERO_STATS;
	read_mail(p, buf_span(&mail), &f);
	CALLGRIND_DUMP_STATS_AT(name);
}

static int count_all(size_t n, const char *name)
{
	struct parser *p = parser_new();

	for (size_t i = 0; i < bomb_count; i++)
		for (size_t times = 1; (!name || strcmp(name, bombs[i].name) == 0) && times <= 4;
		     times *= 2)
			count(p, &bombs[i], n * times);
	parser_free(&p);
	return 0;
}

int main(int argc, char **argv)
{
	size_t percent = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100;
	size_t bad = 0;

	if (argc > 2 && strcmp(argv[1], "--count") == 0)
		return count_all((size_t)strtoul(argv[2], NULL, 10), argc > 3 ? argv[3] : NULL);
	printf("%-32s %7s %8s %7s\n", "bomb", "MB", "CPU ms", "MB more");
	for (size_t i = 0; i < bomb_count; i++)
		if (argc < 3 || strcmp(argv[2], bombs[i].name) == 0)
			bad += !throw(&bombs[i], percent);
	printf("%zu bombs, %zu take too much\n", bomb_count, bad);
	return bad ? 1 : 0;
}
