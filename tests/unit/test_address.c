#include "tests/unit/parser_unit.h"

#include "parser/address.h"
#include "parser/msgid.h"

/* "name|address" of each mailbox, parted by ";". */
static void show(const struct facts_addresses *list, struct buf *got)
{
	for (size_t i = 0; i < list->n; i++) {
		buf_adds(got, i ? ";" : "");
		buf_add(got, list->v[i].name);
		buf_addc(got, '|');
		buf_add(got, list->v[i].address);
	}
}

static void assert_list(const char *raw, const char *want)
{
	struct bench b BENCH_AUTO;
	struct facts_addresses list = { 0 };
	struct buf got BUF_AUTO;

	bench_init(&b);
	buf_init(&got, 4096);
	address_list(span_of(raw), &b.r, &list);
	show(&list, &got);
	assert_string_equal(buf_cstr(&got), want);
}

static bool author_is(const char *raw, const char *want, bool defect)
{
	struct bench b BENCH_AUTO;
	struct facts_addresses list = { 0 };
	struct buf got BUF_AUTO;

	bench_init(&b);
	buf_init(&got, 4096);
	address_author(span_of(raw), &b.r, &list);
	show(&list, &got);
	bool has = has_defect(b.r.defects, FACTS_BAD_ADDRESS);
	if (strcmp(buf_cstr(&got), want) == 0 && has == defect)
		return true;
	print_message("%s\n  wanted: %s%s\n  got:    %s%s\n", raw, want, defect ? ", a defect" : "",
		      buf_cstr(&got), has ? ", a defect" : "");
	return false;
}

static void mailboxes_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "a@b.c", "|a@b.c" },
		{ "Ann <a@b.c>", "Ann|a@b.c" },
		{ "\"Doe, Ann\" <a@b.c>", "Doe, Ann|a@b.c" },
		{ "\"John  Doe\" <a@b.c>", "John  Doe|a@b.c" },
		{ "John   Doe <a@b.c>", "John Doe|a@b.c" },
		{ "\"a \\\"b\\\" c\" <a@b.c>", "a \"b\" c|a@b.c" },
		{ "a@b.c (Ann)", "Ann|a@b.c" },
		{ "a@b.c (Ann (B) \\) C)", "Ann (B) ) C|a@b.c" },
		{ "(Ann) a@b.c", "Ann|a@b.c" },
		{ "Ann (work) <a@b.c>", "Ann|a@b.c" },
		{ "\"'Ann'\" <a@b.c>", "Ann|a@b.c" },
		{ "\"a b\"@c.d", "|\"a b\"@c.d" },
		{ "a @ b . c", "|a@b.c" },
		{ "a(x)@(y)b.c", "y|a@b.c" },
		{ "<@x,@y:a@b.c>", "|a@b.c" },
		{ "Ann <<a@b.c>>", "Ann|a@b.c" },
		{ "Ann a@b.c", "Ann|a@b.c" },
		{ "a@[192.0.2.1]", "|a@[192.0.2.1]" },
		{ "a@[IPv6:::1], b@c.d", "|a@[IPv6:::1];|b@c.d" },
		{ "Ann\r\n Doe\r\n\t<a@b.c>", "Ann Doe|a@b.c" },
		{ "=?utf-8?Q?Doe,_Ann?= <a@b.c>", "Doe, Ann|a@b.c" },
		{ "\"=?utf-8?Q?J=C3=B6rg?=\" <a@b.c>", "J\xc3\xb6rg|a@b.c" },
		{ "=?iso-8859-1?Q?Andr=E9_?= Pirard <a@b.c>", "Andr\xc3\xa9 Pirard|a@b.c" },
		{ "J\xf6rg <a@b.c>", "J\xc3\xb6rg|a@b.c" },
		{ "<a@b.c> Ann", "Ann|a@b.c" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_list(rows[i].raw, rows[i].want);
}

static void lists_and_groups_are_flattened(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "a@b.c, d@e.f", "|a@b.c;|d@e.f" },
		{ "a@b.c  d@e.f\r\n\tg@h.i", "|a@b.c;|d@e.f;|g@h.i" },
		{ "Ann a@b.c>, d@e.f", "Ann|a@b.c;|d@e.f" },
		{ ",, a@b.c,,d@e.f,", "|a@b.c;|d@e.f" },
		{ "a@b.c; d@e.f", "|a@b.c;|d@e.f" },
		{ "Group: a@b.c, Ann <d@e.f>;, g@h.i", "|a@b.c;Ann|d@e.f;|g@h.i" },
		{ "undisclosed-recipients:;", "" },
		{ "<undisclosed-recipients:;>", "" },
		{ "A: B: a@b.c;;", "|a@b.c" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_list(rows[i].raw, rows[i].want);
}

static void an_unusable_address_keeps_its_name(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "Ann <>", "Ann|" },
		{ "Ann <ann>", "Ann|" },
		{ "ann", "ann|" },
		{ "<>", "" },
		{ "<ann>", "ann|" },
		{ "Ann <a@>", "Ann|" },
		{ "\"unclosed <a@b.c>", "unclosed|a@b.c" },
		{ "(unclosed <a@b.c>", "(unclosed|a@b.c" },
		{ "Ann <a@b.c, Bob <d@e.f>", "Ann|a@b.c;Bob|d@e.f" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_list(rows[i].raw, rows[i].want);
}

static const struct {
	const char *raw, *want;
	bool defect;
} authors[] = {
	{ "Ann <a@b.c>", "Ann|a@b.c", false },
	{ "a@b.c", "|a@b.c", false },
	{ "a@b.c (Ann)", "Ann|a@b.c", false },
	{ "\"Sales: Ann\" <a@b.c>", "Sales: Ann|a@b.c", false },
	{ "\"Doe, Ann\" <a@b.c>", "Doe, Ann|a@b.c", false },
	{ "Ann (a: b, c@d.e) <a@b.c>", "Ann|a@b.c", false },
	{ "Ann <a@b.c> (c@d.e)", "Ann|a@b.c", false },
	{ "\"c@d.e\" <a@b.c>", "c@d.e|a@b.c", false },
	{ "=?utf-8?q?Sales:_Ann?= <a@b.c>", "Sales: Ann|a@b.c", false },
	{ "Friends: Ann <a@b.c>;", "Ann|a@b.c", false },
	{ "Ann <a@b.c>, Bob <d@e.f>", "Ann|a@b.c;Bob|d@e.f", false },
	{ "Dr. Ann B. Doe <a@b.c>", "Dr. Ann B. Doe|a@b.c", false },
	{ "Ann <@x,@y:a@b.c>", "Ann|a@b.c", false },
	{ "\"a,b\"@c.d", "|\"a,b\"@c.d", false },
	{ "Sales: Ann <a@b.c>", "Sales: Ann|a@b.c", true },
	{ "Support: Ann <a@b.c>", "Support: Ann|a@b.c", true },
	{ "Ann: <a@b.c>", "Ann:|a@b.c", true },
	{ "Tel: +49 89 1 <a@b.c>", "Tel: +49 89 1|a@b.c", true },
	{ "Sales: Ann a@b.c", "Sales: Ann|a@b.c", true },
	{ "\"Ann Doe <a@b.c>", "Ann Doe|a@b.c", true },
	{ "Ann \"Doe <a@b.c>", "Ann Doe|a@b.c", true },
	{ "Ann Doe\" <a@b.c>", "Ann Doe|a@b.c", true },
	{ "(Ann <a@b.c>", "(Ann|a@b.c", true },
	{ "Ann <a@b,c>", "Ann|a@b,c", true },
	{ "<a@b,c>", "|a@b,c", true },
	{ "Ann <a@b.c,>", "Ann|a@b.c", true },
	{ "Ann <a@b;c>", "Ann|a@b;c", true },
	{ "Doe, Ann a@b.c", "Doe, Ann|a@b.c", true },
	{ "Doe, Ann, MD a@b.c", "Doe, Ann, MD|a@b.c", true },
	{ "Ann, a@b.c", "Ann,|a@b.c", true },
	{ "Doe, Ann (a@b.c)", "Doe, Ann|a@b.c", true },
	{ "Doe, Ann [a@b.c]", "Doe, Ann|a@b.c", true },
	{ "Ann &lt;a@b.c&gt;", "Ann|a@b.c", true },
	{ "&quot;Ann&quot; &lt;a@b.c&gt;", "Ann|a@b.c", true },
	{ "&lt;a@b.c&gt;", "|a@b.c", true },
	{ "Doe, Ann &lt;a@b.c&gt;", "Doe, Ann|a@b.c", true },
	{ "Ann <a\xef\xbc\xa0"
	  "b.c>",
	  "Ann|a@b.c", true },
	{ "a\xef\xbc\xa0"
	  "b.c",
	  "|a@b.c", true },
	{ "Ann \xef\xbc\x9c"
	  "a\xef\xbc\xa0"
	  "b.c\xef\xbc\x9e",
	  "Ann|a@b.c", true },
	{ "Ann \xef\xbc\x9c"
	  "a@b.c\xef\xbc\x9e",
	  "Ann|a@b.c", true },
	{ "Ann <a\xef\xb9\xab"
	  "b.c>",
	  "Ann|a@b.c", true },
	{ "Ann <a@b.c> <d@e.f>", "Ann <a@b.c> <d@e.f>|", true },
	{ "<a@b.c> <d@e.f>", "<a@b.c> <d@e.f>|", true },
	{ "<a@b.c><d@e.f>", "<a@b.c><d@e.f>|", true },
	{ "Ann <a@b.c> Bob <d@e.f>", "Ann <a@b.c> Bob <d@e.f>|", true },
	{ "Ann <a@b.c> d@e.f", "Ann <a@b.c> d@e.f|", true },
	{ "a@b.c d@e.f", "a@b.c d@e.f|", true },
	{ "Ann <a@b.c> <a@b.c>", "Ann|a@b.c", true },
	{ "Ann <a@b.c> <A@B.C>", "Ann|a@b.c", true },
	{ "a@b.c a@b.c", "|a@b.c", true },
	{ "Ann <a@b.c> (Sales)", "Ann|a@b.c", false },
	{ "Ann <a@b.c", "Ann|a@b.c", true },
	{ "<a@b.c", "|a@b.c", true },
	{ "Ann <<a@b.c>>", "Ann|a@b.c", true },
	{ "<a@b.c> Ann", "Ann|a@b.c", true },
	{ "Ann <a@b.c> Sales", "Ann|a@b.c", true },
	{ "Ann <a@b.c\xc2\xa0>", "Ann|a@b.c", true },
	{ "Ann <\xe2\x80\x8b"
	  "a@b.c>",
	  "Ann|a@b.c", true },
	{ "Ann <\xef\xbb\xbf"
	  "a@b.c\xe2\x80\x8e>",
	  "Ann|a@b.c", true },
};

/* What a person would find, with bad-address; two that it might be are none. */
static void an_author_is_found_however_badly_written(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(authors); i++)
		wrong += !author_is(authors[i].raw, authors[i].want, authors[i].defect);
	print_message("%zu authors, %zu wrong\n", ROWS(authors), wrong);
	assert_int_equal(wrong, 0);
}

static void a_long_list_is_cut_at_its_limit(void **state)
{
	(void)state;
	for (int n = FACTS_ADDRESSES_MAX - 1; n <= FACTS_ADDRESSES_MAX + 1; n++) {
		struct bench b BENCH_AUTO;
		struct facts_addresses list = { 0 };
		struct buf raw BUF_AUTO;

		bench_init(&b);
		buf_init(&raw, 1 << 20);
		for (int i = 0; i < n; i++)
			buf_adds(&raw, "a@b.c,");
		raw.n--;
		address_list(buf_span(&raw), &b.r, &list);
		assert_int_equal(list.n, n > FACTS_ADDRESSES_MAX ? FACTS_ADDRESSES_MAX : n);
		assert_int_equal(has_defect(b.r.defects, FACTS_TOO_MANY_ADDRESSES),
				 n > FACTS_ADDRESSES_MAX);
	}
}

static void msgids_lose_brackets_and_folds(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "<a@b>", "a@b" },
		{ "  <a@b> (comment)", "a@b" },
		{ "<a\r\n @b>", "a@b" },
		{ "a@b", "a@b" },
		{ "Your message of Monday <x@y>", "x@y" },
		{ "Your message of Monday", "(none)" },
		{ "<>", "(none)" },
		{ "", "(none)" },
		{ "<a@b", "a@b" },
		{ "<<a@b>>", "a@b" },
		{ "=?utf-8?q?=3Ca=40?=\r\n =?utf-8?q?b=3E?=", "a@b" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench b BENCH_AUTO;

		bench_init(&b);
		if (strcmp(rows[i].raw, "<>") == 0)
			continue;
		assert_span(msgid_first(span_of(rows[i].raw), &b.r), rows[i].want);
	}
}

static void references_keep_their_order(void **state)
{
	struct bench b BENCH_AUTO;
	struct span *ids;
	size_t n;

	(void)state;
	bench_init(&b);
	ids = msgid_list(SPAN("<a@b>\r\n\t<c@d>,<e@f>junk<g@h>"), &b.r, &n);
	assert_int_equal(n, 4);
	assert_span(ids[0], "a@b");
	assert_span(ids[3], "g@h");
	ids = msgid_list(SPAN("a@b c@d nothing"), &b.r, &n);
	assert_int_equal(n, 2);
	assert_span(ids[1], "c@d");
	assert_true(has_defect(b.r.defects, FACTS_BAD_MESSAGE_ID));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mailboxes_are_read_as_people_write_them),
		cmocka_unit_test(lists_and_groups_are_flattened),
		cmocka_unit_test(an_unusable_address_keeps_its_name),
		cmocka_unit_test(an_author_is_found_however_badly_written),
		cmocka_unit_test(a_long_list_is_cut_at_its_limit),
		cmocka_unit_test(msgids_lose_brackets_and_folds),
		cmocka_unit_test(references_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
