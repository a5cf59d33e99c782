#include "tests/unit/unit.h"

#include <poll.h>
#include <stdbool.h>

#include "gatewayd/base/handoff.h"

enum { ITEMS = 2000, TAKERS = 4 };

struct item {
	struct handoff_item link;
	int number;
};

static bool is_readable(const struct handoff *h)
{
	struct pollfd fd = { .fd = h->fd, .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void items_come_in_order_and_the_descriptor_tells(void **state)
{
	struct item items[3] = { { .number = 0 }, { .number = 1 }, { .number = 2 } };
	struct handoff h;
	struct err e;

	(void)state;
	assert_int_equal(handoff_init(&h, &e), 0);
	assert_false(is_readable(&h));
	assert_null(handoff_take(&h));
	for (int k = 0; k < 3; k++)
		handoff_give(&h, &items[k].link);
	for (int k = 0; k < 3; k++) {
		assert_true(is_readable(&h));
		assert_int_equal(((struct item *)handoff_take(&h))->number, k);
	}
	assert_false(is_readable(&h));
	handoff_release(&h);
}

static void those_that_are_given_together_stand_behind_the_others(void **state)
{
	struct item items[4] = {
		{ .number = 0 }, { .number = 1 }, { .number = 2 }, { .number = 3 }
	};
	struct handoff h;
	struct err e;

	(void)state;
	assert_int_equal(handoff_init(&h, &e), 0);
	for (int round = 0; round < 2; round++) {
		if (round)
			handoff_give(&h, &items[0].link);
		items[1].link.next = &items[2].link;
		items[2].link.next = &items[3].link;
		handoff_give_all(&h, &items[1].link, &items[3].link);
		for (int k = !round; k < 4; k++) {
			assert_true(is_readable(&h));
			assert_int_equal(((struct item *)handoff_take(&h))->number, k);
		}
		assert_false(is_readable(&h));
		assert_null(handoff_take(&h));
	}
	handoff_release(&h);
}

struct crowd {
	struct handoff work, done;
};

static void *take_all(void *ctx)
{
	struct crowd *c = ctx;

	for (;;) {
		struct handoff_item *item = handoff_take(&c->work);
		bool last;

		if (!item) {
			handoff_wait(&c->work, -1);
			continue;
		}
		last = ((struct item *)item)->number < 0;
		handoff_give(&c->done, item);
		if (last)
			return NULL;
	}
}

static void each_item_is_taken_once_by_many_threads(void **state)
{
	static struct item items[ITEMS + TAKERS];
	pthread_t threads[TAKERS];
	struct handoff_item *item;
	struct crowd c;
	struct err e;
	int seen = 0;
	long sum = 0;

	(void)state;
	assert_int_equal(handoff_init(&c.work, &e), 0);
	assert_int_equal(handoff_init(&c.done, &e), 0);
	for (int k = 0; k < TAKERS; k++)
		assert_int_equal(pthread_create(&threads[k], NULL, take_all, &c), 0);
	for (int k = 0; k < ITEMS + TAKERS; k++) {
		items[k].number = k < ITEMS ? k : -1;
		handoff_give(&c.work, &items[k].link);
	}
	for (int k = 0; k < TAKERS; k++)
		pthread_join(threads[k], NULL);
	for (; (item = handoff_take(&c.done)) != NULL; seen++)
		sum += ((struct item *)item)->number;
	assert_int_equal(seen, ITEMS + TAKERS);
	assert_int_equal(sum, (long)ITEMS * (ITEMS - 1) / 2 - TAKERS);
	handoff_release(&c.work);
	handoff_release(&c.done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_in_order_and_the_descriptor_tells),
		cmocka_unit_test(those_that_are_given_together_stand_behind_the_others),
		cmocka_unit_test(each_item_is_taken_once_by_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
