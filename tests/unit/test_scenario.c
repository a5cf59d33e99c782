/*
 * Whole stories on the real decision core: tests/scenarios/ *.txt, a point for each way in which
 * answers may find their case, as it is, and one with each statement of each transaction failing in
 * its turn; with sanitizers every seventh of them.
 *
 * usage: [EVERY=N] test_scenario [--faults|--plain] [FILE...]    N: every N-th fault
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/verbs.h"

enum { FAILURES_MAX = 20, FOLDER_MAX = 512 };

#if defined(__SANITIZE_ADDRESS__) /* all of them take an hour */
enum { EVERY = 7 };
#else
enum { EVERY = 1 };
#endif

#define FOLDER "tests/scenarios"

/* Goes on after a failure, so that one run shows them all. */
static int play(struct world *w, const char *path, struct span text)
{
	struct script s = { .rest = text, .arena = &w->arena };
	struct script_line line;
	struct err e = { 0 };
	int failures = 0, result;

	while ((result = script_next(&s, &line, &e)) > 0 && failures < FAILURES_MAX) {
		if (verbs_run(w, &line, &e) == 0)
			continue;
		printf("# %s:%d: %s\n", path, line.line, e.text);
		failures++;
	}
	if (result < 0) {
		printf("# %s:%s\n", path, e.text);
		failures++;
	}
	return failures;
}

static bool run(const char *path, bool faults, enum world_way way, int64_t *ret_tried)
{
	struct world w = { .faults = faults, .way = way };
	struct buf text BUF_AUTO;
	struct err e = { 0 };
	int failures = 1;

	buf_init(&text, SIZE_MAX);
	if (file_read(path, &text) < 0)
		printf("# %s: cannot be read\n", path);
	else if (world_open(&w, FOLDER, &e) < 0)
		printf("# %s\n", e.text);
	else
		failures = play(&w, path, buf_span(&text));
	*ret_tried = w.tried;
	world_close(&w);
	return failures == 0;
}

/* As the environment says, else as the build does. */
static int every(void)
{
	const char *set = getenv("EVERY");
	int n = set ? (int)strtol(set, NULL, 10) : EVERY;

	return n > 0 ? n : 1;
}

static void point(int number, const char *path, bool faults, enum world_way way, int *failed)
{
	static const char *const ways[WAY_COUNT] = { "", ", with another delimiter",
						     ", without plus addresses" };
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int64_t tried = 0;
	bool good = run(path, faults, way, &tried);

	*failed += !good;
	printf("%sok %d - %s%s", good ? "" : "not ", number, name, ways[way]);
	if (faults && every() == 1)
		printf(", with each of %lld statements failing", (long long)tried);
	else if (faults)
		printf(", with %lld statements failing, every %d-th", (long long)tried, every());
	putchar('\n');
	fflush(stdout);
}

/* The retries after faults take hours, which some stories have not. */
static bool is_plain(const char *path)
{
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	return file_read(path, &text) == 0 &&
	       span_find(buf_span(&text), SPAN("\nPLAIN\n")) != SIZE_MAX;
}

int main(int argc, char **argv)
{
	bool plain = true, faults = true;
	int number = 0, failed = 0, first = 1;
	glob_t found = { 0 };
	char **files;
	size_t n;

	if (argc > 1 && (strcmp(argv[1], "--faults") == 0 || strcmp(argv[1], "--plain") == 0)) {
		plain = strcmp(argv[1], "--plain") == 0;
		faults = !plain;
		first = 2;
	}
	crypto_init();
	fault_init();
	fault_share(every());
	log_open("scenario", (enum log_level)0); /* each fault would be a line */
	if (argc == first && glob(FOLDER "/*.txt", 0, NULL, &found) != 0)
		return 1;
	files = argc > first ? argv + first : found.gl_pathv;
	n = argc > first ? (size_t)(argc - first) : found.gl_pathc;
	for (size_t i = 0; i < n; i++) {
		for (unsigned int way = 0; plain && way < WAY_COUNT; way++)
			point(++number, files[i], false, way, &failed);
		if (faults && !is_plain(files[i]))
			point(++number, files[i], true, WAY_AS_WRITTEN, &failed);
	}
	printf("1..%d\n", number);
	globfree(&found);
	return failed ? 1 : 0;
}
