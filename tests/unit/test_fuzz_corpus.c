/* Replays every input that fuzzing has kept: tests/fuzz/corpus/TARGET. */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>

#include "gatewayd/base/buf.h"
#include "tests/fuzz/targets.h"

enum { INPUT_MAX = 4 * 1024 * 1024 };

static void feed(fuzz_fn *target, const char *path, struct buf *bytes)
{
	FILE *f = fopen(path, "rb");
	char *room;

	assert_non_null(f);
	buf_clear(bytes);
	while ((room = buf_room(bytes, 64 * 1024))) {
		size_t n = fread(room, 1, 64 * 1024, f);

		bytes->n += n;
		if (n == 0)
			break;
	}
	fclose(f);
	/* A copy of its own size, so that the sanitizer sees a byte too far. */
	struct buf exact BUF_AUTO;

	buf_init(&exact, bytes->n + 1);
	buf_add(&exact, buf_span(bytes));
	target((struct span){ exact.p ? exact.p : "", exact.n });
}

static void replay(const char *name)
{
	struct buf bytes BUF_AUTO;
	char dir[256], path[1024];
	struct dirent *entry;
	size_t fed = 0;
	DIR *d;

	buf_init(&bytes, INPUT_MAX);
	snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", name);
	d = opendir(dir);
	assert_non_null(d);
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		feed(fuzz_find(name), path, &bytes);
		fed++;
	}
	closedir(d);
	assert_true(fed >= 3);
}

#define X(name)                        \
	static void name(void **state) \
	{                              \
		(void)state;           \
		replay(#name);         \
	}
FUZZ_TARGETS(X)
#undef X

int main(void)
{
	const struct CMUnitTest tests[] = {
#define X(name) cmocka_unit_test(name),
		FUZZ_TARGETS(X)
#undef X
	};
	int failed = cmocka_run_group_tests_name("fuzz corpora", tests, NULL, NULL);

	fuzz_end();
	return failed;
}
