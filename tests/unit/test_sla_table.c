/*
 * Each cell of the support policy: package x severity x kind x channel, made from
 * tests/policy/targets.tsv and compared with what the shipped configuration answers.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/json.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/case/sla_due.h"
#include "tests/unit/shipped.h"

enum { COLUMNS_MAX = 12, ROWS_MAX = 64, FILE_MAX = 64 * 1024 };

struct row {
	struct span cell[COLUMNS_MAX];
	size_t n;
};

struct tables {
	struct buf file;
	struct row kinds[ROWS_MAX], packages[ROWS_MAX];
	size_t kind_count, package_count;
	struct conf *conf;
};

enum { KIND_NAME = 1, KIND_ANSWERED, KIND_OPENS, KIND_MAIL, KIND_ONLY_BY, KIND_PACKAGES, KIND_1 };
enum { PACKAGE_NAME = 1, PACKAGE_BY, PACKAGE_1 };

static void add_row(struct tables *t, struct span line)
{
	struct row r = { .n = 0 };

	while (line.n && r.n < COLUMNS_MAX)
		r.cell[r.n++] = span_trim(span_cut(&line, '\t'));
	if (r.n == 0 || span_starts(r.cell[0], SPAN("#")))
		return;
	if (span_is(r.cell[0], "kind"))
		t->kinds[t->kind_count++] = r;
	else if (span_is(r.cell[0], "package"))
		t->packages[t->package_count++] = r;
	else
		fail_msg("targets.tsv: \"" SPAN_FMT "\"", SPAN_ARG(r.cell[0]));
}

static int read_tables(void **state)
{
	struct tables *t = mem_alloc(sizeof(*t));
	FILE *f = fopen("tests/policy/targets.tsv", "r");
	struct span rest, line;

	assert_non_null(f);
	buf_init(&t->file, FILE_MAX);
	t->file.n = fread(buf_room(&t->file, FILE_MAX), 1, FILE_MAX, f);
	fclose(f);
	rest = buf_span(&t->file);
	while (span_line(&rest, &line))
		add_row(t, line);
	t->conf = shipped_conf();
	*state = t;
	return 0;
}

static int free_tables(void **state)
{
	struct tables *t = *state;

	conf_free(&t->conf);
	buf_release(&t->file);
	mem_free(&t);
	return 0;
}

static int number(struct span s)
{
	uint64_t v = 0;
	struct span digits = span_cut(&s, ' ');

	assert_true(span_u64(digits, &v));
	return (int)v;
}

/* The severity that the package's row is read at; -1: the package names no target. */
static const struct span *expected_cell(const struct row *kind, const struct row *package,
					int severity, bool phone)
{
	if (!package || !span_is(kind->cell[KIND_PACKAGES], "yes"))
		return &kind->cell[KIND_1 + severity - 1];
	if (severity == 1 && span_is(package->cell[PACKAGE_BY], "phone") && !phone)
		severity = 2;
	return &package->cell[PACKAGE_1 + severity - 1];
}

/*
 * Opened on a Tuesday at 10:00 in New York, before which and after which there are two plain
 * business days: an hour is an hour, a business day the same time of the next day.
 */
#define OPENED	  "2026-11-10T10:00:00-05:00"
#define OPENED_AT INT64_C(1794322800)

static int64_t expected_due(struct span cell)
{
	int64_t n = span_is(cell, "none") ? 0 : number(cell);

	if (span_ends_ci(cell, SPAN(" min")))
		return OPENED_AT + n * 60;
	if (span_ends_ci(cell, SPAN(" h")))
		return OPENED_AT + n * 3600;
	if (span_ends_ci(cell, SPAN(" business day")) || span_ends_ci(cell, SPAN(" business days")))
		return OPENED_AT + n * 86400;
	return INSTANT_NONE;
}

static const char *text_of(struct span s, char out[64])
{
	snprintf(out, 64, SPAN_FMT, SPAN_ARG(s));
	return out;
}

/* Runs `sla due` with the words of a line. */
/* The words of a line go where the options of the verb put them (test_ctl_words.c). */
static int due(const struct conf *conf, const char *line, struct buf *out, struct err *e)
{
	struct sla_due q = { 0 };
	const struct {
		const char *name, **value;
	} options[] = {
		{ "--queue", &q.queue },     { "--package", &q.package },
		{ "--account", &q.account }, { "--severity", &q.severity },
		{ "--opened", &q.opened },   { "--channel", &q.channel },
	};
	char copy[512], *rest = copy, *word;

	assert_true(strlen(line) < sizeof(copy));
	memcpy(copy, line, strlen(line) + 1);
	while ((word = strsep(&rest, " "))) {
		q.json = q.json || strcmp(word, "--json") == 0;
		for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
			if (strcmp(word, options[i].name) == 0)
				*options[i].value = strsep(&rest, " ");
	}
	return sla_due_answer(conf, NULL, &q, out, e);
}

static const char *expected_calendar(const struct row *kind)
{
	return span_is(kind->cell[KIND_ANSWERED], "24x7") ? "always" : "business";
}

static void check(const struct tables *t, const struct row *kind, const struct row *package,
		  int severity, bool phone)
{
	const struct span *cell = expected_cell(kind, package, severity, phone);
	int64_t due_at = expected_due(*cell);
	char queue[64], name[64], time[TIME_TEXT_MAX], line[256];
	json_t *answer JSON_AUTO = NULL;
	struct buf out BUF_AUTO;
	struct err e = { 0 };

	buf_init(&out, 65536);
	snprintf(line, sizeof(line), "--queue %s --severity %d --opened %s --channel %s --json%s%s",
		 text_of(kind->cell[KIND_NAME], queue), severity, OPENED, phone ? "phone" : "email",
		 package ? " --package " : "",
		 package ? text_of(package->cell[PACKAGE_NAME], name) : "");
	if (due(t->conf, line, &out, &e))
		fail_msg("%s: %s", line, e.text);
	assert_int_equal(json_read(buf_span(&out), &answer, &e), 0);
	if (due_at == INSTANT_NONE) {
		assert_true(span_is(json_span(answer, "target"), "none"));
		assert_true(json_is_null(json_object_get(answer, "due_at")));
		assert_true(json_is_null(json_object_get(answer, "calendar")));
		return;
	}
	if (!span_is(json_span(answer, "due_at"), time_rfc3339(due_at, time)))
		fail_msg("%s: want %s (" SPAN_FMT "), have %s", line, time, SPAN_ARG(*cell),
			 buf_cstr(&out));
	assert_true(span_is(json_span(answer, "calendar"),
			    span_ends_ci(*cell, SPAN("h")) || span_ends_ci(*cell, SPAN("min"))
				? expected_calendar(kind)
				: "business"));
	assert_true(json_span(answer, "why").n > 0);
}

static void every_cell_is_what_the_policy_says(void **state)
{
	const struct tables *t = *state;
	int rows = 0;

	assert_int_equal(t->kind_count, 7);
	assert_int_equal(t->package_count, 10);
	for (size_t k = 0; k < t->kind_count; k++)
		for (size_t p = 0; p <= t->package_count; p++)
			for (int severity = 1; severity <= POLICY_SEVERITY_MAX; severity++)
				for (int phone = 0; phone < 2; phone++) {
					const struct row *kind = &t->kinds[k];

					if (span_is(kind->cell[KIND_1 + severity - 1], "-"))
						continue;
					check(t, kind, p ? &t->packages[p - 1] : NULL, severity,
					      phone);
					rows++;
				}
	print_message("# %d rows of package, severity, kind and channel\n", rows);
	assert_int_equal(rows, (6 * 3 + 4) * 11 * 2);
}

static void the_shipped_tables_have_no_row_more(void **state)
{
	const struct tables *t = *state;
	const struct policy *p = &t->conf->policy;

	assert_int_equal(p->kind_count, t->kind_count);
	assert_int_equal(p->package_count, t->package_count);
	for (size_t k = 0; k < t->kind_count; k++) {
		const struct row *row = &t->kinds[k];
		char name[64];
		const struct policy_kind *kind =
		    policy_kind_find(p, text_of(row->cell[KIND_NAME], name));
		int levels = span_is(row->cell[KIND_1 + 3], "-") ? 3 : 4;

		assert_non_null(kind);
		assert_int_equal(policy_kind_levels(kind), levels);
		assert_int_equal(kind->default_severity, number(row->cell[KIND_OPENS]));
		assert_int_equal(kind->email_severity, number(row->cell[KIND_MAIL]));
		assert_int_equal(kind->always_open, span_is(row->cell[KIND_ANSWERED], "24x7"));
		assert_int_equal(kind->severity1_phone_only,
				 span_is(row->cell[KIND_ONLY_BY], "phone"));
	}
}

/* The text of the line that "where" of a JSON answer names in parentheses. */
static void line_named(const char *json, char *out, int size)
{
	const char *where = strstr(json, "\"where\": \""), *open, *colon, *close;
	char path[512];
	FILE *f;

	assert_non_null(where);
	open = strchr(where, '(');
	close = open ? strchr(open, ')') : NULL;
	colon = close ? memrchr(open, ':', (size_t)(close - open)) : NULL;
	assert_non_null(colon);
	snprintf(path, sizeof(path), "%.*s", (int)(colon - open - 1), open + 1);
	f = fopen(path, "r");
	assert_non_null(f);
	for (long line = strtol(colon + 1, NULL, 10); line > 0; line--)
		assert_non_null(fgets(out, size, f));
	fclose(f);
}

static void the_answer_names_the_line_of_the_row(void **state)
{
	static const char *const rows[][2] = {
		{ "billing --package premium-3.0", "[ \"15min\", \"1h\", \"1 business day\" ]" },
		{ "aura --package plus", "[ \"30min\", \"2h\", \"1 business day\" ]" },
		{ "emerging", "[ \"none\", \"none\", \"none\", \"none\" ]" },
	};
	const struct tables *t = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[256];
		struct buf out BUF_AUTO;
		struct err e = { 0 };

		buf_init(&out, 65536);
		snprintf(line, sizeof(line), "--severity 3 --json --opened %s --queue %s", OPENED,
			 rows[i][0]);
		assert_int_equal(due(t->conf, line, &out, &e), 0);
		line_named(buf_cstr(&out), line, sizeof(line));
		if (!strstr(line, rows[i][1]))
			fail_msg("%s: %s", rows[i][0], line);
	}
}

static void a_wrong_word_is_told_with_the_right_one(void **state)
{
#define REST " --opened " OPENED
	static const char *const rows[][2] = {
		{ "--queue tecnical --severity 3" REST, "did you mean \"technical\"?" },
		{ "--queue technical --severity 3 --package premum" REST,
		  "did you mean \"premium\"?" },
		{ "--queue technical --severity 4" REST, "scale of kind technical: 1 to 3" },
		{ "--queue emerging --severity 5" REST, "scale of kind emerging: 1 to 4" },
		{ "--queue technical --severity 0" REST, "1 to 3" },
		{ "--queue technical --severity two" REST, "1 to 3" },
		{ "--queue technical --severity 3 --opened yesterday", "RFC 3339" },
		{ "--queue technical --severity 3 --opened 2026-02-29T10:00:00Z", "RFC 3339" },
		{ "--queue technical --severity 3 --account acme" REST, "needs the store" },
		{ "--queue technical --severity 3 --account acme --package plus" REST, "not both" },
		{ "--queue technical --severity 3 --channel fax" REST, "email or phone" },
	};
	const struct tables *t = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out BUF_AUTO;
		struct err e = { 0 };

		buf_init(&out, 65536);
		assert_int_equal(due(t->conf, rows[i][0], &out, &e), -1);
		assert_int_equal(e.class, ERR_PERM);
		if (!strstr(e.text, rows[i][1]))
			fail_msg("%s: %s", rows[i][0], e.text);
	}
}

static void mail_opens_with_severity_3_in_every_kind(void **state)
{
	const struct tables *t = *state;

	for (size_t k = 0; k < t->kind_count; k++)
		for (int wish = 0; wish <= 4; wish++) {
			char name[64];
			struct severity_intake in = {
				.kind = policy_kind_find(
				    &t->conf->policy, text_of(t->kinds[k].cell[KIND_NAME], name)),
				.channel = CHANNEL_EMAIL,
				.authenticated = true,
				.entitled = true,
				.declared = wish,
			};
			struct severity_verdict v = severity_at_intake(&in);

			assert_int_equal(v.severity, 3);
			assert_int_equal(v.requested, wish == 3 ? 0 : wish);
			in.channel = CHANNEL_STAFF;
			in.declared = 0;
			assert_int_equal(severity_at_intake(&in).severity,
					 number(t->kinds[k].cell[KIND_OPENS]));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_what_the_policy_says),
		cmocka_unit_test(the_shipped_tables_have_no_row_more),
		cmocka_unit_test(the_answer_names_the_line_of_the_row),
		cmocka_unit_test(a_wrong_word_is_told_with_the_right_one),
		cmocka_unit_test(mail_opens_with_severity_3_in_every_kind),
	};

	return cmocka_run_group_tests(tests, read_tables, free_tables);
}
