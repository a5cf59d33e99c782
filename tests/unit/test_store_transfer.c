/* A store copied into another place, on the same engine or, with STORE_ADDRESS, on another. */
#include "tests/store/behind.h"
#include "tests/store/fixture.h"
#include "tests/store/killed.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#define AUDIT                                                             \
	{                                                                 \
		.at = NOW, .channel = AUDIT_STORE, .who = SPAN("uid:0"),  \
		.action = SPAN("store copy"), .detail = SPAN("from here") \
	}

struct copied {
	struct store_transferred *v;
	size_t n;
	int64_t said; /* calls of progress */
};

static void count_call(void *ctx, enum store_transfer_phase phase, int64_t done, int64_t total)
{
	assert_true(done >= 0 && done <= total && phase <= TRANSFER_FINISH);
	++*(int64_t *)ctx;
}

static int transfer(struct fixture *f, const char *from, const char *to, struct copied *ret)
{
	struct store_transfer t = { from, to, AUDIT, count_call, &ret->said };

	return store_transfer(&t, &f->a, &ret->v, &ret->n, &f->e);
}

static const char *place(const struct fixture *f)
{
	return f->schema.name[0] ? f->schema.address : f->path;
}

static char *beside(struct fixture *f, const char *tail)
{
	return arena_printf(&f->a, "%s%s", f->path, tail);
}

static void merge(struct fixture *f, int64_t number, int64_t into)
{
	struct store_case c;

	OK(f, store_case_get(f->s, number, &f->a, &c, &f->e));
	c.merged_into = into;
	OK(f, store_case_update(f->s, &c, &f->e));
}

static void open_with_event(struct fixture *f)
{
	struct store_event ev = { .at = NOW, .type = SPAN("opened"), .data = SPAN("{}") };
	struct store_case c = a_case();

	ev.case_number = open_case(f, &c);
	OK(f, store_event_add(f->s, &ev, &f->e));
}

static const uint8_t somebody[MAC_SIZE] = { 1, 2, 3 };

static void erase(struct fixture *f)
{
	struct store_erasure_address row = { .address = SPAN("") };
	struct store_erasure er;

	memcpy(row.hash, somebody, sizeof(somebody));
	begin(f);
	OK(f, store_erasure_add(f->s, NOW, false, &er.id, &f->e));
	OK(f, store_erasure_address(f->s, er.id, &row, &f->e));
	OK(f, store_erasure_get(f->s, er.id, &f->a, &er, &f->e));
	er.done_at = NOW;
	OK(f, store_erasure_step(f->s, &er, &f->e));
	commit(f);
}

static int64_t erased_again(struct fixture *f, const char *of)
{
	char *list = store_erased_path(of);
	struct store *empty = NULL;
	struct store *txn;
	int64_t people;

	OK(f, store_open(beside(f, "_empty"), STORE_CREATE, &empty, &f->e));
	txn = empty;
	OK(f, store_begin(txn, &f->e));
	OK(f, store_erased_again(txn, list, NOW, &people, &f->e));
	store_close(&empty);
	free(list);
	return people;
}

static void who_copied_it_is_known(struct fixture *f)
{
	const struct store_audit_filter all = { .limit = 5 };
	struct store_audit *v;
	size_t n;

	OK(f, store_audit_list(f->s, &all, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
	assert_true(span_is(v[0].action, "store copy") && span_is(v[0].detail, "from here") &&
		    span_is(v[0].who, "uid:0") && v[0].at == NOW);
}

/* Two cases, one that refers to a later number, mails that were noted, words, and a gap. */
static void fill(struct fixture *f)
{
	struct store_mail m = a_mail(7, "a@example.com");

	begin(f);
	keep(f, &m, SPAN("Subject: \xff\r\n\r\nraw"));
	open_with_event(f);
	open_with_event(f);
	add_note(f, 1, NOTE_INBOUND, "a@example.com");
	queue_mail(f, 2, NOW, "b@example.com");
	OK(f, store_case_index(f->s, 1, SPAN("printer"), SPAN("it does not print"), &f->e));
	merge(f, 1, 2);
	commit(f);
	begin(f);
	OK(f, store_numbers_skip(f->s, &f->e));
	commit(f);
}

static const struct store_transferred *table(const struct copied *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].table, name) == 0)
			return &c->v[i];
	fail_msg("no table %s", name);
	return NULL;
}

static void same_tables(const struct copied *a, const struct copied *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->v[i].table, b->v[i].table);
		if (strcmp(a->v[i].table, "audit") == 0) {
			assert_int_equal(a->v[i].rows + 1, b->v[i].rows);
			continue;
		}
		assert_int_equal(a->v[i].rows, b->v[i].rows);
		assert_memory_equal(a->v[i].sha256, b->v[i].sha256, SHA256_SIZE);
	}
}

static void all_of_it_is_there_and_goes_on(void **state)
{
	struct fixture *f = *state;
	char *there = beside(f, "_there"), *back = beside(f, "_back");
	struct copied c = { 0 }, again = { 0 };
	uint8_t before[STORE_TAG_SIZE], after[STORE_TAG_SIZE];
	struct store_case one = a_case();
	const struct store_case_find any = { .account = { 0 }, .limit = 5 };
	struct store_hit *hits;
	int64_t last;
	size_t found;

	fill(f);
	erase(f);
	OK(f, store_identity(f->s, before, &f->e));
	OK(f, store_last_case(f->s, &last, &f->e));
	store_close(&f->s);
	OK(f, transfer(f, place(f), there, &c));
	assert_true(c.said > 10 && c.n > 40);
	assert_int_equal(table(&c, "cases")->rows, 2);
	OK(f, transfer(f, there, back, &again));
	same_tables(&c, &again);

	OK(f, store_open(there, STORE_WRITE, &f->s, &f->e));
	OK(f, store_identity(f->s, after, &f->e));
	assert_memory_equal(before, after, STORE_TAG_SIZE);
	who_copied_it_is_known(f);
	assert_int_equal(erased_again(f, there), 1);
	begin(f);
	assert_int_equal(open_case(f, &one), last + 1);
	commit(f);
	OK(f, store_case_find(f->s, SPAN("print"), &any, &f->a, &hits, &found, &f->e));
	assert_int_equal(found, 1);
}

static void check_is_content(struct fixture *f, const char *where)
{
	struct buf findings BUF_AUTO;
	struct store *s STORE_AUTO = NULL;

	buf_init(&findings, 64 * 1024);
	OK(f, store_open(where, STORE_WRITE, &s, &f->e));
	OK(f, store_check(s, &findings, &f->e));
	assert_string_equal(buf_cstr(&findings), "");
}

static void a_place_that_is_taken_is_refused(void **state)
{
	struct fixture *f = *state;
	char *there = beside(f, "_there"), *none = beside(f, "_none");
	struct copied c = { 0 };

	fill(f);
	REFUSED(f, ERR_TEMP, transfer(f, place(f), there, &c)); /* somebody has it open */
	store_close(&f->s);
	OK(f, transfer(f, place(f), there, &c));
	REFUSED(f, ERR_PERM, transfer(f, place(f), there, &c));
	assert_non_null(strstr(f->e.text, "not empty"));
	REFUSED(f, ERR_PERM, transfer(f, none, beside(f, "_other"), &c));
	check_is_content(f, there);
}

/* --- killed --- */

static bool is_step(uint64_t nr)
{
	return nr == SYS_fdatasync || nr == SYS_fsync || nr == SYS_rename || nr == SYS_unlink ||
	       nr == SYS_ftruncate || nr == SYS_sendto;
}

/* In a child that is killed before its n-th step; false: it came to its end. */
static bool killed_before(struct fixture *f, const char *from, const char *to, int n)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct copied c = { 0 };

		killed_child();
		if (transfer(f, from, to, &c) == 0)
			_exit(0);
		fprintf(stderr, "%s\n", f->e.text);
		_exit(1);
	}
	return killed_before_call(pid, n, is_step);
}

/* Killed there again and again until it comes to its end; how often. */
static int kill_and_go_on(struct fixture *f, const char *from, const char *to, int step)
{
	int killed = 0;

	for (; killed_before(f, from, to, step); killed++, step += step / 2) {
		struct store *s = NULL;

		/* No store yet: empty, half, or with a companion that says that it is begun. */
		if (store_open(to, STORE_READ, &s, &f->e) == 0) {
			struct store_counts c;

			OK(f, store_count(s, &c, &f->e));
			assert_true(c.cases == 0 || c.cases == 2);
			store_close(&s);
			if (c.cases == 2)
				return killed;
		}
	}
	return killed;
}

static void it_may_be_killed_at_each_step(void **state)
{
	static const int steps[] = { 3, 40, 90, 120 };
	struct fixture *f = *state;
	struct copied whole = { 0 }, found = { 0 };
	int killed = 0;

	fill(f);
	store_close(&f->s);
	OK(f, transfer(f, place(f), beside(f, "_whole"), &whole));
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		char *to = arena_printf(&f->a, "%s_%zu", f->path, i);

		killed += kill_and_go_on(f, place(f), to, steps[i]);
		check_is_content(f, to);
		OK(f, transfer(f, to, arena_printf(&f->a, "%s_copy", to), &found));
		same_tables(&whole, &found);
	}
	assert_true(killed >= 5);
}

static void end_before_finish(void *ctx, enum store_transfer_phase phase, int64_t done,
			      int64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	if (phase == TRANSFER_FINISH)
		_exit(0);
}

static void copy_rows_only(struct fixture *f, const char *to)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct store_transfer t = { place(f), to, AUDIT, end_before_finish, NULL };
		struct copied c;

		(void)store_transfer(&t, &f->a, &c.v, &c.n, &f->e);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A store that went on between two calls is seen, and the next call begins from the start. */
static void a_store_that_was_changed_is_copied_from_the_start(void **state)
{
	struct fixture *f = *state;
	char *to = beside(f, "_there");
	struct copied c = { 0 };

	fill(f);
	store_close(&f->s);
	copy_rows_only(f, to);
	fixture_open(f, STORE_WRITE);
	begin(f);
	merge(f, 2, 1);
	commit(f);
	store_close(&f->s);
	REFUSED(f, ERR_PERM, transfer(f, place(f), to, &c));
	assert_non_null(strstr(f->e.text, "changed since"));
	OK(f, transfer(f, place(f), to, &c));
	check_is_content(f, to);
}

/* What stands there is copied, not what it unpacks to. */
static void a_damaged_mail_is_copied_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "");
	struct store *copy STORE_AUTO = NULL;
	struct buf findings BUF_AUTO;
	char *to = beside(f, ".damaged");
	struct copied done = { 0 };

	buf_init(&findings, 10000);
	if (f->schema.name[0])
		return;
	begin(f);
	keep(f, &m, SPAN("the bytes of a mail"));
	commit(f);
	tamper(f, "UPDATE content SET bytes = substr(bytes, 1, 9)");
	OK(f, transfer(f, f->path, to, &done));
	OK(f, store_open(to, STORE_READ, &copy, &f->e));
	OK(f, store_check(copy, &findings, &f->e));
	assert_non_null(strstr(buf_cstr(&findings), "does not unpack"));
	assert_non_null(strstr(buf_cstr(&findings), "(mail 1)\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(all_of_it_is_there_and_goes_on),
		STORE_TEST(a_place_that_is_taken_is_refused),
		STORE_TEST(it_may_be_killed_at_each_step),
		STORE_TEST(a_store_that_was_changed_is_copied_from_the_start),
		STORE_TEST(a_damaged_mail_is_copied_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
