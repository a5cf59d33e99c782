/* No bomb takes more than 64 MB above its own size, nor many times the second that `make bombs`
 * allows it: what is quadratic in long runs of memchr() shows only at full size. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser/parser.h"
#include "tests/bombs/bombs.h"

enum {
	ABOVE_KB = 64 * 1024,
#if defined(__SANITIZE_ADDRESS__)
	PART = 5,
	MEMORY_KB = 8 * ABOVE_KB, /* red zones and quarantine */
#else
	PART = 1,
	MEMORY_KB = ABOVE_KB,
#endif
	CPU_S = 8, /* making the mail, too; no measure of speed */
};

/* Ends with 0 when the mail took no more than it may. */
static void read_and_end(const struct bomb *b)
{
	struct rlimit cpu = { CPU_S, CPU_S };
	struct parser *p = parser_new();
	struct rusage before, after;
	struct arena arena;
	struct buf mail;
	struct facts f;

	setrlimit(RLIMIT_CPU, &cpu);
	arena_init(&arena);
	buf_init(&mail, (size_t)1 << 30);
	bomb_make(b, b->full / PART, &mail);
	getrusage(RUSAGE_SELF, &before);
	parser_parse(p, buf_span(&mail), NULL, &arena, &f);
	getrusage(RUSAGE_SELF, &after);
	_exit(after.ru_maxrss - before.ru_maxrss <= MEMORY_KB ? 0 : 1);
}

static void each_bomb_stays_in_its_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < bomb_count; i++) {
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			read_and_end(&bombs[i]);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFEXITED(status))
			fail_msg("%s: the parser died of signal %d", bombs[i].name,
				 WTERMSIG(status));
		if (WEXITSTATUS(status) != 0)
			fail_msg("%s: more than %d KB", bombs[i].name, MEMORY_KB);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bomb_stays_in_its_memory),
	};

	return cmocka_run_group_tests_name("bombs", tests, NULL, NULL);
}
