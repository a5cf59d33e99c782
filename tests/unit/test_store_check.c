#include "tests/store/fixture.h"

static const char *findings(struct fixture *f)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 10000);
	OK(f, store_check(f->s, &out, &f->e));
	return arena_cstr(&f->a, buf_span(&out));
}

static int64_t opened_case(struct fixture *f)
{
	struct store_case c = a_case();
	struct store_event ev = {
		.at = NOW, .type = SPAN("opened"), .actor = SPAN("policy"), .data = SPAN("{}")
	};

	ev.case_number = open_case(f, &c);
	OK(f, store_event_add(f->s, &ev, &f->e));
	return ev.case_number;
}

static void a_sound_store_has_no_findings(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one@example.com");
	int64_t number, note;

	assert_string_equal(findings(f), "");
	begin(f);
	number = opened_case(f);
	note = add_note(f, number, NOTE_INBOUND, "one@example.com");
	OK(f, store_mail_finish(f->s, keep(f, &m, SPAN("raw")), MAIL_NOTE, SPAN("token"), number,
				note, &f->e));
	queue_mail(f, number, NOW, "two@example.com");
	commit(f);
	assert_string_equal(findings(f), "");
}

static void each_thing_wrong_is_a_line(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one@example.com"), copy = a_mail(2, "one@example.com"),
			  third = a_mail(3, "");
	struct store_account account = { .id = SPAN("acme"), .reseller = SPAN("gone") };
	struct store_case c = a_case();
	const char *text;

	begin(f);
	opened_case(f);
	c.number = open_case(f, &c);
	c.merged_into = c.number;
	OK(f, store_case_update(f->s, &c, &f->e));
	OK(f, store_mail_finish(f->s, keep(f, &m, SPAN("a")), MAIL_CASE, SPAN("x"), 0, 0, &f->e));
	OK(f, store_mail_finish(f->s, keep(f, &copy, SPAN("b")), MAIL_NOTE, SPAN("x"), 1,
				add_note(f, 2, NOTE_INBOUND, ""), &f->e));
	OK(f, store_mail_finish(f->s, keep(f, &third, SPAN("c")), MAIL_DROPPED, SPAN(""), 0, 0,
				&f->e));
	queue_mail(f, 1, NOW, "x@y");
	queue_mail(f, 2, NOW, "x@y");
	OK(f, store_account_put(f->s, &account, &f->e));
	commit(f);
	text = findings(f);
	assert_string_equal(text, "mail 1: state case without what it names\n"
				  "mail 3: state dropped without a reason\n"
				  "mail 2: its note 1 is on case 2\n"
				  "mails 1 and 2: the same message has two effects\n"
				  "outbox 1: 2 rows with its Message-ID\n"
				  "case 2: no event\n"
				  "case 2: merged into itself\n"
				  "account acme: no such account: gone\n");
}

static void a_backup_is_a_store_and_the_first_stays_open(void **state)
{
	struct fixture *f = *state;
	struct store_counts c;
	struct store_copy *copy;
	char path[128];

	snprintf(path, sizeof(path), "%s/copy.db", f->folder);
	begin(f);
	opened_case(f);
	REFUSED(f, ERR_BUG, store_copy_begin(f->s, &copy, &f->e));
	commit(f);
	fixture_backup(f, path);
	begin(f);
	opened_case(f);
	commit(f);
	store_close(&f->s);
	OK(f, store_open(path, STORE_COPY, &f->s, &f->e));
	OK(f, store_count(f->s, &c, &f->e));
	assert_int_equal(c.cases, 1);
	assert_string_equal(findings(f), "");
}

/* Also what was written in front of the page that the copy has reached. */
static void a_copy_in_steps_has_what_was_committed_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct store_copied copied = { 0 };
	struct store_counts c;
	struct store_copy *copy;
	char path[128];
	int64_t steps = 0;

	snprintf(path, sizeof(path), "%s/copy.db", f->folder);
	begin(f);
	opened_case(f);
	commit(f);
	OK(f, store_copy_begin(f->s, &copy, &f->e));
	while (store_copy_step(f->s, copy, 1, &copied, &f->e) == 1) {
		if (steps++ % 10)
			continue;
		begin(f);
		opened_case(f);
		commit(f);
	}
	assert_int_equal(copied.done, copied.total);
	assert_true(steps > 20);
	fixture_copy_end(f, copy, path);
	OK(f, store_count(f->s, &c, &f->e));
	steps = c.cases;
	store_close(&f->s);
	OK(f, store_open(path, STORE_COPY, &f->s, &f->e));
	OK(f, store_count(f->s, &c, &f->e));
	assert_int_equal(c.cases, steps);
	assert_string_equal(findings(f), "");
}

static void a_copy_that_is_dropped_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_copied copied;
	struct store_copy *copy;
	struct dirent *entry;
	DIR *folder;

	OK(f, store_copy_begin(f->s, &copy, &f->e));
	assert_int_equal(store_copy_step(f->s, copy, 1, &copied, &f->e), 1);
	OK(f, store_copy_end(f->s, &copy, NULL, &f->e));
	assert_null(copy);
	folder = opendir(f->folder);
	while ((entry = readdir(folder)) != NULL)
		assert_null(strstr(entry->d_name, "copy"));
	closedir(folder);
	begin(f);
	opened_case(f);
	commit(f);
}

static int copy_of(struct fixture *f)
{
	struct store_copied copied;
	struct store_copy *copy;
	int fd;

	OK(f, store_copy_begin(f->s, &copy, &f->e));
	OK(f, store_copy_step(f->s, copy, -1, &copied, &f->e));
	OK(f, store_copy_end(f->s, &copy, &fd, &f->e));
	return fd;
}

static const char *findings_in(struct fixture *f, int fd)
{
	struct store *copy STORE_AUTO = NULL;
	struct buf out BUF_AUTO;

	buf_init(&out, 10000);
	OK(f, store_open_copy(fd, &copy, &f->e));
	OK(f, store_check(copy, &out, &f->e));
	return arena_cstr(&f->a, buf_span(&out));
}

/* Nothing is written into it, and the store is not asked. */
static void a_copy_is_looked_at_by_its_descriptor(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	char before[8192], after[8192];
	int sound, wrong;

	begin(f);
	opened_case(f);
	commit(f);
	sound = copy_of(f);
	begin(f);
	open_case(f, &c);
	commit(f);
	wrong = copy_of(f);
	store_close(&f->s);
	assert_int_equal(pread(sound, before, sizeof(before), 0), sizeof(before));
	assert_string_equal(findings_in(f, sound), "");
	assert_string_equal(findings_in(f, wrong), "case 2: no event\n");
	assert_int_equal(pread(sound, after, sizeof(after), 0), sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
	close(sound);
	close(wrong);
}

static void a_damaged_copy_is_found_out(void **state)
{
	struct fixture *f = *state;
	struct store *copy = NULL;
	char page[4096];
	struct buf out BUF_AUTO;
	int fd;

	buf_init(&out, 100000);
	begin(f);
	opened_case(f);
	commit(f);
	fd = copy_of(f);
	memset(page, 0xaa, sizeof(page));
	for (int k = 1; k < 40; k++)
		assert_int_equal(pwrite(fd, page, sizeof(page), k * 4096L), sizeof(page));
	if (store_open_copy(fd, &copy, &f->e) == 0 && store_check(copy, &out, &f->e) == 0)
		assert_true(span_find(buf_span(&out), SPAN("file: ")) == 0);
	else
		assert_int_equal(f->e.class, ERR_TEMP);
	store_close(&copy);
	assert_int_equal(ftruncate(fd, 0), 0);
	REFUSED(f, ERR_PERM, store_open_copy(fd, &copy, &f->e));
	close(fd);
}

/* Of an earlier process that was killed between the making of the file and the loss of its name. */
static void what_a_kill_left_of_a_copy_goes_with_the_next(void **state)
{
	struct fixture *f = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s.copy-", f->path);
	fclose(fopen(path, "we"));
	close(copy_of(f));
	assert_int_equal(access(path, F_OK), -1);
}

static void counts_are_those_of_the_tables(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, ""), other = a_mail(2, "");
	struct store_case c = a_case();
	struct store_counts got;
	int64_t failed;

	begin(f);
	open_case(f, &c);
	c.state = CASE_CLOSED;
	open_case(f, &c);
	keep(f, &m, SPAN("raw"));
	OK(f, store_mail_finish(f->s, keep(f, &other, SPAN("raw")), MAIL_QUARANTINED, SPAN("x"), 0,
				0, &f->e));
	queue_mail(f, 0, NOW, "");
	failed = queue_mail(f, 0, NOW, "");
	OK(f, store_outbox_result(f->s, failed, OUTBOX_FAILED, NOW, 0, 550, SPAN("no"), &f->e));
	commit(f);
	OK(f, store_count(f->s, &got, &f->e));
	assert_true(got.mails == 2 && got.mails_pending == 1 && got.quarantined == 1);
	assert_true(got.cases == 2 && got.cases_open == 1);
	assert_true(got.outbox_queued == 1 && got.outbox_failed == 1);
	assert_true(got.accounts == 0 && got.articles == 0 && got.bytes > 0);
}

/* Put again, an account or an article is no other; what is removed or swept is gone. */
static void accounts_and_articles_are_counted_as_they_come_and_go(void **state)
{
	struct fixture *f = *state;
	static const struct store_article articles[] = {
		{ SPAN_LITERAL("a"), SPAN_LITERAL("A"), SPAN_LITERAL(""), SPAN_LITERAL("x"), 0, 0 },
		{ SPAN_LITERAL("b"), SPAN_LITERAL("B"), SPAN_LITERAL(""), SPAN_LITERAL("y"), 0, 0 },
	};
	struct store_account account = { .id = SPAN("acme"), .name = SPAN("Acme") };
	struct store_counts got;
	struct buf found BUF_AUTO;
	size_t swept;

	buf_init(&found, 1000);
	begin(f);
	for (int i = 0; i < 2; i++) {
		OK(f, store_account_put(f->s, &account, &f->e));
		for (int k = i; k < 2; k++)
			OK(f, store_article_put(f->s, &articles[k], &f->e));
		if (i == 0) {
			commit(f);
			begin(f);
			OK(f, store_article_sweep(f->s, &swept, &f->e));
		}
	}
	account.id = SPAN("other");
	OK(f, store_account_put(f->s, &account, &f->e));
	commit(f);
	OK(f, store_count(f->s, &got, &f->e));
	assert_true(got.accounts == 2 && got.articles == 2);
	begin(f);
	OK(f, store_account_remove(f->s, SPAN("acme"), &f->e));
	OK(f, store_article_sweep(f->s, &swept, &f->e));
	assert_int_equal(swept, 1);
	commit(f);
	OK(f, store_count(f->s, &got, &f->e));
	assert_true(got.accounts == 1 && got.articles == 1);
	OK(f, store_check(f->s, &found, &f->e));
	assert_int_equal(found.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_sound_store_has_no_findings),
		STORE_TEST(each_thing_wrong_is_a_line),
		STORE_TEST(a_backup_is_a_store_and_the_first_stays_open),
		STORE_TEST(a_copy_in_steps_has_what_was_committed_meanwhile),
		STORE_TEST(a_copy_that_is_dropped_leaves_nothing),
		STORE_TEST(a_copy_is_looked_at_by_its_descriptor),
		STORE_TEST(a_damaged_copy_is_found_out),
		STORE_TEST(what_a_kill_left_of_a_copy_goes_with_the_next),
		STORE_TEST(counts_are_those_of_the_tables),
		STORE_TEST(accounts_and_articles_are_counted_as_they_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
