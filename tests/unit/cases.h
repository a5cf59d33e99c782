/*
 * Test cases as data: files of texts with what is expected of each, as tests/replies/README and
 * tests/kinds/README have it.
 */
#ifndef TESTS_UNIT_CASES_H
#define TESTS_UNIT_CASES_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"

#include <dirent.h>
#include <stdio.h>

enum { TEST_CASES_MAX = 4 * 1024 * 1024 }; /* bytes of a file */

struct test_case {
	struct span name; /* "#### name" */
	struct span text;
	struct span head;  /* "#### head" */
	struct span below; /* what stands below it */
};

typedef bool test_case_fn(const struct test_case *c, void *ctx);

static inline void test_case_read(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, (struct span){ piece, n });
	fclose(f);
	assert_false(out->full);
}

/* Lines up to the next "#### " line, which becomes *ret_head without its mark. */
static inline struct span test_case_section(struct span *s, struct span *ret_head)
{
	const char *from = s->p;
	struct span line;

	*ret_head = SPAN_NONE;
	while (span_line(s, &line)) {
		if (!span_starts(line, SPAN("#### ")))
			continue;
		*ret_head = span_sub(line, 5, line.n);
		return (struct span){ from, (size_t)(line.p - from) };
	}
	return (struct span){ from, (size_t)(s->p - from) };
}

static inline size_t test_case_file(const char *path, test_case_fn *fn, void *ctx, size_t *cases)
{
	struct buf file BUF_AUTO;
	struct test_case c;
	size_t failed = 0;

	buf_init(&file, TEST_CASES_MAX);
	test_case_read(path, &file);
	struct span rest = buf_span(&file), next;
	test_case_section(&rest, &next);
	while (next.p) {
		c.name = next;
		c.text = test_case_section(&rest, &c.head);
		c.below = test_case_section(&rest, &next);
		failed += !fn(&c, ctx);
		++*cases;
	}
	return failed;
}

/* Runs fn on each case of the *.txt files in the folder, of which there are at least `least`. */
static inline void test_cases_run(const char *folder, size_t least, test_case_fn *fn, void *ctx)
{
	DIR *d = opendir(folder);
	size_t cases = 0, failed = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char path[512];
		if (!span_ends_ci(span_of(e->d_name), SPAN(".txt")))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		failed += test_case_file(path, fn, ctx, &cases);
	}
	closedir(d);
	print_message("%s: %zu cases, %zu wrong\n", folder, cases, failed);
	assert_true(cases >= least);
	assert_int_equal(failed, 0);
}

#endif
