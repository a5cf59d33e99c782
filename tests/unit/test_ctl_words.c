/* What gatewayctl makes of a command line, by the usages of its table. */
#include "tests/unit/unit.h"

#include <sysexits.h>

#include "gatewayd/ctl/ctl_usage.h"
#include "gatewayd/ctl/ctl_verbs.h"

enum { WORDS = 32 };

/* Options with their values, then the words: "--queue=q --open | 12 text". */
static int seen(struct ctl *c)
{
	for (int i = 0; i < c->option_count; i++)
		buf_addf(c->out, "%.*s=%s ", SPAN_ARG(c->options[i].name), c->options[i].value);
	buf_adds(c->out, "|");
	for (int i = 0; i < c->n; i++)
		buf_addf(c->out, " %s", c->words[i]);
	return EX_OK;
}

static int run_line(const char *usage, unsigned int flags, const char *line, struct buf *out,
		    struct buf *err)
{
	const struct ctl_verb verb = { "do it", usage, "", flags, seen, NULL };
	struct arena arena ARENA_AUTO;
	struct desk d = { .arena = &arena };
	const char *words[WORDS] = { "do", "it" };
	struct ctl c = { .d = &d, .argv = words, .argc = 2, .out = out, .err = err };
	char copy[256], *rest = copy;

	arena_init(&arena);
	snprintf(copy, sizeof(copy), "%s", line);
	while (*line && rest)
		words[c.argc++] = strsep(&rest, " ");
	return ctl_run(&c, &verb);
}

static const struct {
	const char *usage, *line, *out, *err; /* out NULL: refused, err is in what it says */
} lines[] = {
	{ "", "", "|", NULL },
	{ "", "x", NULL, "usage: do it" },
	{ "N", "12", "| 12", NULL },
	{ "N", "", NULL, "usage: do it N" },
	{ "N [REASON]", "1 why", "| 1 why", NULL },
	{ "N [REASON]", "1 why not", NULL, "usage" },
	{ "WORD...", "a b c", "| a b c", NULL },
	{ "WORD...", "", NULL, "usage" },
	{ "[--open|--closed] [--queue Q]", "--queue q --open", "--queue=q --open= |", NULL },
	{ "[--queue Q]", "--queue=q", "--queue=q |", NULL },
	{ "[--queue Q]", "--queue=", "--queue= |", NULL },
	{ "[--queue Q]", "--queue", NULL, "--queue needs a value: Q" },
	{ "[--queue Q]", "--queue a --queue b", NULL, "--queue is given twice" },
	{ "[--open|--closed]", "--open --closed", NULL, "give --open or --closed, not both" },
	{ "[--open|--closed]", "--open=yes", NULL, "--open takes no value" },
	{ "[--package P|--account A]", "--account a --package p", NULL, "not both" },
	{ "--severity N [--queue Q]", "--queue q", NULL, "--severity is missing" },
	{ "[--severity N]", "--sevrity 2", NULL, "did you mean \"--severity\"?" },
	{ "N --as ID TEXT|-", "3 --as sam hello", "--as=sam | 3 hello", NULL },
	{ "N --as ID TEXT|-", "3 --as sam -", "--as=sam | 3 -", NULL },
	{ "N TEXT", "3 -- --open", "| 3 --open", NULL },
	{ "N TEXT", "3 --open", NULL, "unknown option \"--open\"" },
	{ "N", "3 --csv", NULL, "--csv is for lists" },
	{ "N", "3 --json --wide", "| 3", NULL },
};

static void reads_the_words_by_the_usage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct buf out BUF_AUTO, err BUF_AUTO;
		int status;

		buf_init(&out, 4096);
		buf_init(&err, 4096);
		status = run_line(lines[i].usage, 0, lines[i].line, &out, &err);
		if (lines[i].out)
			assert_string_equal(buf_cstr(&out), lines[i].out);
		else if (status != EX_USAGE || !strstr(buf_cstr(&err), lines[i].err))
			fail_msg("%s: %s: %d %s", lines[i].usage, lines[i].line, status,
				 buf_cstr(&err));
	}
}

/* What gatewayctl asks the daemon with: known to both halves, typed by nobody, shown nowhere. */
static void inner_options_are_nobodys(void **state)
{
	static const char usage[] = "N [--all]\n[--slice N]";
	const struct ctl_verb verb = { "do it", usage, "", 0, seen, seen };
	const char *argv[] = { "do", "it", "1", "--all", "--slice", "2" };
	struct buf out BUF_AUTO, err BUF_AUTO;

	(void)state;
	for (int local = 0; local < 2; local++) {
		struct arena a ARENA_AUTO;
		struct desk d = { .arena = &a };
		struct ctl c = { .d = &d, .argv = argv, .argc = 6, .out = &out, .err = &err };

		arena_init(&a);
		buf_init(&out, 4096);
		buf_init(&err, 4096);
		assert_int_equal((local ? ctl_run_local : ctl_run)(&c, &verb),
				 local ? EX_USAGE : EX_OK);
		if (local)
			assert_string_equal(buf_cstr(&err),
					    "gatewayctl: do it: unknown option \"--slice\"; "
					    "usage: do it N [--all]\n");
		buf_release(&out);
		buf_release(&err);
	}
}

/* Each usage of the table, read and written again, is what it was. */
static void every_usage_is_of_the_grammar(void **state)
{
	(void)state;
	for (const struct ctl_verb *v = ctl_table.verbs; v->name; v++) {
		struct ctl_usage u = ctl_usage_of(v->usage);
		struct ctl_usage_item item;
		struct buf again BUF_AUTO;
		int open = 0;

		buf_init(&again, 4096);
		while (ctl_usage_next(&u, &item)) {
			if (open && item.group != open)
				buf_addc(&again, ']');
			if (again.n)
				buf_addc(&again, open && item.group == open ? '|' : ' ');
			if (item.group && item.group != open)
				buf_addc(&again, '[');
			open = item.group;
			buf_add(&again, item.option);
			if (item.option.n && item.value.n)
				buf_addc(&again, ' ');
			buf_add(&again, item.value);
			buf_adds(&again, item.many ? "..." : "");
			/* What stands without brackets and takes no value would eat a word. */
			assert_true(item.value.n || item.group);
		}
		buf_adds(&again, open ? "]" : "");
		assert_true(span_eq(buf_span(&again), ctl_usage_shown(v->usage)));
		assert_true(v->run || v->local);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_words_by_the_usage),
		cmocka_unit_test(inner_options_are_nobodys),
		cmocka_unit_test(every_usage_is_of_the_grammar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
