/*
 * When a mail says what it is known by beside its Message-ID, and that its copies are found however
 * late it does (gatewayd/README.md, invariant I2).
 */
#include "tests/store/behind.h"

#include "gatewayd/mail/mail_identify.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/mail/twin.h"
#include "gatewayd/person/job.h"
#include "store/pg.h"

enum { MANY = 60 };

/* Behind the program's back. */
static void change(struct fixture *f, const char *sql)
{
	PGresult *r;

	if (!f->schema.name[0]) {
		tamper(f, sql);
		fixture_open(f, STORE_WRITE);
		return;
	}
	r = PQexec(f->s->engine->c, sql);
	assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
	PQclear(r);
}

static struct desk desk_of(struct fixture *f)
{
	return (struct desk){ .store = f->s, .now = NOW, .arena = &f->a };
}

/* By that way, with that text below. */
static struct span a_letter(struct fixture *f, const char *id, const char *way, const char *text)
{
	return span_of(arena_printf(&f->a,
				    "Received: by %s\r\nFrom: ann@example.com\r\n%s%s%s"
				    "Subject: printer\r\n\r\n%s\r\n",
				    way, *id ? "Message-ID: <" : "", id, *id ? ">\r\n" : "", text));
}

static struct mail_job keep_letter(struct fixture *f, struct span raw)
{
	static uint32_t uid = 100;
	struct desk d = desk_of(f);
	struct mail_job job = { .raw = raw };
	bool is_new;

	job.mail.location = (struct store_location){ SPAN("support"), 7, uid++ };
	job.mail.received_at = NOW - 60;
	job.mail.size = (int64_t)raw.n;
	OK(f, mail_keep(&d, &job.mail, raw, &job.mail.id, &is_new, &f->e));
	assert_true(is_new);
	return job;
}

/* The earlier mail that is the same; 0: none.  It has its effect, or is a copy. */
static int64_t decide(struct fixture *f, const struct mail_job *job)
{
	struct desk d = desk_of(f);
	struct twin twin = { .proof = 3 };

	OK(f, twin_find(&d, job, &twin, &f->e));
	OK(f, store_mail_end(
		  f->s, job->mail.id,
		  &(struct store_mail_end){ .state = twin.same ? MAIL_DUPLICATE : MAIL_AUTO_FILED,
					    .reason = SPAN("why"),
					    .proof = 3 },
		  &f->e));
	return twin.same;
}

static struct mail_job came(struct fixture *f, const char *id, const char *way, const char *text)
{
	return keep_letter(f, a_letter(f, id, way, text));
}

static bool says(struct fixture *f, const struct mail_job *job)
{
	struct store_mail m;

	OK(f, store_mail_get(f->s, job->mail.id, &f->a, &m, &f->e));
	return store_mail_is_identified(&m);
}

static void a_mail_alone_says_nothing(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, other;

	begin(f);
	one = came(f, "1@example.com", "a", "It is jammed");
	other = came(f, "2@example.com", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	assert_int_equal(decide(f, &other), 0);
	assert_false(says(f, &one) || says(f, &other));
	commit(f);
}

static void a_copy_is_found_by_what_both_say_then(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, copy, other, alike;

	begin(f);
	one = came(f, "1@example.com", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	copy = came(f, "1@example.com", "b", "It is jammed");
	assert_int_equal(decide(f, &copy), one.mail.id);
	assert_true(says(f, &one) && says(f, &copy));
	other = came(f, "1@example.com", "b", "It is jammed again");
	assert_int_equal(decide(f, &other), 0);
	assert_true(says(f, &other));
	alike = came(f, "1@example.com", "c", "It is jammed again");
	assert_int_equal(decide(f, &alike), other.mail.id);
	commit(f);
}

static void what_came_first_may_be_decided_last(void **state)
{
	struct fixture *f = *state;
	struct mail_job v[3];

	begin(f);
	for (size_t i = 0; i < 3; i++)
		v[i] = came(f, "1@example.com", i ? "b" : "a", "It is jammed");
	assert_int_equal(decide(f, &v[2]), 0);
	assert_int_equal(decide(f, &v[0]), v[2].mail.id);
	assert_int_equal(decide(f, &v[1]), v[2].mail.id);
	commit(f);
}

/* It was decided while its copies were on their way, with lower numbers, by other nodes. */
static void another_node_may_keep_the_copy_later(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, early[4];

	begin(f);
	for (size_t i = 0; i < 4; i++)
		early[i] = came(f, arena_printf(&f->a, "hidden-%zu", i), "b", "It is jammed");
	one = came(f, "1@example.com", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	for (size_t i = 0; i < 4; i++) {
		struct mail_job job = early[i];

		job.mail.message_id = SPAN("1@example.com");
		job.raw = a_letter(f, "1@example.com", "b", "It is jammed");
		commit(f);
		change(f, arena_printf(
			      &f->a, "UPDATE mail SET message_id = '1@example.com' WHERE id = %lld",
			      (long long)job.mail.id));
		begin(f);
		assert_int_equal(decide(f, &job), one.mail.id);
	}
	assert_true(says(f, &one));
	commit(f);
}

static void of_many_with_one_message_id_each_copy_is_found(void **state)
{
	struct fixture *f = *state;
	struct mail_job v[MANY], copy;

	begin(f);
	for (int i = 0; i < MANY; i++) {
		v[i] = came(f, "1@example.com", "a", arena_printf(&f->a, "It is jammed, %d", i));
		assert_int_equal(decide(f, &v[i]), 0);
	}
	for (int i = 0; i < MANY; i++) {
		copy = came(f, "1@example.com", "b", arena_printf(&f->a, "It is jammed, %d", i));
		assert_int_equal(decide(f, &copy), v[i].mail.id);
		assert_true(says(f, &v[i]));
	}
	commit(f);
}

static void who_has_no_message_id_says_it_at_once(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, copy;

	begin(f);
	one = came(f, "", "a", "It is jammed");
	assert_true(says(f, &one));
	assert_int_equal(decide(f, &one), 0);
	copy = came(f, "", "b", "It is jammed");
	assert_int_equal(decide(f, &copy), one.mail.id);
	commit(f);
}

static void where_something_was_erased_it_is_said_at_once(void **state)
{
	struct fixture *f = *state;
	struct store_mail erased = a_mail(1, "gone@example.com"), m;
	struct mail_job one, copy;

	begin(f);
	OK(f, store_erased_mark_here(f->s, &erased, NOW, &f->e));
	one = came(f, "1@example.com", "a", "It is jammed");
	assert_true(says(f, &one));
	assert_int_equal(decide(f, &one), 0);
	OK(f, store_mail_get(f->s, one.mail.id, &f->a, &m, &f->e));
	OK(f, store_erased_mark_here(f->s, &m, NOW, &f->e));
	copy = came(f, "1@example.com", "b", "It is jammed");
	OK(f, store_mail_get(f->s, copy.mail.id, &f->a, &m, &f->e));
	assert_int_equal(m.state, MAIL_DROPPED);
	commit(f);
}

static void expire_all(struct fixture *f)
{
	struct store_expiry slice = {
		.before = NOW + 1, .limit = 100, .bytes = MIB, .identify = mail_identify
	};
	struct store_expired done;

	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	assert_false(done.is_damaged);
}

static void before_retention_takes_its_bytes_it_says_it(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, copy;

	begin(f);
	one = came(f, "1@example.com", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	expire_all(f);
	assert_true(says(f, &one));
	copy = came(f, "1@example.com", "b", "It is jammed");
	assert_int_equal(decide(f, &copy), one.mail.id);
	commit(f);
}

static void who_says_it_keeps_to_it(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, copy;
	struct store_mail wrong;

	begin(f);
	one = came(f, "", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	wrong = a_mail(1, "1@example.com");
	wrong.id = one.mail.id;
	OK(f, store_mail_identify(f->s, &wrong, &f->e));
	copy = came(f, "", "b", "It is jammed");
	assert_int_equal(decide(f, &copy), one.mail.id);
	commit(f);
}

static void what_cannot_be_read_is_like_no_other(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, next, copy;

	begin(f);
	one = came(f, "1@example.com", "a", "It is jammed, jammed, jammed, jammed, jammed");
	next = came(f, "2@example.com", "a", "It is jammed, jammed, jammed, jammed, jammed");
	assert_int_equal(decide(f, &one), 0);
	assert_int_equal(decide(f, &next), 0);
	commit(f);
	change(f, "UPDATE content SET bytes = substr(bytes, 1, length(bytes) - 9)");
	begin(f);
	copy = came(f, "1@example.com", "b", "It is jammed, jammed, jammed, jammed, jammed");
	assert_int_equal(decide(f, &copy), 0);
	expire_all(f);
	assert_true(says(f, &one) && says(f, &next));
	commit(f);
}

/* Of a person, and of somebody else in their case. */
static void who_is_erased_says_it_first(void **state)
{
	struct fixture *f = *state;
	struct desk d = desk_of(f);
	struct job job = { .d = &d, .row = { .at = NOW } };
	struct mail_job one, other, copy;
	struct store_mail m;

	person_words_init(&job.words, &f->a);
	begin(f);
	one = came(f, "1@example.com", "a", "It is jammed");
	other = came(f, "2@example.com", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	assert_int_equal(decide(f, &other), 0);
	OK(f, store_mail_get(f->s, other.mail.id, &f->a, &m, &f->e));
	OK(f, job_mail(&job, &m, false, &f->e));
	OK(f, store_mail_get(f->s, one.mail.id, &f->a, &m, &f->e));
	OK(f, job_mail(&job, &m, true, &f->e));
	copy = came(f, "2@example.com", "b", "It is jammed");
	assert_int_equal(decide(f, &copy), other.mail.id);
	copy = came(f, "1@example.com", "b", "It is jammed");
	OK(f, store_mail_get(f->s, copy.mail.id, &f->a, &m, &f->e));
	assert_int_equal(m.state, MAIL_DROPPED);
	commit(f);
}

static const char *wrong(struct fixture *f)
{
	struct buf out BUF_AUTO;

	buf_init(&out, KIB);
	OK(f, store_check(f->s, &out, &f->e));
	return arena_cstr(&f->a, buf_span(&out));
}

static void check_finds_who_should_say_it(void **state)
{
	struct fixture *f = *state;
	struct mail_job one, copy, gone, nameless;

	begin(f);
	one = came(f, "1@example.com", "a", "It is jammed");
	copy = came(f, "1@example.com", "b", "It is jammed again");
	gone = came(f, "2@example.com", "a", "It is jammed");
	nameless = came(f, "", "a", "It is jammed");
	assert_int_equal(decide(f, &one), 0);
	assert_int_equal(decide(f, &copy), 0);
	assert_int_equal(decide(f, &gone), 0);
	commit(f);
	assert_string_equal(wrong(f), "");
	begin(f);
	expire_all(f);
	assert_int_equal(decide(f, &nameless), 0);
	commit(f);
	assert_string_equal(wrong(f), "");
	change(f, "UPDATE mail SET identity = NULL WHERE id <> 2");
	for (int id = 1; id <= 4; id++)
		assert_true(
		    !strstr(wrong(f),
			    arena_printf(&f->a, "mail %d: nothing says which message it is\n",
					 id)) == (id == 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_mail_alone_says_nothing),
		STORE_TEST(a_copy_is_found_by_what_both_say_then),
		STORE_TEST(what_came_first_may_be_decided_last),
		STORE_TEST(another_node_may_keep_the_copy_later),
		STORE_TEST(of_many_with_one_message_id_each_copy_is_found),
		STORE_TEST(who_has_no_message_id_says_it_at_once),
		STORE_TEST(where_something_was_erased_it_is_said_at_once),
		STORE_TEST(before_retention_takes_its_bytes_it_says_it),
		STORE_TEST(who_says_it_keeps_to_it),
		STORE_TEST(what_cannot_be_read_is_like_no_other),
		STORE_TEST(who_is_erased_says_it_first),
		STORE_TEST(check_finds_who_should_say_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
