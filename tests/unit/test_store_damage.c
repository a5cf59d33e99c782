/*
 * A store whose file is damaged, page by page, and whose log is cut, frame by frame: it is found
 * and said, and nothing of it is overwritten.
 */
#include "tests/faults.h"
#include "tests/store/behind.h"

#include <sys/stat.h>

enum { PAGE = 4096, WAL_HEAD = 32, WAL_FRAME = 24 + PAGE, CASES = 6 };

struct bytes {
	char *p;
	size_t n;
};

static struct bytes file_read(const char *path)
{
	struct bytes b = { NULL, 0 };
	FILE *f = fopen(path, "re");
	struct stat st;

	if (!f)
		return b;
	assert_int_equal(fstat(fileno(f), &st), 0);
	b.n = (size_t)st.st_size;
	b.p = malloc(b.n + 1);
	assert_non_null(b.p);
	assert_int_equal(fread(b.p, 1, b.n, f), b.n);
	fclose(f);
	return b;
}

static void file_write(const char *path, const struct bytes *b, size_t n)
{
	FILE *f;

	unlink(path);
	if (!b->p)
		return;
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* Half of the mails do not pack: no page that the migrations left is free, of which nothing is
 * said. */
static void fill(struct fixture *f)
{
	static char raw[3000];

	for (uint32_t i = 1; i <= CASES; i++) {
		struct store_case c = a_case();
		struct store_event ev = { .at = NOW, .type = SPAN("opened"), .data = SPAN("{}") };
		struct store_mail m = a_mail(i, "");

		begin(f);
		if (i % 2)
			crypto_random(raw, sizeof(raw));
		else
			memset(raw, 0, sizeof(raw));
		memcpy(raw, &i, sizeof(i));
		ev.case_number = open_case(f, &c);
		OK(f, store_event_add(f->s, &ev, &f->e));
		add_note(f, ev.case_number, NOTE_INBOUND, "");
		keep(f, &m, (struct span){ raw, sizeof(raw) });
		queue_mail(f, ev.case_number, NOW, "");
		commit(f);
	}
}

/* *ret_said: it was not opened, or its check finds something. */
static bool says_so(struct fixture *f)
{
	struct buf findings BUF_AUTO;
	bool said;

	buf_init(&findings, 10000);
	if (store_open(f->path, STORE_WRITE, &f->s, &f->e) < 0)
		return f->e.text[0] != '\0';
	said = store_check(f->s, &findings, &f->e) < 0 || findings.n > 0;
	store_close(&f->s);
	return said;
}

static void each_page_that_is_damaged_is_found(void **state)
{
	struct fixture *f = *state;
	struct bytes sound, damaged;

	fill(f);
	store_close(&f->s);
	sound = file_read(f->path);
	assert_true(sound.n > 40 * PAGE && sound.n % PAGE == 0);
	for (size_t page = 0; page < sound.n / PAGE; page++) {
		for (size_t i = 0; i < PAGE; i++)
			sound.p[page * PAGE + i] ^= 0x5a;
		file_write(f->path, &sound, sound.n);
		if (!says_so(f))
			fail_msg("page %zu of %zu is damaged, and nobody says so", page + 1,
				 sound.n / PAGE);
		damaged = file_read(f->path);
		if (damaged.n != sound.n || memcmp(damaged.p, sound.p, sound.n) != 0)
			fail_msg("page %zu was damaged, and the file was changed", page + 1);
		free(damaged.p);
		for (size_t i = 0; i < PAGE; i++)
			sound.p[page * PAGE + i] ^= 0x5a;
	}
	file_write(f->path, &sound, sound.n);
	assert_false(says_so(f));
	faults_note("damaged pages of the store", (long)(sound.n / PAGE), 0, 0);
	free(sound.p);
}

struct crashed {
	char wal_path[128], witness_path[128];
	struct bytes store, wal, witness;
};

/* The files as a process leaves them that is killed. */
static void crash(struct fixture *f, struct crashed *c)
{
	snprintf(c->wal_path, sizeof(c->wal_path), "%s-wal", f->path);
	snprintf(c->witness_path, sizeof(c->witness_path), "%s.witness", f->path);
	c->store = file_read(f->path);
	c->wal = file_read(c->wal_path);
	c->witness = file_read(c->witness_path);
	store_close(&f->s);
}

static void lay_down(struct fixture *f, const struct crashed *c, size_t wal)
{
	file_write(f->path, &c->store, c->store.n);
	file_write(c->wal_path, &c->wal, wal);
	file_write(c->witness_path, &c->witness, c->witness.n);
}

/* With the whole log nothing is missing, whatever was opened before. */
static void all_is_there(struct fixture *f, size_t cut)
{
	struct store_counts got;

	if (store_open(f->path, STORE_WRITE, &f->s, &f->e) < 0)
		fail_msg("cut at %zu, and put back: %s", cut, f->e.text);
	OK(f, store_count(f->s, &got, &f->e));
	assert_int_equal(got.cases, CASES);
	store_close(&f->s);
}

static void try_cut(struct fixture *f, const struct crashed *c, size_t cut)
{
	struct store_counts got;

	lay_down(f, c, cut);
	if (store_open(f->path, STORE_WRITE, &f->s, &f->e) == 0) {
		OK(f, store_count(f->s, &got, &f->e));
		if (got.cases != CASES)
			fail_msg("the log is cut at %zu, and %d cases are lost unsaid", cut,
				 (int)(CASES - got.cases));
		store_close(&f->s);
		return;
	}
	assert_true(f->e.text[0] != '\0');
	file_write(c->wal_path, &c->wal, c->wal.n);
	all_is_there(f, cut);
}

static void a_log_that_is_cut_is_found(void **state)
{
	struct fixture *f = *state;
	struct crashed c;
	size_t frames;

	store_close(&f->s); /* what made the store is not in the log */
	fixture_open(f, STORE_WRITE);
	fill(f);
	crash(f, &c);
	assert_true(c.wal.n > WAL_HEAD);
	frames = (c.wal.n - WAL_HEAD) / WAL_FRAME;
	assert_true(frames > 40);
	for (size_t n = 0; n < frames; n++) {
		try_cut(f, &c, WAL_HEAD + n * WAL_FRAME);
		try_cut(f, &c, WAL_HEAD + n * WAL_FRAME + WAL_FRAME / 2);
	}
	try_cut(f, &c, 0);
	try_cut(f, &c, WAL_HEAD / 2);
	lay_down(f, &c, c.wal.n);
	all_is_there(f, c.wal.n);
	faults_note("logs of the store, cut", (long)(2 * frames + 2), 0, 0);
	free(c.store.p);
	free(c.wal.p);
	free(c.witness.p);
}

static void a_damaged_note_is_said_and_holds_up_no_other(void **state)
{
	struct fixture *f = *state;
	struct buf words BUF_AUTO, findings BUF_AUTO;
	struct store_note *v;
	size_t n;

	buf_init(&words, 1000);
	buf_init(&findings, 1000);
	fill(f);
	begin(f);
	add_note(f, 1, NOTE_INBOUND, "");
	commit(f);
	tamper(f, "UPDATE note SET words = substr(words, 1, length(words) / 2) WHERE id = 1");
	fixture_open(f, STORE_WRITE);
	OK(f, store_note_list(f->s, 1, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(v[0].damaged && span_is(v[0].text, STORE_NOTE_DAMAGED) &&
		    span_is(v[0].reply, STORE_NOTE_DAMAGED));
	assert_true(!v[1].damaged && span_is(v[1].text, "text") && span_is(v[1].reply, "reply"));
	OK(f, store_note_page(f->s, 1, 0, 9, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && !v[0].damaged && v[1].damaged);
	OK(f, store_note_words(f->s, 1, 100, &words, &f->e));
	assert_true(span_is(buf_span(&words), "reply\n"));
	OK(f, store_check(f->s, &findings, &f->e));
	assert_true(span_find(buf_span(&findings), SPAN("note 1 of case 1: does not unpack")) !=
		    SIZE_MAX);
	assert_true(span_find(buf_span(&findings), SPAN("note 2")) == SIZE_MAX);
}

static void a_note_that_is_no_text_is_damaged(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	struct store_note *v;
	size_t n;

	buf_init(&findings, 1000);
	fill(f);
	tamper(f, "UPDATE note SET words = CAST(x'ff' || substr(words, 2) AS BLOB) WHERE id = 1");
	fixture_open(f, STORE_WRITE);
	OK(f, store_note_list(f->s, 1, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].damaged && span_is(v[0].text, STORE_NOTE_DAMAGED) &&
		    span_is(v[0].reply, STORE_NOTE_DAMAGED));
	OK(f, store_check(f->s, &findings, &f->e));
	assert_true(span_find(buf_span(&findings), SPAN("note 1 of case 1: is not UTF-8")) !=
		    SIZE_MAX);
}

static void what_was_shown_and_is_damaged_is_named(void **state)
{
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	const char *line = "what staff were shown of the case";

	buf_init(&findings, 1000);
	fill(f);
	begin(f);
	for (int i = 0; i < 3; i++)
		OK(f, store_shown_add(f->s, 2, NOW, (struct span){ line, strlen(line) - (size_t)i },
				      &f->e));
	commit(f);
	tamper(f, "UPDATE shown SET lines = substr(lines, 1, length(lines) / 2) WHERE id = 1;"
		  "UPDATE shown SET lines = CAST('W' || substr(lines, 2) AS BLOB) WHERE id = 3");
	fixture_open(f, STORE_WRITE);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_true(span_starts(buf_span(&findings), SPAN("shown 1 of case 2: does not unpack: ")));
	assert_true(span_ends_ci(buf_span(&findings),
				 SPAN("\nshown 3 of case 2: the lines are not those kept\n")));
	assert_true(span_find(buf_span(&findings), SPAN("shown 2")) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(each_page_that_is_damaged_is_found),
		STORE_TEST(a_log_that_is_cut_is_found),
		STORE_TEST(a_damaged_note_is_said_and_holds_up_no_other),
		STORE_TEST(a_note_that_is_no_text_is_damaged),
		STORE_TEST(what_was_shown_and_is_damaged_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
