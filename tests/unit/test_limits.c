/* Limits that a whole mail can reach: none one below, none at it, the named defect one above. */
#include "tests/unit/unit.h"

#include "parser/limits.h"
#include "parser/parser.h"
#include "tests/bombs/bombs.h"

#define S(literal) SPAN_LITERAL(literal)

static const struct row {
	struct bomb mail;
	size_t limit; /* of repetitions */
	enum facts_defect defect;
} rows[] = {
	{ { "fields", 0, S(""), S("x:\n"), S("\nx"), NULL },
	  LIMIT_HEADERS,
	  FACTS_TOO_MANY_HEADERS },
	{ { "addresses", 0, S("To: "), S("a@b,"), S("\n\nx"), NULL },
	  FACTS_ADDRESSES_MAX,
	  FACTS_TOO_MANY_ADDRESSES },
	{ { "references", 0, S("References: "), S("<a@b>"), S("\n\nx"), NULL },
	  FACTS_REFERENCES_MAX,
	  FACTS_TOO_MANY_REFERENCES },
	{ { "parameters", 0, S("Content-Type: text/plain"), S(";a=b"), S("\n\nx"), NULL },
	  LIMIT_PARAMS,
	  FACTS_TOO_MANY_PARAMETERS },
	{ { "bytes of a subject", 0, S("Subject: "), S("x"), S("\n\nx"), NULL },
	  FACTS_FIELD_MAX,
	  FACTS_LONG_HEADER },
	{ { "bytes of a list of addresses", 0, S("To: "), S(","), S("\n\nx"), NULL },
	  LIMIT_LIST_FIELD,
	  FACTS_LONG_HEADER },
	{ { "bytes of parameters", 0, S("Content-Type: text/plain"), S(";"), S("\n\nx"), NULL },
	  LIMIT_FIELD,
	  FACTS_LONG_HEADER },
	{ { "bytes of a file name", 0, S("Content-Type: a/b; name="), S("n"), S("\n\nx"), NULL },
	  LIMIT_FILENAME,
	  FACTS_LONG_HEADER },
	{ { "parts", 0, S("Content-Type: multipart/mixed; boundary=b\n"), S("\n--b\n"),
	    S("\n--b--\n"), NULL },
	  LIMIT_PARTS - 1, /* and the multipart */
	  FACTS_TOO_MANY_PARTS },
	{ { "multiparts in each other", 0, S(""),
	    S("Content-Type: multipart/mixed; boundary=#.\n\n--#.\n"), S("\nx"), NULL },
	  LIMIT_DEPTH,
	  FACTS_TOO_DEEP },
	{ { "bytes of text", 0, S("\n"), S("x"), S(""), NULL }, FACTS_TEXT_MAX, FACTS_TEXT_CUT },
	{ { "bytes of HTML", 0, S("Content-Type: text/html\n\n"), S("x"), S(""), NULL },
	  LIMIT_HTML,
	  FACTS_HTML_CUT },
};

static bool has_defect(const struct row *row, size_t n)
{
	struct parser *p = parser_new();
	struct arena arena ARENA_AUTO;
	struct buf mail BUF_AUTO;
	struct facts f;

	arena_init(&arena);
	buf_init(&mail, (size_t)1 << 28);
	bomb_make(&row->mail, n, &mail);
	parser_parse(p, buf_span(&mail), NULL, &arena, &f);
	parser_free(&p);
	return f.defects >> row->defect & 1;
}

static void each_limit_is_where_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (has_defect(&rows[i], rows[i].limit - 1))
			fail_msg("%s: a defect one below", rows[i].mail.name);
		if (has_defect(&rows[i], rows[i].limit))
			fail_msg("%s: a defect at the limit", rows[i].mail.name);
		if (!has_defect(&rows[i], rows[i].limit + 1))
			fail_msg("%s: no defect one above", rows[i].mail.name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_limit_is_where_it_says),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
