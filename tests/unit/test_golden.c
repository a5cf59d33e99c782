/*
 * Golden mails: tests/golden/NAME.eml gives exactly NAME.json, one for each rule of the contract
 * and each defect; and whatever is done to it, it stays harmless.  NAME.json is what `gatewayctl
 * parse` prints of it.
 */
#include "tests/unit/unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/crypto.h"
#include "parser/facts_json.h"
#include "parser/limits.h"
#include "tests/fuzz/targets.h"

enum { GOLDENS_MIN = 100, FILE_MAX = 512 * 1024 };

static void read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	char *room;

	if (!f)
		fail_msg("%s cannot be read", path);
	buf_init(out, FILE_MAX);
	room = buf_room(out, FILE_MAX);
	out->n = fread(room, 1, FILE_MAX, f);
	assert_true(out->n < FILE_MAX);
	fclose(f);
}

/* Calls test() with the path and the bytes of each golden mail. */
static void each_golden(void (*test)(const char *path, struct span mail))
{
	glob_t found;

	assert_int_equal(glob("tests/golden/*.eml", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= GOLDENS_MIN);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct buf mail BUF_AUTO;

		read_file(found.gl_pathv[i], &mail);
		test(found.gl_pathv[i], buf_span(&mail));
	}
	globfree(&found);
}

static struct parser *parser;

static void gives_its_json(const char *path, struct span mail)
{
	struct buf got BUF_AUTO, want BUF_AUTO;
	char json[256];

	snprintf(json, sizeof(json), "%.*sjson", (int)strlen(path) - 3, path);
	read_file(json, &want);
	buf_init(&got, FILE_MAX);
	facts_json(parser, mail, NULL, false, &got);
	if (!span_eq(buf_span(&got), buf_span(&want)))
		fail_msg("%s: gatewayctl parse prints something else than %s", path, json);
}

static void each_mail_gives_its_json(void **state)
{
	(void)state;
	each_golden(gives_its_json);
}

static uint64_t seen_defects;

static void note_defects(const char *path, struct span mail)
{
	struct arena arena ARENA_AUTO;
	struct facts f;

	(void)path;
	arena_init(&arena);
	parser_parse(parser, mail, NULL, &arena, &f);
	seen_defects |= f.defects;
}

/* Too large for a file. */
static void note_cut(const char *type, size_t n)
{
	struct buf mail BUF_AUTO;

	buf_init(&mail, n + 100);
	buf_addf(&mail, "Content-Type: %s\n\n", type);
	while (mail.n < n)
		buf_adds(&mail, "All work and no play. ");
	note_defects(NULL, buf_span(&mail));
}

static void each_defect_has_a_mail(void **state)
{
	(void)state;
	each_golden(note_defects);
	note_cut("text/plain", FACTS_TEXT_MAX + 1000);
	note_cut("text/html", LIMIT_HTML + 1000);
	for (int d = 0; d < FACTS_DEFECT_COUNT; d++)
		if (!(seen_defects >> d & 1))
			fail_msg("no golden mail has the defect %s",
				 facts_defect_name((enum facts_defect)d));
}

/* In memory of its own size, so that the sanitizer sees a byte too far; the fuzz target asserts
 * what each record promises. */
static void feed(struct span mail)
{
	char *exact = malloc(mail.n + !mail.n);

	assert_non_null(exact);
	memcpy(exact, mail.p ? mail.p : "", mail.n);
	fuzz_find("mail")((struct span){ exact, mail.n });
	free(exact);
}

static void cut_everywhere(const char *path, struct span mail)
{
	(void)path;
	for (size_t n = 0; n <= mail.n; n++)
		feed(span_sub(mail, 0, n));
}

static void cut_at_every_length_a_mail_is_harmless(void **state)
{
	(void)state;
	each_golden(cut_everywhere);
}

enum line_ends { LF, CRLF, MIXED };

static void with_line_ends(struct span mail, enum line_ends ends, struct buf *out)
{
	size_t lines = 0;

	buf_init(out, 2 * FILE_MAX);
	for (size_t i = 0; i < mail.n; i++) {
		if (mail.p[i] == '\r' && i + 1 < mail.n && mail.p[i + 1] == '\n')
			continue;
		if (mail.p[i] == '\n' && (ends == CRLF || (ends == MIXED && ++lines % 2)))
			buf_addc(out, '\r');
		buf_addc(out, mail.p[i]);
	}
}

/* The record but for the sizes of the attachments, which hold the line ends as they came. */
static void record_of(struct span mail, struct buf *out)
{
	struct arena arena ARENA_AUTO;
	struct facts f;

	arena_init(&arena);
	buf_init(out, 4 * FILE_MAX);
	parser_parse(parser, mail, NULL, &arena, &f);
	for (size_t i = 0; i < f.attachment_count; i++)
		f.attachments[i].size = f.attachments[i].offset = 0;
	facts_encode(&f, out);
}

static void same_with_other_line_ends(const char *path, struct span mail)
{
	struct buf lf BUF_AUTO, want BUF_AUTO;

	with_line_ends(mail, LF, &lf);
	record_of(buf_span(&lf), &want);
	for (enum line_ends ends = CRLF; ends <= MIXED; ends++) {
		struct buf other BUF_AUTO, got BUF_AUTO;

		with_line_ends(mail, ends, &other);
		feed(buf_span(&other));
		record_of(buf_span(&other), &got);
		if (!span_eq(buf_span(&got), buf_span(&want)))
			fail_msg("%s says something else with %s line ends", path,
				 ends == CRLF ? "CR LF" : "mixed");
	}
}

static void line_ends_make_no_difference(void **state)
{
	(void)state;
	each_golden(same_with_other_line_ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mail_gives_its_json),
		cmocka_unit_test(each_defect_has_a_mail),
		cmocka_unit_test(line_ends_make_no_difference),
		cmocka_unit_test(cut_at_every_length_a_mail_is_harmless),
	};
	int failed;

	crypto_init();
	parser = parser_new();
	failed = cmocka_run_group_tests_name("golden mails", tests, NULL, NULL);
	parser_free(&parser);
	fuzz_end();
	return failed;
}
