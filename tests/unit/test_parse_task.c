#include "tests/unit/unit.h"

#include <dirent.h>

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
static void ask_a_liar(struct parse_task *t)
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
	assert_int_equal(parse_task_answer(t, &a, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
}

static void an_answer_that_is_not_believed_leaves_nothing_behind(void **state)
{
	size_t before = open_descriptors();
	struct parse_tasks tasks;
	struct parse_task *t;

	(void)state;
	parse_tasks_init(&tasks);
	t = task_in(&tasks);
	for (int large = 0; large < 2; large++) {
		t->large = large;
		for (int i = 0; i < 3; i++)
			ask_a_liar(t);
	}
	parse_tasks_release(&tasks);
	assert_int_equal(open_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_that_is_not_believed_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
