#include "gatewayd/base/lexicon.h"
#include "tests/store/fixture.h"

static void put(struct fixture *f, const char *path, const char *title, const char *text)
{
	struct store_article article = { .path = span_of(path),
					 .title = span_of(title),
					 .link = SPAN("https://kb.example.com/"),
					 .text = span_of(text),
					 .mtime_at = NOW,
					 .size = (int64_t)strlen(text) };

	OK(f, store_article_put(f->s, &article, &f->e));
}

/* The paths of the hits, as a text. */
static const char *paths(struct fixture *f, const struct store_hit *v, size_t n)
{
	struct buf out;
	const char *text;

	buf_init(&out, 1000);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s" SPAN_FMT, i ? " " : "", SPAN_ARG(v[i].path));
	text = arena_cstr(&f->a, buf_span(&out));
	buf_release(&out);
	return text;
}

static const char *search(struct fixture *f, struct span words)
{
	struct store_hit *v;
	size_t n;

	OK(f, store_article_search(f->s, words, 10, &f->a, &v, &n, &f->e));
	for (size_t i = 1; i < n; i++)
		assert_true(v[i].score <= v[i - 1].score);
	return paths(f, v, n);
}

static void better_hits_come_first_with_higher_scores(void **state)
{
	struct fixture *f = *state;
	struct store_hit *v;
	size_t n;

	begin(f);
	put(f, "purge.md", "Purging the cache", "How to purge objects from the cache by URL.");
	put(f, "login.md", "Logging in", "The password page, and what to do when it is lost.");
	put(f, "misc.md", "Odds and ends",
	    "Among other things a cache is named here once, amid "
	    "many other words of no interest whatsoever.");
	commit(f);
	OK(f, store_article_search(f->s, SPAN("cache purge?"), 10, &f->a, &v, &n, &f->e));
	assert_string_equal(paths(f, v, n), "purge.md misc.md");
	assert_true(v[0].score > v[1].score && v[1].score > 0);
	assert_true(span_is(v[0].title, "Purging the cache"));
	assert_true(span_is(v[0].link, "https://kb.example.com/"));
	OK(f, store_article_search(f->s, SPAN("cache purge"), 1, &f->a, &v, &n, &f->e));
	assert_string_equal(paths(f, v, n), "purge.md");
}

static void words_are_found_whatever_their_marks_and_case(void **state)
{
	struct fixture *f = *state;

	begin(f);
	put(f, "a", "R\xc3\xa9sum\xc3\xa9", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
	commit(f);
	assert_string_equal(search(f, SPAN("RESUME")), "a");
	assert_string_equal(search(f, SPAN("r\xc3\x89sume")), "a");
	assert_string_equal(search(f, SPAN("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82")),
			    "a");
}

static void nothing_in_the_words_is_syntax(void **state)
{
	static const struct span hostile[] = {
		SPAN_LITERAL(""),
		SPAN_LITERAL("\""),
		SPAN_LITERAL("\"\" OR title:x"),
		SPAN_LITERAL("* NEAR( AND OR NOT"),
		SPAN_LITERAL("{title text}: ^x -y + (("),
		SPAN_LITERAL("nul\0inside"),
		SPAN_LITERAL("\xff\xfe bad \xc3"),
		SPAN_LITERAL("\xe2\x80\x94 \xe2\x80\x94\xe2\x80\x94"), /* dashes: no token inside */
		SPAN_LITERAL("'; DROP TABLE article; --"),
		SPAN_LITERAL("a b c d"),
	};
	struct fixture *f = *state;

	begin(f);
	put(f, "kb", "Zebra", "stripes");
	commit(f);
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
		assert_string_equal(search(f, hostile[i]), "");
	assert_string_equal(search(f, SPAN("\" OR zebra*^:(")), "kb");
	assert_string_equal(search(f, SPAN("nul\0zebra")), "kb");
}

/* "w0 w1 w2 ... zebra", with n words before the last. */
static const char *after_words(struct fixture *f, int n)
{
	struct buf words BUF_AUTO;

	buf_init(&words, 4 << 20);
	for (int i = 0; i < n; i++)
		buf_addf(&words, "w%d ", i);
	buf_adds(&words, "zebra");
	return search(f, buf_span(&words));
}

static void the_first_different_words_count(void **state)
{
	struct fixture *f = *state;
	struct buf same BUF_AUTO;

	buf_init(&same, 200000);
	begin(f);
	put(f, "kb", "Zebra", "stripes");
	commit(f);
	assert_string_equal(after_words(f, STORE_SEARCH_WORDS - 1), "kb");
	assert_string_equal(after_words(f, STORE_SEARCH_WORDS), "");
	assert_string_equal(after_words(f, 100000), "");
	for (int i = 0; i < 10000; i++)
		buf_adds(&same, "Word word ");
	buf_adds(&same, "zebra");
	assert_string_equal(search(f, buf_span(&same)), "kb");
}

static void an_article_put_again_is_found_by_its_new_words_only(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	int64_t mtime_at = 0, size = 0;

	buf_init(&findings, 1000);
	begin(f);
	put(f, "kb", "Zebra", "stripes");
	put(f, "kb", "Tiger", "teeth");
	OK(f, store_article_stamp(f->s, SPAN("kb"), &mtime_at, &size, &f->e));
	assert_true(mtime_at == NOW && size == 5);
	OK(f, store_article_stamp(f->s, SPAN("none"), &mtime_at, &size, &f->e));
	assert_true(mtime_at == -1 && size == -1);
	commit(f);
	assert_string_equal(search(f, SPAN("zebra stripes")), "");
	assert_string_equal(search(f, SPAN("tiger")), "kb");
	OK(f, store_check(f->s, &findings, &f->e));
	assert_string_equal(buf_cstr(&findings), "");
}

static void a_sweep_removes_what_was_not_seen(void **state)
{
	struct fixture *f = *state;
	int64_t mtime_at, size;
	size_t removed = 9;

	begin(f);
	put(f, "put", "Zebra", "x");
	put(f, "stamped", "Zebra", "x");
	put(f, "gone", "Zebra", "x");
	OK(f, store_article_sweep(f->s, &removed, &f->e));
	assert_int_equal(removed, 0);
	put(f, "put", "Zebra", "y");
	OK(f, store_article_stamp(f->s, SPAN("stamped"), &mtime_at, &size, &f->e));
	OK(f, store_article_sweep(f->s, &removed, &f->e));
	assert_int_equal(removed, 1);
	commit(f);
	assert_string_equal(search(f, SPAN("zebra")), "put stamped");
	begin(f);
	OK(f, store_article_sweep(f->s, &removed, &f->e));
	assert_int_equal(removed, 2);
	commit(f);
	assert_string_equal(search(f, SPAN("zebra")), "");
}

static const char *find(struct fixture *f, const char *words, struct store_case_find how)
{
	struct store_hit *v;
	size_t n;

	how.limit = how.limit ? how.limit : 10;
	OK(f, store_case_find(f->s, span_of(words), &how, &f->a, &v, &n, &f->e));
	for (size_t i = 0; i < n; i++) {
		assert_true(span_is(v[i].title, "printer") && v[i].score > 0);
		v[i].path = span_of(arena_printf(&f->a, "%d", (int)v[i].number));
	}
	return paths(f, v, n);
}

static int64_t add_case(struct fixture *f, enum case_state state, const char *account,
			const char *text)
{
	struct store_case c = a_case();
	int64_t number;

	c.state = state;
	c.account = span_of(account);
	number = open_case(f, &c);
	OK(f, store_case_index(f->s, number, SPAN("printer"), span_of(text), &f->e));
	return number;
}

static void cases_are_found_by_account_and_state(void **state)
{
	static const struct {
		enum case_state state;
		const char *account;
	} rows[] = {
		{ CASE_CLOSED, "acme" },  { CASE_RESOLVED, "acme" }, { CASE_OPEN, "acme" },
		{ CASE_CLOSED, "other" }, { CASE_CLOSED, "" },
	};
	static const char words[] = "the printer is offline";
	struct fixture *f = *state;

	begin(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t number = add_case(f, rows[i].state, rows[i].account, "elephants");

		OK(f,
		   store_case_index(f->s, number, SPAN("printer"), SPAN("it is offline"), &f->e));
	}
	commit(f);
	assert_string_equal(find(f, words, (struct store_case_find){ 0 }), "5 4 3 2 1");
	assert_string_equal(find(f, words, (struct store_case_find){ .limit = 2 }), "5 4");
	assert_string_equal(find(f, words, (struct store_case_find){ .before = 3 }), "2 1");
	assert_string_equal(find(f, words, (struct store_case_find){ .but_not = 4 }), "5 3 2 1");
	assert_string_equal(find(f, words, (struct store_case_find){ .account = SPAN("acme") }),
			    "3 2 1");
	assert_string_equal(
	    find(f, words, (struct store_case_find){ .account = SPAN("acme"), .is_over = true }),
	    "2 1");
	assert_string_equal(find(f, words, (struct store_case_find){ .account = SPAN("") }), "5");
	assert_string_equal(find(f, "elephants", (struct store_case_find){ 0 }), "");
}

/* Cases 1 .. n say the same, the last one a rare word, too. */
static void fill_common(struct fixture *f, int n)
{
	begin(f);
	for (int i = 1; i <= n; i++)
		add_case(f, CASE_CLOSED, "acme",
			 i == n ? "the printer is offline, zebra" : "the printer is offline");
	commit(f);
}

static void rare_words_go_before_common_ones(void **state)
{
	static const struct {
		const char *words, *found; /* of at most 3 */
	} rows[] = {
		{ "the printer is offline zebra", "1001" },
		{ "the printer is offline", "1000 999 998" }, /* nothing else to go by */
		{ "zebra", "1001" },
		{ "unknown", "" },
		{ "zebras", "1001" }, /* an ending */
		{ "größenänderungsgröße größenzebragrößen", "" },
	};
	struct fixture *f = *state;

	fill_common(f, 1001);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(find(f, rows[i].words, (struct store_case_find){ .limit = 3 }),
				    rows[i].found);
}

static const char *stale(struct fixture *f)
{
	struct buf out BUF_AUTO;
	int64_t *v;
	size_t n;

	buf_init(&out, 1000);
	OK(f, store_case_stale(f->s, 10, &f->a, &v, &n, &f->e));
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%d ", (int)v[i]);
	return arena_cstr(&f->a, buf_span(&out));
}

static void what_changes_the_words_of_a_case_makes_it_stale(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	const struct store_note note = { .case_number = 1,
					 .kind = NOTE_INTERNAL,
					 .at = NOW,
					 .text = SPAN_LITERAL("later"),
					 .reply = SPAN_LITERAL("later"),
					 .author_name = SPAN_LITERAL(""),
					 .author_address = SPAN_LITERAL(""),
					 .message_id = SPAN_LITERAL("") };
	int64_t id;

	begin(f);
	open_case(f, &c);
	c.number = add_case(f, CASE_OPEN, "acme", "text");
	assert_string_equal(stale(f), "1 ");
	c.severity++;
	OK(f, store_case_update(f->s, &c, &f->e));
	assert_string_equal(stale(f), "1 ");
	c.subject = SPAN("otherwise");
	OK(f, store_case_update(f->s, &c, &f->e));
	assert_string_equal(stale(f), "2 1 ");
	OK(f, store_case_index(f->s, 1, SPAN(""), SPAN(""), &f->e));
	OK(f, store_case_index(f->s, 2, SPAN(""), SPAN(""), &f->e));
	assert_string_equal(stale(f), "");
	OK(f, store_note_add(f->s, &note, &id, &f->e));
	assert_string_equal(stale(f), "1 ");
	commit(f);
}

/* Different words, some 100 KB of them. */
static struct span many_words(struct fixture *f)
{
	struct buf out BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	for (int i = 0; i < 16000; i++)
		buf_addf(&out, "w%d ", i);
	return arena_dup(&f->a, buf_span(&out));
}

static void cases_are_indexed_together_and_again(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_case_words v[3];
	struct span many = many_words(f);

	begin(f);
	for (size_t i = 0; i < 3; i++)
		v[i] = store_case_words(&f->a, open_case(f, &c), SPAN("printer"), SPAN("words"));
	OK(f, store_case_index_all(f->s, v, 3, &f->e));
	assert_string_equal(stale(f), "");
	for (size_t i = 0; i < 3; i++) {
		c.number = v[i].number;
		c.requester_name = SPAN("Somebody Else");
		OK(f, store_case_update(f->s, &c, &f->e));
	}
	for (size_t i = 0; i < 2; i++)
		v[i] = store_case_words(&f->a, v[i].number, SPAN("printer"), many);
	OK(f, store_case_index_all(f->s, v, 2, &f->e));
	assert_string_equal(stale(f), "3 ");
	commit(f);
	assert_string_equal(find(f, "w15999", (struct store_case_find){ 0 }), "2 1");
	assert_string_equal(find(f, "words", (struct store_case_find){ 0 }), "3");
}

static void headings_come_newest_first_and_of_all_that_are_asked(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_case_heading *v;
	int64_t numbers[3] = { 0 };

	begin(f);
	for (size_t i = 0; i < 3; i++) {
		c.subject = span_of(arena_printf(&f->a, "subject %zu", i));
		numbers[i] = open_case(f, &c);
	}
	commit(f);
	OK(f, store_case_headings(f->s, numbers, 2, &f->a, &v, &f->e));
	assert_int_equal(v[0].number, numbers[1]);
	assert_int_equal(v[1].number, numbers[0]);
	assert_true(span_is(v[1].subject, "subject 0"));
	assert_true(span_eq(v[1].requester_name, c.requester_name));
	assert_true(span_eq(v[1].requester_address, c.requester_address));
	numbers[0] = numbers[2] + 1;
	assert_int_equal(store_case_headings(f->s, numbers, 3, &f->a, &v, &f->e), -1);
	assert_int_equal(f->e.class, ERR_PERM);
	OK(f, store_case_headings(f->s, numbers, 0, &f->a, &v, &f->e));
}

/* A word again and again, and with a number behind it. */
static struct span long_text(struct fixture *f, const char *word, int n)
{
	struct buf out BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	for (int i = 0; i < n; i++)
		buf_addf(&out, "%s %s%d%s ", word, word, i % 700, i % 3 ? "" : "\n");
	return arena_dup(&f->a, buf_span(&out));
}

/* Cases whose words PostgreSQL itself, as for a copy, makes otherwise. */
static void assert_words_are_those_of_a_copy(struct fixture *f)
{
	static const char otherwise[] =
	    "SELECT coalesce(string_agg(number::text, ' '), '') FROM case_text AS said "
	    "WHERE words <> setweight(coalesce((SELECT string_agg(quote_literal(w) || ':' "
	    "|| least(n, 16383), ' ') FROM unnest(string_to_array(said.title, ' ')) "
	    "WITH ORDINALITY AS t (w, n) WHERE w <> '')::tsvector, ''), 'A') "
	    "|| array_to_tsvector(array_remove(string_to_array(said.text, ' '), ''))";
	PGconn *c = PQconnectdb(f->schema.address);
	PGresult *r = PQexec(c, otherwise);

	assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(r, 0, 0), "");
	PQclear(r);
	PQfinish(c);
}

static void words_are_those_that_a_copy_of_the_store_has(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct span rows[][2] = {
		{ SPAN(""), SPAN("") },
		{ SPAN("printer"), SPAN("") },
		{ SPAN(""), SPAN("printer") },
		{ SPAN("Printer, printer and a plotter"), SPAN("the plotter is by the printers") },
		{ SPAN("abcdefgh abcdefghi abcdefg"), SPAN("abcdefgha abcdefghij a ab abcdefghi") },
		{ SPAN("größe Ω 打印机离线"),
		  SPAN("打印机 größenänderung ω ελλάδα \xc2\xa0 nbsp") },
		{ long_text(f, "printer", 300), long_text(f, "plotter", 2000) },
		{ long_text(f, "a", 9000), SPAN("many places") },
	};

	begin(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t number = open_case(f, &c);

		OK(f, store_case_index(f->s, number, rows[i][0], rows[i][1], &f->e));
	}
	commit(f);
	if (f->schema.name[0])
		assert_words_are_those_of_a_copy(f);
	assert_string_equal(find(f, "nbsp", (struct store_case_find){ 0 }), "6");
	assert_string_equal(find(f, "plotter699", (struct store_case_find){ 0 }), "7");
}

/* Words of a case, as they are kept. */
static struct span kept(struct fixture *f, struct span text)
{
	struct store_hit hit;

	store_case_as_hit(&f->a, 1, SPAN("a a"), text, &hit);
	assert_true(span_is(hit.title_words, "a a"));
	return hit.text_words;
}

/* Words that begin and end alike; they are too long for ends of their own. */
#define ALIKE(letter) "aaaaaaaaaaaaaaaaaa" letter "aaaaaaaaaaaaaaaaaaaaaaaaaa"

static void a_word_of_a_case_is_kept_once(void **state)
{
	static const struct {
		const char *text, *kept;
	} rows[] = {
		{ "", "" },
		{ "Printer, a printer; the PRINTER.", "printer a the" },
		{ "a b a b c", "a b c" },
		{ "abcdefgh abcdefg abcdefghi abcdefgh abcdefghi", "abcdefgh abcdefg abcdefghi" },
		{ "productions of production, productions",
		  "productions uctions ctions of production uction" },
		{ "abcdefghXijklmnopq abcdefghYijklmnopq abcdefghXijklmnopq",
		  "abcdefghxijklmnopq efghxijklmnopq fghxijklmnopq ghxijklmnopq hxijklmnopq "
		  "xijklmnopq ijklmnopq jklmnopq klmnopq lmnopq "
		  "abcdefghyijklmnopq efghyijklmnopq fghyijklmnopq ghyijklmnopq hyijklmnopq "
		  "yijklmnopq ijklmnopq jklmnopq klmnopq lmnopq" },
		{ ALIKE("b") " " ALIKE("c") " " ALIKE("b"), ALIKE("b") " " ALIKE("c") },
		{ "\xe6\x89\x93\xe5\x8d\xb0 \xce\xa9\xce\xbc \xe6\x89\x93\xe5\x8d\xb0 "
		  "\xcf\x89\xce\xbc",
		  "\xe6\x89\x93\xe5\x8d\xb0 \xe5\x8d\xb0 \xcf\x89\xce\xbc" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(arena_cstr(&f->a, kept(f, span_of(rows[i].text))),
				    rows[i].kept);
}

/* The words of a folded text, by bytes; of words that are all different and short. */
static struct span words_of(struct fixture *f, struct span text)
{
	struct buf folded BUF_AUTO, out BUF_AUTO;

	buf_init(&folded, 1000);
	buf_init(&out, 1000);
	lexicon_fold_words(text, &folded);
	for (size_t i = 0; i < folded.n; i++) {
		unsigned char c = (unsigned char)folded.p[i];

		if (lexicon_is_word_byte(c))
			buf_addc(&out, (char)c);
		else if (out.n && out.p[out.n - 1] != ' ')
			buf_addc(&out, ' ');
	}
	return arena_dup(&f->a, span_trim(buf_span(&out)));
}

static void a_word_ends_at_each_sign(void **state)
{
	static const char letters[] = "abcdefghi klmnopqr";
	struct fixture *f = *state;
	struct buf text BUF_AUTO;
	struct span expected;

	buf_init(&text, 1000);
	for (int c = 1; c < 0x80; c++)
		for (size_t at = 0; at < 9; at++) {
			buf_clear(&text);
			buf_addf(&text, "%.*s%c%s", (int)at, letters, c, letters + at + 1);
			expected = words_of(f, buf_span(&text));
			assert_true(span_eq(kept(f, buf_span(&text)), expected));
		}
}

/* A word, and the text behind it, may end anywhere. */
static void a_word_may_stand_anywhere(void **state)
{
	struct fixture *f = *state;
	struct buf text BUF_AUTO, words BUF_AUTO;

	buf_init(&text, 1000);
	buf_init(&words, 1000);
	for (int at = 0; at < 140; at++)
		for (int n = 41; n < 140; n += 7) {
			buf_clear(&text);
			buf_clear(&words);
			for (int i = 0; i < at; i++)
				buf_addc(&text, '.');
			for (int i = 0; i < n; i++)
				buf_addc(&words, 'x');
			buf_adds(&words, " last");
			buf_add(&text, buf_span(&words));
			assert_true(span_eq(kept(f, buf_span(&text)), buf_span(&words)));
			buf_adds(&text, ". ");
			assert_true(span_eq(kept(f, buf_span(&text)), buf_span(&words)));
		}
}

/* However many there are, and however alike: none of them is lost. */
static void each_of_many_words_is_kept(void **state)
{
	struct fixture *f = *state;
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	for (int i = 0; i < 30000; i++)
		buf_addf(&text,
			 i % 2 ? "%sa%05d" : "%s\xcf\x89\xcf\x89\xcf\x89\xcf\x89%05daaaaaaaa",
			 i ? " " : "", i);
	assert_true(span_eq(kept(f, buf_span(&text)), buf_span(&text)));
}

/* Each is more than an index of words has room for. */
static void a_word_may_be_long_and_words_many(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	buf_adds(&text, "zebra ");
	for (int i = 0; i < 4000; i++)
		buf_adds(&text, "x");
	begin(f);
	open_case(f, &c);
	open_case(f, &c);
	OK(f, store_case_index(f->s, 1, buf_span(&text), buf_span(&text), &f->e));
	buf_clear(&text);
	for (int i = 0; i < 120000; i++)
		buf_addf(&text, "%08x ", (unsigned int)i * 2654435761U);
	OK(f, store_case_index(f->s, 2, buf_span(&text), buf_span(&text), &f->e));
	commit(f);
	assert_string_equal(find(f, "zebra", (struct store_case_find){ 0 }), "1");
	assert_string_equal(find(f, "00000000", (struct store_case_find){ 0 }), "2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(better_hits_come_first_with_higher_scores),
		STORE_TEST(words_are_found_whatever_their_marks_and_case),
		STORE_TEST(nothing_in_the_words_is_syntax),
		STORE_TEST(the_first_different_words_count),
		STORE_TEST(an_article_put_again_is_found_by_its_new_words_only),
		STORE_TEST(a_sweep_removes_what_was_not_seen),
		STORE_TEST(rare_words_go_before_common_ones),
		STORE_TEST(cases_are_found_by_account_and_state),
		STORE_TEST(what_changes_the_words_of_a_case_makes_it_stale),
		STORE_TEST(cases_are_indexed_together_and_again),
		STORE_TEST(headings_come_newest_first_and_of_all_that_are_asked),
		STORE_TEST(words_are_those_that_a_copy_of_the_store_has),
		STORE_TEST(a_word_of_a_case_is_kept_once),
		STORE_TEST(a_word_ends_at_each_sign),
		STORE_TEST(a_word_may_stand_anywhere),
		STORE_TEST(each_of_many_words_is_kept),
		STORE_TEST(a_word_may_be_long_and_words_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
