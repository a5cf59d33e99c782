#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"

#include "gatewayd/base/arena.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/lanes_seen.h"
#include "gatewayd/sender/lanes.h"

enum { MOST = 16, DOMAINS_MAX = 70, STEP_MS = 1000 };

/* The sender's lanes, and core that claims what they have room for. */
struct fixture {
	struct lanes lanes;
	struct lanes_seen seen;
	struct arena arena;
	struct lanes_mail *out[MOST];
	size_t out_count, claimed, back, sent[DOMAINS_MAX];
	int64_t now_ms;
	char names[DOMAINS_MAX][16];
	bool waits; /* for its server: begins nothing */
};

static size_t dry; /* domains from 0 on that have no rows */

static size_t number_of(struct span name)
{
	return (size_t)atoi(name.p + 1);
}

/* In place of the store's: all rows that are asked for are due. */
int store_outbox_claim_domain(struct store *s, struct span domain, int64_t now, int limit,
			      struct arena *a, struct store_outbox **ret_v, size_t *ret_n,
			      struct err *e)
{
	struct store_outbox *v = NULL;
	size_t n = 0, all = number_of(domain) < dry ? 0 : (size_t)limit;

	(void)s, (void)now, (void)e;
	while (n < all) {
		ARENA_GROW(a, v, n);
		v[n++] = (struct store_outbox){ .domain = domain };
	}
	*ret_v = v;
	*ret_n = n;
	return 0;
}

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof(*f));

	*f = (struct fixture){ .now_ms = 1000 };
	lanes_init(&f->lanes, MOST);
	arena_init(&f->arena);
	for (size_t i = 0; i < DOMAINS_MAX; i++)
		snprintf(f->names[i], sizeof(f->names[i]), "d%zu.test", i);
	dry = 0;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *m;

	while ((m = lanes_drop(&f->lanes)) != NULL)
		mem_free(&m);
	for (size_t i = 0; i < f->out_count; i++)
		mem_free(&f->out[i]);
	lanes_release(&f->lanes);
	lanes_seen_release(&f->seen);
	arena_release(&f->arena);
	mem_free(&f);
	return 0;
}

static void dispatch(struct fixture *f)
{
	struct lanes_mail *m;

	while (!f->waits && (m = lanes_begin(&f->lanes, f->now_ms)) != NULL) {
		lanes_asked(m, f->now_ms);
		f->out[f->out_count++] = m;
	}
	while (!f->waits && (m = lanes_back(&f->lanes)) != NULL) {
		f->back++;
		mem_free(&m);
	}
}

static void give(struct fixture *f, struct span domain)
{
	struct lanes_mail *m = mem_alloc(sizeof(*m));

	*m = (struct lanes_mail){ .recipient = SPAN("p"), .domain = domain };
	assert_true(lanes_add(&f->lanes, m, f->now_ms));
	dispatch(f);
}

static void end(struct fixture *f, size_t at, int64_t took_ms)
{
	struct lanes_mail *m = f->out[at];

	f->sent[number_of(m->domain)]++;
	lanes_held(m, f->now_ms);
	m->took_ms = took_ms;
	lanes_end(&f->lanes, m, true, f->now_ms);
	mem_free(&m);
	f->out_count--;
	for (size_t i = at; i < f->out_count; i++)
		f->out[i] = f->out[i + 1];
	dispatch(f);
}

/* So that slow is not the rule. */
static void send_quick(struct fixture *f, size_t n)
{
	while (n--) {
		give(f, span_of(f->names[0]));
		end(f, f->out_count - 1, 1);
	}
}

/* From the second domain on: the first is what is quick. */
static void make_slow(struct fixture *f, size_t domains)
{
	for (size_t i = 1; i <= domains; i++) {
		send_quick(f, 20);
		give(f, span_of(f->names[i]));
		end(f, 0, 5000);
		f->sent[i] = 0;
	}
}

static void tell(struct fixture *f)
{
	struct lanes_slow v[LANES_SLOW_MAX];
	struct talk_lanes t = { .open = MOST, .most = MOST, .ms = 1 };

	t.n = lanes_view(&f->lanes, v);
	t.slow_room = (uint32_t)lanes_slow_room(&f->lanes);
	for (size_t i = 0; i < t.n; i++)
		t.slow[i] = (struct talk_slow){ v[i].name, v[i].ms, (uint32_t)v[i].room };
	lanes_seen_take(&f->seen, &t);
}

static void claim(struct fixture *f)
{
	struct desk desk = { .arena = &f->arena };
	struct store_outbox *v;
	struct err e;
	size_t n;

	assert_int_equal(lanes_seen_claim(&f->seen, &desk, true, f->now_ms, &v, &n, &e), 0);
	f->claimed += n;
	for (size_t i = 0; i < n; i++)
		give(f, span_of(f->names[number_of(v[i].domain)]));
}

static void more_slow_domains_than_have_room_take_turns(void **state)
{
	struct fixture *f = *state;

	make_slow(f, 6);
	tell(f);
	claim(f);
	for (int i = 0; i < 1000; i++) {
		f->now_ms += STEP_MS;
		send_quick(f, 20);
		end(f, 0, 5000);
		tell(f);
		claim(f);
		claim(f); /* a turn that finds no room moves nothing */
	}
	for (size_t i = 1; i <= 6; i++)
		assert_in_range(f->sent[i], 160, 172);
	assert_int_equal(f->back, 0);
}

static void a_domain_without_rows_leaves_its_room_to_others(void **state)
{
	struct fixture *f = *state;

	make_slow(f, 8);
	dry = 5;
	tell(f);
	claim(f);
	assert_int_equal(f->claimed, MOST / 2);
	assert_int_equal(f->out_count, MOST / 2);
}

static void a_sender_that_waits_is_given_no_more_than_it_has_room_for(void **state)
{
	struct fixture *f = *state;

	make_slow(f, LANES_SLOW_MAX);
	f->waits = true;
	for (int i = 0; i < 10; i++) {
		tell(f);
		claim(f);
	}
	assert_int_equal(f->lanes.waiting_count, MOST / 2);
}

static int64_t from(struct fixture *f)
{
	struct store_outbox_which w;

	lanes_seen_from(&f->seen, f->now_ms, &w);
	assert_int_equal(!w.from_at, !w.from_id);
	return w.from_id;
}

static void what_was_passed_over_is_looked_at_once_a_second(void **state)
{
	static const struct store_outbox last = { .id = 7, .next_at = 3 };
	struct fixture *f = *state;

	assert_int_equal(from(f), 0);
	lanes_seen_passed(&f->seen, &last); /* nothing is slow */
	assert_int_equal(from(f), 0);
	make_slow(f, 1);
	tell(f);
	assert_int_equal(from(f), 0);
	lanes_seen_passed(&f->seen, &last);
	f->now_ms += STEP_MS - 1;
	assert_int_equal(from(f), 7);
	lanes_seen_passed(&f->seen, &last);
	f->now_ms++;
	assert_int_equal(from(f), 0);
	lanes_seen_passed(&f->seen, &last);
	assert_int_equal(from(f), 7);
	lanes_seen_passed(&f->seen, NULL);
	assert_int_equal(from(f), 0);
	lanes_seen_passed(&f->seen, &last);
	lanes_seen_undo(&f->seen);
	assert_int_equal(from(f), 0);
	lanes_seen_passed(&f->seen, &last);
	tell(f);
	assert_int_equal(from(f), 0);
}

static void what_may_not_have_come_is_claimed_again(void **state)
{
	struct fixture *f = *state;

	make_slow(f, 6);
	tell(f);
	f->waits = true;
	claim(f);
	claim(f);
	assert_int_equal(f->claimed, MOST / 2);
	lanes_seen_undo(&f->seen);
	claim(f);
	assert_int_equal(f->claimed, MOST);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(more_slow_domains_than_have_room_take_turns),
		TEST(a_domain_without_rows_leaves_its_room_to_others),
		TEST(a_sender_that_waits_is_given_no_more_than_it_has_room_for),
		TEST(what_was_passed_over_is_looked_at_once_a_second),
		TEST(what_may_not_have_come_is_claimed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
