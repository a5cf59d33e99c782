#include "tests/store/fixture.h"

#include <dirent.h>
#include <fcntl.h>

#include "gatewayd/base/memfd.h"
#include "gatewayd/core/parse_task.h"

static size_t open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static struct parse_task *task_in(struct parse_tasks *v)
{
	struct store_mail mail = { .id = 1 };
	struct memory raw;

	memory_copy(&raw, SPAN("a mail"));
	return parse_tasks_add(v, &mail, &raw);
}

/* Such an answer ends the child; the next one gets the mail. */
static void ask_a_liar(struct parse_tasks *v, struct parse_task *t)
{
	struct parse_talk_answer a = { .mail = 1, .body = 1 };
	struct parse_talk_order order;
	struct err e;

	assert_int_equal(parse_task_order(t, &order, &e), 0);
	a.is_here = order.out_fd < 0;
	if (a.is_here)
		a.here = SPAN("no facts");
	else
		assert_int_equal(memfd_write(order.out_fd, SPAN("no facts"), &e), 0);
	assert_int_equal(parse_task_answer(v, t, &a, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
}

static void an_answer_that_is_not_believed_leaves_nothing_behind(void **state)
{
	size_t before = open_descriptors();
	struct parse_tasks tasks;
	struct parse_task *t;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	t = task_in(&tasks);
	for (int large = 0; large < 2; large++) {
		t->large = large;
		for (int i = 0; i < 3; i++)
			ask_a_liar(&tasks, t);
	}
	parse_tasks_release(&tasks);
	assert_int_equal(open_descriptors(), before);
}

/* What a child says of a file that stands in the mail from `offset` on. */
static int told(bool large, uint64_t offset, uint64_t length, uint64_t size,
		enum facts_standing standing)
{
	static const struct span mail = SPAN_LITERAL("text YWJjZA==\r\n");
	struct facts_attachment file = { .content_type = SPAN("a/b"),
					 .size = size,
					 .standing = standing,
					 .raw_offset = offset,
					 .raw_length = length };
	struct facts facts = { .kind_reason = SPAN(""),
			       .text = SPAN(""),
			       .reply = SPAN(""),
			       .attachments = &file,
			       .attachment_count = 1 };
	struct parse_talk_answer a = { .mail = 1 };
	struct parse_talk_order order;
	struct parse_tasks tasks;
	struct parse_task *t;
	struct buf encoded BUF_AUTO;
	struct memory raw;
	struct err e = { 0 };
	int result;

	buf_init(&encoded, 1 << 16);
	facts_encode(&facts, &encoded);
	parse_tasks_init(&tasks, NULL);
	memory_copy(&raw, mail);
	t = parse_tasks_add(&tasks, &(struct store_mail){ .id = 1 }, &raw);
	t->large = large;
	assert_int_equal(parse_task_order(t, &order, &e), 0);
	a.facts = (int64_t)encoded.n;
	a.is_here = !large;
	a.here = large ? SPAN_NONE : buf_span(&encoded);
	if (large)
		assert_int_equal(memfd_write(order.out_fd, buf_span(&encoded), &e), 0);
	result = parse_task_answer(&tasks, t, &a, &e);
	assert_true(result == 0 || e.class == ERR_PERM);
	parse_tasks_release(&tasks);
	return result;
}

static void a_file_stands_where_it_is_said_to_or_the_child_lies(void **state)
{
	(void)state;
	assert_int_equal(told(false, 5, 10, 4, FACTS_RAW_BASE64), 0);
	assert_int_equal(told(false, 5, 8, 4, FACTS_RAW_BASE64), 0);
	assert_int_equal(told(false, 5, 10, 10, FACTS_RAW), 0);
	assert_int_equal(told(false, 5, 10, 3, FACTS_RAW_BASE64), -1);
	assert_int_equal(told(false, 5, 10, 5, FACTS_RAW_BASE64), -1);
	assert_int_equal(told(false, 5, 10, 9, FACTS_RAW), -1);
	assert_int_equal(told(false, 3, 12, 4, FACTS_RAW_BASE64), -1); /* with words */
	assert_int_equal(told(false, 5, 11, 4, FACTS_RAW_BASE64), -1); /* past the mail */
	/* In memory it has to write all down. */
	assert_int_equal(told(true, 5, 10, 4, FACTS_RAW_BASE64), -1);
}

/* Whatever its length: in a message there would be none of its bytes. */
static void a_mail_in_memory_goes_as_memory_and_has_its_bytes_while_it_is_open(void **state)
{
	struct parse_talk_order order;
	struct parse_tasks tasks;
	struct parse_task *t;
	struct memory raw;
	struct err e;
	int fd;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	assert_int_equal(memfd_of(SPAN("a mail"), &fd, &e), 0);
	assert_int_equal(memory_take(&raw, fd, 100, &e), 0);
	t = parse_tasks_add(&tasks, &(struct store_mail){ .id = 1 }, &raw);
	assert_int_equal(tasks.bytes, 6);
	assert_int_equal(parse_task_order(t, &order, &e), 0);
	assert_int_equal(order.raw_fd, fd);
	assert_int_equal(order.out_fd, -1);
	assert_int_equal(order.size, 6);
	assert_int_equal(parse_task_open(&tasks, t, &e), 0);
	assert_true(span_eq(t->job.raw, SPAN("a mail")));
	parse_task_close(t);
	assert_null(t->job.raw.p);
	assert_int_equal(t->job.raw.n, 6);
	parse_tasks_release(&tasks);
}

/* Whether it is of staff says who may read it: without its bytes nobody may. */
static void a_mail_whose_bytes_cannot_be_had_is_no_task(void **state)
{
	struct fixture *f = *state;
	const char *address[] = { "sam@staff.test" };
	struct conf_staff sam = { .addresses = { .v = address, .n = 1 } };
	struct conf conf = { .staff = &sam, .staff_count = 1 };
	struct desk d = { .conf = &conf, .store = f->s, .now = NOW, .arena = &f->a };
	struct store_mail mail = { .id = 1, .from = SPAN("Sam <sam@staff.test>") };
	struct parse_tasks tasks;
	struct memory raw;
	struct err e;
	int fd;

	parse_tasks_init(&tasks, NULL);
	for (int is_whole = 0; is_whole < 2; is_whole++) {
		assert_int_equal(memfd_of(SPAN("From: sam@staff.test\n\n"), &fd, &e), 0);
		assert_int_equal(memory_take(&raw, fd, 100, &e), 0);
		raw.bytes.n += !is_whole;
		assert_int_equal(parse_tasks_take(&tasks, &d, &mail, &raw, &e), is_whole - 1);
		assert_int_equal(tasks.n, is_whole);
		assert_true(is_whole || e.class == ERR_TEMP);
		assert_true(is_whole == (fcntl(fd, F_GETFD) >= 0));
	}
	parse_tasks_release(&tasks);
}

static struct parse_task *parsed_in(struct parse_tasks *v, int64_t id, const char *answers)
{
	struct store_mail mail = { .id = id };
	struct memory raw;
	struct parse_task *t;

	memory_copy(&raw, SPAN("a mail"));
	t = parse_tasks_add(v, &mail, &raw);
	t->job.facts.in_reply_to = span_of(answers);
	parse_tasks_turn(v, t, TASK_PARSED);
	return t;
}

static void decide_nothing(struct desk *d, struct parse_tasks *v)
{
	enum decided what;
	struct err e;

	assert_int_equal(parse_tasks_decide(d, v, DECIDE_NOW, &what, &e), 0);
	assert_int_equal(what, DECIDED_NONE);
}

static bool is_ready(struct desk *d, struct parse_tasks *v)
{
	struct err e;
	bool any;

	assert_int_equal(parse_tasks_ready(d, v, &any, &e), 0);
	return any;
}

static void an_answer_waits_for_the_decision_about_what_it_answers(void **state)
{
	struct fixture *f = *state;
	struct desk d = { .store = f->s, .now = NOW, .arena = &f->a };
	struct store_mail first = a_mail(1, "first@x"), second = a_mail(2, "second@x");
	struct parse_tasks tasks;
	struct parse_task *t;
	int64_t asked, answer;

	begin(f);
	asked = keep(f, &first, SPAN("first"));
	answer = keep(f, &second, SPAN("second"));
	commit(f);
	parse_tasks_init(&tasks, NULL);
	t = parsed_in(&tasks, answer, "first@x");
	assert_true(is_ready(&d, &tasks));
	decide_nothing(&d, &tasks);
	assert_int_equal(t->state, TASK_HELD);
	assert_false(is_ready(&d, &tasks));
	begin(f);
	OK(f, store_mail_finish(f->s, asked, MAIL_CASE, SPAN(""), 0, 0, &f->e));
	commit(f);
	assert_true(is_ready(&d, &tasks));
	assert_int_equal(t->state, TASK_PARSED);
	parse_tasks_release(&tasks);
}

/* Of the rows that are read there is one over those that may be under way. */
static void so_many_rows_are_read_as_there_is_room_for(void **state)
{
	struct parse_tasks tasks;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	assert_int_equal(parse_tasks_rows(&tasks, false, 4, 0), 4 + 1);
	task_in(&tasks);
	assert_int_equal(parse_tasks_rows(&tasks, false, 4, 1), 3 + 1);
	assert_int_equal(parse_tasks_rows(&tasks, false, 4, 0), 1 + 3 + 1); /* it is read again */
	assert_int_equal(parse_tasks_rows(&tasks, true, 4, 1), 4 + 3 + 1);
	parse_tasks_release(&tasks);
}

static void add(struct parse_tasks *v, int64_t id)
{
	struct store_mail mail = { .id = id };
	struct memory raw;

	memory_copy(&raw, SPAN("a mail"));
	parse_tasks_add(v, &mail, &raw);
}

/* Whatever the order in which they came. */
static void mails_under_way_are_known(void **state)
{
	struct parse_tasks tasks;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	assert_false(parse_tasks_has(&tasks, 0));
	add(&tasks, 5);
	add(&tasks, 3);
	for (int64_t id = 2; id < 7; id++)
		assert_int_equal(parse_tasks_has(&tasks, id), id == 3 || id == 5);
	assert_int_equal(parse_tasks_rows(&tasks, false, 4, 4), 1 + 2 + 1);
	parse_tasks_release(&tasks);
	assert_false(parse_tasks_has(&tasks, 5));
}

static void is_whole(const struct parse_tasks *v, size_t n, int64_t last)
{
	size_t in[TASK_STATES] = { 0 }, count = 0;
	int64_t id = 0;

	for (const struct parse_task *t = v->first; t; t = t->next) {
		assert_true(t->job.mail.id > id); /* in their order */
		id = t->job.mail.id;
		in[t->state]++;
		count++;
	}
	assert_int_equal(count, n);
	assert_int_equal(v->n, n);
	assert_memory_equal(in, v->in, sizeof(in));
	assert_null(*v->last);
	if (last)
		assert_int_equal(id, last);
}

/* Whichever of them go, in whatever order. */
static void those_that_are_left_stay_in_their_order(void **state)
{
	struct parse_tasks tasks;
	int64_t id = 0;
	uint32_t seed = 1;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	for (int round = 0; round < 500; round++) {
		size_t left = 0;

		for (int i = round % 4; i >= 0; i--)
			add(&tasks, ++id);
		is_whole(&tasks, tasks.n, id);
		for (struct parse_task *t = tasks.first; t; t = t->next) {
			seed = seed * 1664525u + 1013904223u;
			parse_tasks_turn(&tasks, t, seed >> 30 ? TASK_DONE : TASK_PARSED);
			left += t->state == TASK_PARSED;
		}
		assert_int_equal(parse_tasks_any(&tasks, TASK_PARSED), left > 0);
		parse_tasks_drop(&tasks, TASK_DONE);
		is_whole(&tasks, left, 0);
		parse_tasks_drop(&tasks, TASK_WAITING);
		is_whole(&tasks, left, 0);
	}
	parse_tasks_release(&tasks);
	is_whole(&tasks, 0, 0);
}

/* The memory of one that is done is the next one's, and nothing else of it. */
static void a_task_begins_anew(void **state)
{
	struct parse_tasks tasks;
	struct parse_task *done, *next;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	add(&tasks, 1);
	done = parsed_in(&tasks, 2, "a@x");
	done->alone = done->strike = done->doomed = done->large = true;
	parse_tasks_turn(&tasks, done, TASK_DONE);
	parse_tasks_drop(&tasks, TASK_DONE);
	assert_int_equal(tasks.n, 1);
	add(&tasks, 3);
	next = tasks.first->next;
	assert_ptr_equal(next, done);
	assert_int_equal(next->state, TASK_WAITING);
	assert_false(next->alone || next->strike || next->doomed || next->large);
	assert_int_equal(next->out_fd, -1);
	assert_int_equal(next->job.facts.in_reply_to.n, 0);
	assert_false(parse_tasks_has(&tasks, 2));
	parse_tasks_turn(&tasks, tasks.first, TASK_DONE);
	parse_tasks_turn(&tasks, next, TASK_DONE);
	parse_tasks_drop(&tasks, TASK_DONE);
	assert_null(tasks.spare);
	assert_int_equal(tasks.bytes, 0);
	parse_tasks_release(&tasks);
}

static void hand(struct parse_tasks *v, struct crew_child *c, int64_t mail)
{
	struct parse_task *t = v->first;

	while (t->job.mail.id != mail)
		t = t->next;
	t->child = c;
	parse_tasks_turn(v, t, TASK_AT_CHILD);
}

static void answer(struct parse_tasks *v, struct crew_child *c, int64_t mail)
{
	struct parse_task *t = parse_tasks_at(v, c, mail);

	assert_non_null(t);
	assert_int_equal(t->job.mail.id, mail);
	parse_tasks_turn(v, t, TASK_DONE);
	assert_null(parse_tasks_at(v, c, mail));
}

/* In their order, before the last one that was answered, and when that is gone. */
static void an_answer_is_of_the_mail_that_was_handed_out(void **state)
{
	struct crew_child one = { .pid = 1 }, other = { .pid = 2 };
	struct parse_tasks tasks;

	(void)state;
	parse_tasks_init(&tasks, NULL);
	for (int64_t id = 1; id <= 6; id++) {
		add(&tasks, id);
		hand(&tasks, id == 5 ? &other : &one, id);
	}
	answer(&tasks, &one, 2);
	answer(&tasks, &one, 4);
	answer(&tasks, &one, 3);
	answer(&tasks, &one, 1);
	assert_null(parse_tasks_at(&tasks, &one, 5));
	parse_tasks_drop(&tasks, TASK_DONE);
	add(&tasks, 7);
	assert_null(parse_tasks_at(&tasks, &one, 7));
	answer(&tasks, &other, 5);
	answer(&tasks, &one, 6);
	parse_tasks_drop(&tasks, TASK_DONE);
	hand(&tasks, &one, 7);
	answer(&tasks, &one, 7);
	parse_tasks_release(&tasks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_that_is_not_believed_leaves_nothing_behind),
		cmocka_unit_test(so_many_rows_are_read_as_there_is_room_for),
		cmocka_unit_test(those_that_are_left_stay_in_their_order),
		cmocka_unit_test(a_task_begins_anew),
		cmocka_unit_test(an_answer_is_of_the_mail_that_was_handed_out),
		cmocka_unit_test(mails_under_way_are_known),
		cmocka_unit_test(a_file_stands_where_it_is_said_to_or_the_child_lies),
		STORE_TEST(a_mail_in_memory_goes_as_memory_and_has_its_bytes_while_it_is_open),
		STORE_TEST(a_mail_whose_bytes_cannot_be_had_is_no_task),
		STORE_TEST(an_answer_waits_for_the_decision_about_what_it_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
