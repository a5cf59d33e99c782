#include "tests/unit/unit.h"

#include "gatewayd/base/buf.h"
#include "parser/reply.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { CASES_FILE_MAX = 4 * 1024 * 1024 };

static void read_file(const char *path, struct buf *out)
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

/* White space collapsed, as a person compares two texts. */
static void collapse(struct span s, struct buf *out)
{
	bool gap = false;

	buf_clear(out);
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_space((unsigned char)s.p[i])) {
			gap = out->n > 0;
			continue;
		}
		if (gap)
			buf_addc(out, ' ');
		gap = false;
		buf_addc(out, s.p[i]);
	}
}

/* One case: its name, the text, what is to be kept. */
static bool passes(struct span name, struct span text, struct span wanted)
{
	struct arena a ARENA_AUTO;
	struct buf x BUF_AUTO, y BUF_AUTO;
	struct span reply;

	arena_init(&a);
	buf_init(&x, CASES_FILE_MAX);
	buf_init(&y, CASES_FILE_MAX);
	reply_trim(text, NULL, 0, &a, &reply);
	collapse(reply, &x);
	collapse(wanted, &y);
	if (span_eq(buf_span(&x), buf_span(&y)))
		return true;
	print_message("%.*s\n  wanted: %s\n  got:    %s\n", (int)name.n, name.p, buf_cstr(&y),
		      buf_cstr(&x));
	return false;
}

/* Lines up to the next "#### " line, which becomes *ret_head without its mark. */
static struct span section(struct span *s, struct span *ret_head)
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

static void run_file(const char *path, size_t *cases, size_t *failed)
{
	struct buf file BUF_AUTO;
	struct span name, head, rest;

	buf_init(&file, CASES_FILE_MAX);
	read_file(path, &file);
	rest = buf_span(&file);
	section(&rest, &name);
	while (name.p) {
		struct span text = section(&rest, &head), next, wanted;
		assert_true(span_is(head, "reply") || span_is(head, "whole"));
		wanted = section(&rest, &next);
		*failed += !passes(name, text, span_is(head, "whole") ? text : wanted);
		++*cases;
		name = next;
	}
}

static void replies_of_real_clients_are_trimmed(void **state)
{
	DIR *d = opendir("tests/replies");
	size_t cases = 0, failed = 0;

	(void)state;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char path[512];
		if (!span_ends_ci(span_of(e->d_name), SPAN(".txt")))
			continue;
		snprintf(path, sizeof(path), "tests/replies/%s", e->d_name);
		run_file(path, &cases, &failed);
	}
	closedir(d);
	print_message("%zu replies, %zu wrong\n", cases, failed);
	assert_true(cases > 100);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_of_real_clients_are_trimmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
