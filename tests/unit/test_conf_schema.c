/* The table of all keys tested through itself: defaults, every limit on both sides, the man page.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "conf/files.h"
#include "conf/notices.h"
#include "conf/value.h"
#include "conf/walk.h"
#include "tests/unit/roff.h"

/* One key in a loader of its own; into holds any struct of the schema. */
struct bench {
	struct conf conf;
	struct conf_problems problems;
	struct loader l;
};

enum { STRUCT_MAX = 4096 };

static void bench_init(struct bench *b)
{
	*b = (struct bench){ .conf.path = "test" };
	conf_problems_init(&b->problems);
	arena_init(&b->conf.arena);
	b->conf.files = files_new(&b->conf.arena);
	loader_init(&b->l, &b->conf, CONF_POLICY_ONLY, &b->problems);
}

static void bench_release(struct bench *b)
{
	loader_release(&b->l);
	arena_release(&b->conf.arena);
	conf_problems_release(&b->problems);
}

/* The problems that the value of one key has. */
static size_t problems_with(struct bench *b, const struct schema_row *row, struct node value)
{
	struct schema_group only = { .rows = row, .row_count = 1 };
	struct node root = { .kind = NODE_GROUP, .kids = &value, .kid_count = 1 };
	_Alignas(16) char into[STRUCT_MAX] = { 0 };
	struct schema_given given = { 0 };

	value.name = row->key;
	value.file = "tests/conf/x";
	value.line = 1;
	assert_true(row->at + 64 < sizeof(into) && row->count_at + 64 < sizeof(into));
	walk_group(&b->l, &only, &root, "", into, &given);
	return b->problems.count;
}

static struct node text_node(const char *text)
{
	return (
	    struct node){ .kind = NODE_STRING, .text = text, .file = "tests/conf/x", .line = 1 };
}

/* A text of n characters that the row's check takes. */
static struct node filler(struct arena *a, const struct schema_row *row, size_t n)
{
	bool web = row->check == value_check_url || row->check == value_check_https;
	const char *begin = web ? "https://" : row->check == value_check_mark ? "a:" : "";
	char *s = arena_alloc(a, n + 16);

	memset(s, 'a', n);
	if (n > strlen(begin))
		memcpy(s, begin, strlen(begin));
	return text_node(s);
}

/* Entry i of a list, right in all but its number. */
static struct node entry(struct arena *a, const struct schema_row *row, size_t i)
{
	static struct node pair[2];

	switch ((int)row->type) {
	case SCHEMA_TARGETS: return text_node("1h");
	case SCHEMA_HOLIDAYS: return text_node("12-25");
	case SCHEMA_HOLIDAY_FILES: return text_node("ics/good.ics");
	case SCHEMA_HOURS:
		return text_node(arena_printf(a, "mon %02zu:%02zu-%02zu:%02zu", i / 60, i % 60,
					      (i + 1) / 60, (i + 1) % 60));
	case SCHEMA_NUMBERS: return (struct node){ .kind = NODE_FLOAT, .number = 0.5 };
	case SCHEMA_LIST:
		for (int k = 0; k < 2; k++) { /* its first two keys are those that it wants */
			const struct schema_row *key = &row->inner->rows[k];

			pair[k] = text_node(key->check == value_check_address ? "a@example.com"
					    : key->check == value_check_url   ? "https://a.example/"
									      : "a");
			if (key->type == SCHEMA_INT)
				pair[k] = (struct node){ .kind = NODE_INT, .integer = 1 };
			pair[k].name = key->key;
		}
		return (struct node){ .kind = NODE_GROUP, .kids = pair, .kid_count = 2 };
	case SCHEMA_TABLE:
		return (struct node){ .name = arena_printf(a, "r%zu", i), .kind = NODE_GROUP };
	default:
		return text_node(row->check == value_check_address	? "a@example.com"
				 : row->check == value_check_score	? "1 a"
				 : row->check == notice_check		? "opened.queue off"
				 : row->check == value_check_origin	? "pre-sales"
				 : row->check == value_check_network	? "10.0.0.0/8"
				 : row->check == value_check_hook_event ? "case.note"
									: "a");
	}
}

static struct node list(struct arena *a, const struct schema_row *row, size_t n)
{
	struct node l = { .kind = row->type == SCHEMA_TABLE ? NODE_GROUP : NODE_LIST,
			  .kids = arena_alloc_n(a, n, sizeof(struct node)),
			  .kid_count = n };

	for (size_t i = 0; i < n; i++) {
		l.kids[i] = entry(a, row, i);
		l.kids[i].file = "tests/conf/x";
		l.kids[i].line = 1;
	}
	return l;
}

/* The value v (a number, a length, a count of entries) of a row, as a file would have it. */
static struct node value_of(struct arena *a, const struct schema_row *row, int64_t v)
{
	long long n = v;

	switch ((int)row->type) {
	case SCHEMA_INT: return (struct node){ .kind = NODE_INT, .integer = v };
	case SCHEMA_NUMBER: return (struct node){ .kind = NODE_FLOAT, .number = (double)v };
	case SCHEMA_BYTES: return text_node(arena_printf(a, "%lld bytes", n));
	case SCHEMA_SECONDS:
	case SCHEMA_SECONDS64:
	case SCHEMA_DURATION: return text_node(arena_printf(a, "%llds", n));
	case SCHEMA_DAYS:
	case SCHEMA_DAYS64: return text_node(arena_printf(a, "%lld days", n));
	case SCHEMA_TEXT: return filler(a, row, (size_t)v);
	default: return list(a, row, (size_t)v);
	}
}

static bool counts(enum schema_type type)
{
	return type == SCHEMA_TEXT || type == SCHEMA_WORDS || type == SCHEMA_NAMES ||
	       type == SCHEMA_NUMBERS || type == SCHEMA_LABELS || type == SCHEMA_MEANINGS ||
	       type == SCHEMA_TARGETS || type == SCHEMA_HOURS || type == SCHEMA_HOLIDAYS ||
	       type == SCHEMA_HOLIDAY_FILES || type == SCHEMA_LIST || type == SCHEMA_TABLE;
}

static void try_value(const char *path, const struct schema_row *row, int64_t v)
{
	bool fits = v >= row->min && v <= row->max, taken;
	struct bench b;

	if (v < 0 && counts(row->type))
		return;
	if (row->type == SCHEMA_TEXT && (v == 0 || (v == 1 && !row->min)))
		return; /* without a minimum, a short text is the check's matter */
	bench_init(&b);
	taken = problems_with(&b, row, value_of(&b.l.scratch, row, v)) == 0;
	if (taken != fits)
		fail_msg("%s = %lld was %s: %s", path, (long long)v, taken ? "taken" : "refused",
			 buf_cstr(&b.problems.text));
	bench_release(&b);
}

static void try_limits(void *ctx, const char *path, const struct schema_row *row)
{
	size_t *limits = ctx;

	if (!row->max || row->type == SCHEMA_GROUP)
		return;
	for (int64_t d = -1; d <= 1; d++) {
		try_value(path, row, row->min + d);
		try_value(path, row, row->max + d);
	}
	*limits += 2;
}

static void each_limit_holds_at_one_less_and_one_more(void **state)
{
	size_t limits = 0;

	(void)state;
	schema_walk(try_limits, &limits);
	assert_true(limits > 100);
}

static void try_default(void *ctx, const char *path, const struct schema_row *row)
{
	struct bench b;
	struct node n;

	(void)ctx;
	if (!row->fallback)
		return;
	bench_init(&b);
	if (!tree_value(row->fallback, &b.l.scratch, &n) || problems_with(&b, row, n))
		fail_msg("%s = %s: %s", path, row->fallback, buf_cstr(&b.problems.text));
	bench_release(&b);
}

static void each_default_would_be_taken_from_a_file(void **state)
{
	(void)state;
	schema_walk(try_default, NULL);
}

/* A row without a maximum, a document or a check of its text would be a hole. */
static void look_at_row(void *ctx, const char *path, const struct schema_row *row)
{
	bool number = row->type == SCHEMA_INT || row->type == SCHEMA_NUMBER ||
		      row->type == SCHEMA_BYTES || row->type == SCHEMA_SECONDS ||
		      row->type == SCHEMA_SECONDS64 || row->type == SCHEMA_DAYS ||
		      row->type == SCHEMA_DAYS64 || row->type == SCHEMA_DURATION;
	bool list = counts(row->type) && row->type != SCHEMA_TEXT;
	bool required = row->flags & SCHEMA_REQUIRED;

	(void)ctx;
	if ((number || list) && !row->max)
		fail_msg("%s has no maximum", path);
	if (row->type == SCHEMA_TEXT && !row->max && !row->check)
		fail_msg("%s has neither a maximum nor a check", path);
	if (!row->doc || row->doc[strlen(row->doc) - 1] != '.')
		fail_msg("%s has no doc line", path);
	if (required && row->fallback)
		fail_msg("%s is required and has a default", path);
	if ((number || row->type == SCHEMA_BOOL) && !required && !row->fallback)
		fail_msg("%s is neither required nor has a default", path);
	if (!row->choices != (row->type != SCHEMA_CHOICE && row->type != SCHEMA_CHOICE_BOOL))
		fail_msg("%s: choices and type differ", path);
	if (row->inner && row->inner->row_count > SCHEMA_ROWS_MAX)
		fail_msg("%s has more keys than bits to note them", path);
	if (strlen(path) > SCHEMA_PATH_MAX / 2)
		fail_msg("%s comes near the longest path", path);
}

static void each_key_is_bounded_and_documented(void **state)
{
	(void)state;
	schema_walk(look_at_row, NULL);
	assert_true(schema_root.row_count <= SCHEMA_ROWS_MAX);
}

/* The page has for each key: ".B path", what conf_schema_print() says of it, and its doc line. */
static void the_man_page_has_every_key(void **state)
{
	struct buf keys BUF_AUTO, roff BUF_AUTO;
	struct arena a ARENA_AUTO;
	struct span page, rest, line, doc;
	const char *complaint;
	size_t n = 0;

	(void)state;
	buf_init(&keys, 1 << 20);
	buf_init(&roff, 1 << 16);
	arena_init(&a);
	assert_true(files_read(files_new(&a), "conf/gatewayd.conf.5", 1 << 20, &page, &complaint));
	page = roff_unwrapped(&a, page);
	conf_schema_print(&keys);
	rest = buf_span(&keys);
	while (span_line(&rest, &line)) {
		struct span path = span_cut(&line, '\t');

		assert_true(span_line(&rest, &doc));
		buf_clear(&roff);
		buf_addf(&roff, ".TP\n.B %.*s\n%.*s.\n.br\n%.*s\n", (int)path.n, path.p,
			 (int)line.n, line.p, (int)doc.n - 1, doc.p + 1);
		if (span_find(page, roff_unwrapped(&a, buf_span(&roff))) == SIZE_MAX)
			fail_msg("gatewayd.conf.5 has not: %s", buf_cstr(&roff));
		n++;
	}
	assert_true(n > 100);
}

/* All sections that a newcomer looks for stand in the example. */
static void look_in_example(void *ctx, const char *path, const struct schema_row *row)
{
	const struct span *text = ctx;

	if (strchr(path, '.') || (row->flags & SCHEMA_IN_POLICY))
		return;
	if (strcmp(path, "policy_dir") == 0 || strcmp(path, "token_key_file_old") == 0)
		return; /* not for a first reading */
	if (span_find(*text, span_of(path)) == SIZE_MAX)
		fail_msg("gatewayd.conf.example says nothing of %s", path);
}

static void the_example_shows_every_section(void **state)
{
	struct arena a ARENA_AUTO;
	const char *complaint;
	struct span text;

	(void)state;
	arena_init(&a);
	assert_true(
	    files_read(files_new(&a), "conf/gatewayd.conf.example", 1 << 20, &text, &complaint));
	schema_walk(look_in_example, &text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_limit_holds_at_one_less_and_one_more),
		cmocka_unit_test(each_default_would_be_taken_from_a_file),
		cmocka_unit_test(each_key_is_bounded_and_documented),
		cmocka_unit_test(the_man_page_has_every_key),
		cmocka_unit_test(the_example_shows_every_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
