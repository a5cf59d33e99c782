/* Known answers: the folder as it changes, and how well an article fits a question. */
#include "tests/store/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "gatewayd/base/lexicon.h"
#include "gatewayd/case/kb.h"
#include "gatewayd/case/search.h"
#include "gatewayd/case/search_score.h"

/* --- scores --- */

static const struct {
	const char *asked, *text;
	int percent;
} covers[] = {
	{ "", "purge", 0 },
	{ "purge", "", 0 },
	{ "purge", "purge", 100 },
	{ "PURGE", "you may purge", 100 },
	{ "purging", "purges", 100 }, /* endings */
	{ "Zertifikate", "Zertifikat", 100 },
	{ "cat", "cap", 0 },			    /* too short for a stem */
	{ "purge purge certificate", "purge", 27 }, /* 3 of 3 + 8 */
	{ "a to is", "a to is", 0 },		    /* nothing to go by */
	{ "purge, cache!", "(cache) \"purge\"", 100 },
	{ "Größe", "GROESSE", 100 },
	{ "Serverzertifikat", "das Zertifikat", 100 },
	{ "Zertifikat", "Zertifikatserneuerung", 100 },
	{ "purge", "pur\xc2\xadge", 100 }, /* a soft hyphen */
	{ "Serverzertifikats", "Zertifikate", 100 },
	{ "Zertifikate", "Serverzertifikats", 100 },
	{ "renouvellement", "renouveler", 100 },
	{ "l'espace", "mon espace", 100 },
	{ "証", "証明書", 100 },
	{ "Привет", "ПРИВЕТ", 100 },
	{ "証明書", "サーバー証明書の更新", 100 },
	{ "ＶＰＮ", "vpn", 100 },
	{ "ﾃﾞｰﾀﾍﾞｰｽ", "データベース", 100 }, /* half as wide */
	{ "証明書", "キャッシュの削除", 0 },
};

static double cover(const char *asked, const char *text)
{
	struct buf a BUF_AUTO, b BUF_AUTO;

	buf_init(&a, 1000);
	buf_init(&b, 1000);
	lexicon_fold_words(span_of(asked), &a);
	lexicon_fold_words(span_of(text), &b);
	return search_score_cover(buf_span(&a), buf_span(&b));
}

static void covers_of_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(covers) / sizeof(*covers); i++) {
		double got = cover(covers[i].asked, covers[i].text);

		if ((int)(got * 100 + 0.5) != covers[i].percent)
			print_error("\"%s\" in \"%s\": %.2f\n", covers[i].asked, covers[i].text,
				    got);
		assert_int_equal((int)(got * 100 + 0.5), covers[i].percent);
	}
}

/* --- the folder --- */

struct bench {
	struct fixture *f;
	struct conf conf;
	struct desk d;
	char dir[128];
	char skipped[4096];
};

static void write_file(struct bench *b, const char *name, const char *text, size_t n, int64_t mtime)
{
	char path[200];
	struct timespec times[2] = { { .tv_sec = mtime }, { .tv_sec = mtime } };
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void write_text(struct bench *b, const char *name, const char *text, int64_t mtime)
{
	write_file(b, name, text, strlen(text), mtime);
}

static void remove_file(struct bench *b, const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	assert_int_equal(unlink(path), 0);
}

static void on_skipped(void *ctx, const char *path, const char *why)
{
	struct bench *b = ctx;
	size_t n = strlen(b->skipped);

	snprintf(b->skipped + n, sizeof(b->skipped) - n, "%s:%s\n", path + strlen(b->dir) + 1, why);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	void *store;

	fixture_set_up(&store);
	b->f = store;
	snprintf(b->dir, sizeof(b->dir), "%s", "/tmp/gatewayd-kb-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	b->conf.kb_dir = b->dir;
	b->d = (struct desk){ .conf = &b->conf, .store = b->f->s, .arena = &b->f->a, .now = NOW };
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const subs[] = { "sub", "" };
	struct bench *b = *state;
	void *store = b->f;

	for (int i = 0; i < 2; i++) {
		char path[200];
		struct dirent *entry;
		DIR *d;

		snprintf(path, sizeof(path), "%s/%s", b->dir, subs[i]);
		d = opendir(path);
		while (d && (entry = readdir(d)))
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				unlinkat(dirfd(d), entry->d_name, 0);
		if (d)
			closedir(d);
		rmdir(path);
	}
	rmdir(b->dir);
	free(b);
	return fixture_tear_down(&store);
}

static struct kb_counts index_all(struct bench *b)
{
	struct kb_counts n;
	struct err e;

	b->skipped[0] = 0;
	assert_int_equal(kb_index(&b->d, on_skipped, b, &n, &e), 0);
	return n;
}

static struct store_article article(struct bench *b, const char *path)
{
	struct store_article a;
	struct err e;

	assert_int_equal(store_article_get(b->d.store, span_of(path), b->d.arena, &a, &e), 0);
	return a;
}

static void only_what_changed_is_read_again(void **state)
{
	struct bench *b = *state;
	struct kb_counts n;
	char sub[200];

	snprintf(sub, sizeof(sub), "%s/sub", b->dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	write_text(b, "a.md", "# One\n", NOW - 9);
	write_text(b, "sub/b.TXT", "Two\n", NOW - 9);
	write_text(b, "c.pdf", "Three\n", NOW - 9);
	write_text(b, ".d.md", "# Four\n", NOW - 9);
	n = index_all(b);
	assert_int_equal(n.indexed, 2);
	n = index_all(b);
	assert_int_equal(n.indexed, 0);
	assert_int_equal(n.unchanged, 2);
	write_text(b, "a.md", "# Two\n", NOW - 8);     /* another time */
	write_text(b, "sub/b.TXT", "Twos\n", NOW - 9); /* another size */
	assert_int_equal(index_all(b).indexed, 2);
	assert_true(span_is(article(b, "a.md").title, "Two"));
	remove_file(b, "a.md");
	n = index_all(b);
	assert_int_equal(n.removed, 1);
	assert_int_equal(n.unchanged, 1);
}

static void titles_and_links(void **state)
{
	static const struct {
		const char *text, *title, *link;
	} rows[] = {
		{ "# Purge\ntext\n", "Purge", "" },
		{ "intro\n\n## Purge\n", "Purge", "" },
		{ "Purge\n=====\ntext\n", "Purge", "" },
		{ "---\ntitle: Purge\nlink: https://x.example/p\n---\nbody\n", "Purge",
		  "https://x.example/p" },
		{ "Link: http://x.example/\nPurge\n", "Purge", "http://x.example/" },
		{ "Purge\nLink: javascript:alert(1)\n", "Purge", "" },
		{ "Purge\nLink: https://x.example/\"a\n", "Purge", "" },
		{ "Purge\n\n\n\n\n\n\n\n\n\nLink: https://late.example/\n", "Purge", "" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_article a;

		write_text(b, "a.md", rows[i].text, NOW - 100 + (int64_t)i);
		assert_int_equal(index_all(b).indexed, 1);
		a = article(b, "a.md");
		if (!span_is(a.title, rows[i].title) || !span_is(a.link, rows[i].link))
			print_error("%s", rows[i].text);
		assert_true(span_is(a.title, rows[i].title));
		assert_true(span_is(a.link, rows[i].link));
	}
}

static void what_is_no_article_is_passed_over(void **state)
{
	struct bench *b = *state;
	char *big = calloc(1, KB_FILE_BYTES_MAX + 1);

	memset(big, 'x', KB_FILE_BYTES_MAX + 1);
	write_file(b, "limit.txt", big, KB_FILE_BYTES_MAX, NOW - 9);
	assert_int_equal(index_all(b).indexed, 1);
	write_file(b, "over.txt", big, KB_FILE_BYTES_MAX + 1, NOW - 9);
	assert_int_equal(index_all(b).skipped, 1);
	assert_string_equal(b->skipped, "over.txt:larger than 256 KiB\n");
	remove_file(b, "over.txt");
	write_text(b, "bytes.txt", "no \xff text", NOW - 9);
	index_all(b);
	assert_string_equal(b->skipped, "bytes.txt:not UTF-8 text\n");
	free(big);
}

static void a_turn_is_bounded_and_the_next_pass_waits(void **state)
{
	struct bench *b = *state;
	struct kb *k = kb_new();
	struct err e;

	for (int i = 0; i <= KB_A_TURN; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d.txt", i);
		write_text(b, name, "Text\n", NOW - 9);
	}
	assert_int_equal(kb_next(k, &b->d), 0);
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_int_equal(kb_next(k, &b->d), NOW); /* one is left */
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_int_equal(kb_next(k, &b->d), NOW + KB_EVERY_S);
	kb_again(k);
	assert_int_equal(kb_next(k, &b->d), 0);
	b->conf.kb_dir = NULL;
	assert_true(kb_next(k, &b->d) == INSTANT_NONE);
	kb_free(&k);
}

/* Between the walk and the reading of what is left for the next turn. */
static void a_link_in_place_of_a_folder_is_not_followed(void **state)
{
	struct bench *b = *state;
	struct kb *k = kb_new();
	char sub[160], moved[160];
	struct err e;

	snprintf(sub, sizeof(sub), "%s/sub", b->dir);
	snprintf(moved, sizeof(moved), "%s-moved", b->dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	for (int i = 0; i <= KB_A_TURN; i++) {
		char name[32];

		snprintf(name, sizeof(name), "sub/%d.txt", i);
		write_text(b, name, "Text\n", NOW - 9);
	}
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_string_equal(b->skipped, "");
	assert_int_equal(rename(sub, moved), 0);
	assert_int_equal(symlink(moved, sub), 0);
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_non_null(strstr(b->skipped, ".txt:Not a directory\n"));
	assert_int_equal(unlink(sub), 0);
	assert_int_equal(rename(moved, sub), 0);
	kb_free(&k);
}

static void a_folder_that_is_away_keeps_what_there_is(void **state)
{
	struct bench *b = *state;
	struct kb *k = kb_new();
	struct err e;

	write_text(b, "a.md", "# One\n", NOW - 9);
	index_all(b);
	b->conf.kb_dir = "/nonexistent/kb";
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), -1);
	assert_int_equal(e.class, ERR_TEMP);
	assert_int_equal(kb_next(k, &b->d), NOW + KB_EVERY_S);
	assert_true(span_is(article(b, "a.md").title, "One"));
	kb_free(&k);
}

static void a_trouble_is_told_once_for_each_change(void **state)
{
	struct bench *b = *state;
	struct kb *k = kb_new();
	struct err e;

	write_text(b, "bytes.txt", "no \xff text", NOW - 9);
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_string_equal(b->skipped, "bytes.txt:not UTF-8 text\n");
	b->d.now = NOW + KB_EVERY_S;
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_string_equal(b->skipped, "bytes.txt:not UTF-8 text\n");
	write_text(b, "bytes.txt", "none \xff text", NOW + KB_EVERY_S + 1);
	b->d.now = NOW + 2 * KB_EVERY_S;
	assert_int_equal(kb_turn(k, &b->d, on_skipped, b, &e), 0);
	assert_string_equal(b->skipped, "bytes.txt:not UTF-8 text\nbytes.txt:not UTF-8 text\n");
	kb_free(&k);
}

static void the_right_article_comes_first(void **state)
{
	struct bench *b = *state;
	struct search_hit *v;
	struct err e;
	size_t n;

	write_text(b, "purge.md", "# How do I purge the cache?\nUse the control centre.\n",
		   NOW - 9);
	write_text(b, "cert.md", "# Renewing certificates\nThe cache of names is cleared.\n",
		   NOW - 9);
	index_all(b);
	assert_int_equal(search_articles(&b->d, SPAN("Purging"),
					 SPAN("Hello,\nhow can I purge my cache?\nAnn"), 5, &v, &n,
					 &e),
			 0);
	assert_true(n >= 1 && span_is(v[0].path, "purge.md") && v[0].score > 0.8);
	assert_true(n < 2 || v[1].score < 0.3);
	assert_int_equal(
	    search_articles(&b->d, SPAN("Hello"), SPAN("Please call me back."), 5, &v, &n, &e), 0);
	assert_true(n == 0 || v[0].score < 0.3);
}

/* Each of them finds the article of its language, and no other. */
static void articles_are_found_in_each_language(void **state)
{
	static const struct {
		const char *asked, *path;
	} rows[] = {
		{ "Wie erneuere ich unser Serverzertifikat?", "de.md" },
		{ "ZERTIFIKATE ERNEUERN", "de.md" },
		{ "Zerti\xc2\xad"
		  "fikats\xc2\xad"
		  "erneuerung",
		  "de.md" },
		{ "comment vider le cache", "fr.md" },
		{ "証明書を更新するには？", "ja.md" },
		{ "更新方法", "ja.md" },
	};
	struct bench *b = *state;
	struct search_hit *v;
	struct err e;
	size_t n;

	write_text(b, "de.md", "# Zertifikate erneuern\nSo wird ein Zertifikat erneuert.\n",
		   NOW - 9);
	write_text(b, "fr.md", "# Vidér le caché\nOuvrez la console.\n", NOW - 9);
	write_text(b, "ja.md", "# サーバー証明書の更新方法\n管理画面を開きます。\n", NOW - 9);
	index_all(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(
		    search_articles(&b->d, span_of(rows[i].asked), SPAN(""), 5, &v, &n, &e), 0);
		if (n != 1 || !span_is(v[0].path, rows[i].path))
			print_error("%s: %zu\n", rows[i].asked, n);
		assert_true(n == 1 && span_is(v[0].path, rows[i].path));
		if (v[0].score <= 0.3)
			print_error("%s: %.2f\n", rows[i].asked, v[0].score);
		assert_true(v[0].score > 0.3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covers_of_the_table),
		cmocka_unit_test_setup_teardown(only_what_changed_is_read_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(titles_and_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_article_is_passed_over, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_turn_is_bounded_and_the_next_pass_waits, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_link_in_place_of_a_folder_is_not_followed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_is_away_keeps_what_there_is, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_trouble_is_told_once_for_each_change, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_right_article_comes_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(articles_are_found_in_each_language, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
