#include <stdio.h>

#include "tests/unit/unit.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/lanes.h"

enum { MOST = 16, MAILS = 1200 };

struct fixture {
	struct lanes l;
	struct lanes_mail mails[MAILS];
	size_t n;
	int64_t now_ms;
	char domains[MAILS][32];
};

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof(*f));

	lanes_init(&f->l, MOST);
	f->now_ms = 1000;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	lanes_release(&f->l);
	mem_free(&f);
	return 0;
}

static struct lanes_mail *add(struct fixture *f, int64_t number, const char *to, const char *domain)
{
	struct lanes_mail *m = &f->mails[f->n++];

	*m = (struct lanes_mail){ .row = (int64_t)f->n,
				  .case_number = number,
				  .recipient = span_of(to),
				  .domain = span_of(domain) };
	assert_true(lanes_add(&f->l, m, f->now_ms));
	return m;
}

/* To somebody else each. */
static struct lanes_mail *add_to(struct fixture *f, const char *domain)
{
	return add(f, 0, "p", domain);
}

static void add_many(struct fixture *f, size_t n, const char *domain)
{
	while (n--)
		add_to(f, domain);
}

static struct lanes_mail *begin(struct fixture *f)
{
	struct lanes_mail *m = lanes_begin(&f->l, f->now_ms);

	if (m)
		lanes_asked(m, f->now_ms);
	return m;
}

/* As many as may now, with lanes growing meanwhile. */
static size_t begin_all(struct fixture *f)
{
	size_t n = 0;

	for (int quiet = 0; quiet < 2; f->now_ms += LANES_GROW_MS) {
		quiet++;
		while (begin(f)) {
			n++;
			quiet = 0;
		}
	}
	return n;
}

static void end(struct fixture *f, struct lanes_mail *m, int64_t took_ms)
{
	m->took_ms = took_ms;
	m->since_ms = 0;
	lanes_end(&f->l, m, true, f->now_ms);
}

/* One mail from its beginning to its end, so that the domain is known. */
static void meet(struct fixture *f, const char *domain, int64_t ms)
{
	struct lanes_mail *m = add_to(f, domain);

	assert_ptr_equal(begin(f), m);
	end(f, m, ms);
}

static size_t view(struct fixture *f, struct lanes_slow v[LANES_SLOW_MAX])
{
	return lanes_view(&f->l, v);
}

static void few_lanes_are_open_until_a_mail_waits(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *first = NULL;

	for (int i = 0; i < 20; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		add_to(f, f->domains[i]);
	}
	for (int i = 0; i < LANES_FIRST; i++) {
		struct lanes_mail *m = begin(f);

		assert_ptr_equal(m, &f->mails[i]);
		first = first ? first : m;
	}
	assert_null(begin(f));
	assert_int_equal(lanes_look(&f->l, f->now_ms), LANES_GROW_MS);
	f->now_ms += LANES_GROW_MS - 1;
	assert_null(begin(f));
	f->now_ms++;
	assert_int_equal(lanes_look(&f->l, f->now_ms), 0);
	assert_ptr_equal(begin(f), &f->mails[LANES_FIRST]);
	assert_null(begin(f));
	begin_all(f);
	assert_int_equal(f->l.out_count, MOST);
	assert_int_equal(f->l.open, MOST);
	end(f, first, 1);
	assert_int_equal(f->l.open, MOST);
	assert_non_null(begin(f));
}

static int64_t grows_in_ms(struct fixture *f, int64_t reply_ms, int before)
{
	while (before--)
		meet(f, "a.test", reply_ms);
	add_many(f, LANES_FIRST + 1, "a.test");
	for (int i = 0; i < LANES_FIRST; i++)
		assert_non_null(begin(f));
	assert_null(begin(f));
	return lanes_look(&f->l, f->now_ms);
}

static void lanes_to_a_quick_server_are_opened_sooner(void **state)
{
	static const int64_t rows[][2] = {
		{ 1, 2 }, { 4, 8 }, { 5, LANES_GROW_MS }, { 200, LANES_GROW_MS }
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		lanes_release(&f->l);
		lanes_init(&f->l, MOST);
		assert_int_equal(grows_in_ms(f, rows[i][0], 8), rows[i][1]);
		lanes_release(&f->l);
		lanes_init(&f->l, MOST);
		assert_int_equal(grows_in_ms(f, rows[i][0], 7), LANES_GROW_MS);
	}
}

/* Unless one does not come. */
static void a_server_that_replies_at_once_gets_no_more_connections(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *out[LANES_FIRST];

	meet(f, "a.test", 0);
	add_many(f, 40, "a.test");
	for (int i = 0; i < LANES_FIRST; i++)
		out[i] = begin(f);
	for (int i = 0; i < 30; i++, f->now_ms += i % LANES_FIRST == 0) {
		assert_int_equal(lanes_look(&f->l, f->now_ms), LANES_GROW_MS);
		assert_null(begin(f));
		end(f, out[i % LANES_FIRST], 0);
		out[i % LANES_FIRST] = begin(f);
		assert_non_null(out[i % LANES_FIRST]);
	}
	assert_int_equal(f->l.open, LANES_FIRST);
	f->now_ms += LANES_GROW_MS - 1;
	assert_int_equal(lanes_look(&f->l, f->now_ms), LANES_GROW_MS);
	f->now_ms += 2;
	assert_int_equal(lanes_look(&f->l, f->now_ms), 0);
	assert_non_null(begin(f));
	assert_int_equal(f->l.open, LANES_FIRST + 1);
}

/* What is slow has lanes of its own, and says nothing of the others. */
static void a_slow_domain_opens_no_connections_for_others(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 0);
	meet(f, "slow.test", 5000);
	assert_true(f->l.ms < LANES_AT_ONCE_MS);
	add_to(f, "slow.test");
	assert_non_null(begin(f));
	f->now_ms += LANES_GROW_MS + 1;
	add_many(f, LANES_FIRST + 1, "a.test");
	for (int i = 0; i < LANES_FIRST; i++)
		assert_non_null(begin(f));
	f->now_ms += LANES_AT_ONCE_MS;
	assert_null(begin(f));
	assert_int_equal(f->l.open, LANES_FIRST);
}

/* The first one's reply waited for all that begins: what comes behind it says more. */
static void what_is_quicker_than_the_first_is_learnt_soon(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 6);
	for (int i = 0; i < 8; i++)
		meet(f, "a.test", 0);
	assert_true(f->l.ms < LANES_AT_ONCE_MS);
}

static void lanes_close_when_nothing_waits(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 1);
	add_many(f, 12, "a.test");
	assert_int_equal(begin_all(f), 12);
	assert_int_equal(f->l.open, 12);
	for (int i = 1; i <= 12; i++)
		end(f, &f->mails[i], 1);
	assert_int_equal(f->l.open, LANES_FIRST);
}

static void two_of_one_case_to_one_recipient_stay_in_order(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *a, *b, *c, *d;

	meet(f, "a.test", 1);
	f->l.open = 3;
	a = add(f, 7, "ann@a.test", "a.test");
	b = add(f, 7, "Ann@a.test", "a.test");
	c = add(f, 7, "bea@a.test", "a.test");
	d = add(f, 8, "ann@a.test", "a.test");
	assert_ptr_equal(begin(f), a);
	assert_ptr_equal(begin(f), c);
	assert_ptr_equal(begin(f), d);
	assert_null(begin(f));
	end(f, a, 1);
	assert_ptr_equal(begin(f), b);
}

static void one_that_follows_what_went_back_goes_back_too(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *a, *b, *c, *other;

	meet(f, "a.test", 1);
	meet(f, "slow.test", 5000);
	add_many(f, MOST / 8, "slow.test");
	assert_int_equal(begin_all(f), MOST / 8);
	a = add(f, 7, "ann@slow.test", "slow.test");
	assert_ptr_equal(lanes_back(&f->l), a);
	end(f, &f->mails[2], 5000);
	end(f, &f->mails[3], 5000);
	b = add(f, 7, "Ann@slow.test", "slow.test"); /* there is room again */
	other = add(f, 8, "ann@slow.test", "slow.test");
	lanes_written(&f->l, a->row);
	c = add(f, 7, "ann@slow.test", "slow.test");
	assert_ptr_equal(begin(f), other);
	assert_null(begin(f));
	assert_ptr_equal(lanes_back(&f->l), c);
	assert_ptr_equal(lanes_back(&f->l), b);
	assert_null(lanes_back(&f->l));
	lanes_written(&f->l, b->row);
	lanes_written(&f->l, c->row);
	a = add(f, 7, "ann@slow.test", "slow.test");
	assert_ptr_equal(begin(f), a);
}

static void what_belongs_to_no_case_has_no_order(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "ann@a.test", "a.test");
	add(f, 0, "ann@a.test", "a.test");
	assert_non_null(begin(f));
	assert_non_null(begin(f));
}

static void a_domain_leaves_lanes_to_others(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *other;

	add_many(f, 40, "a.test");
	assert_int_equal(begin_all(f), MOST / 8); /* nobody knows it */
	other = add_to(f, "b.test");
	f->now_ms += LANES_GROW_MS;
	assert_ptr_equal(begin(f), other);
	end(f, other, 1);
	end(f, &f->mails[0], 1);
	begin_all(f);
	assert_int_equal(f->l.out_count, MOST - MOST / 8);
	add_to(f, "b.test");
	assert_int_equal(begin_all(f), 1);
	assert_null(lanes_back(&f->l));
}

static void a_domain_that_nobody_knows_has_a_lane_while_others_wait(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 1);
	add_many(f, 5, "new.test");
	add_many(f, MOST * 2, "a.test");
	assert_int_equal(begin_all(f), MOST - MOST / 8 + 1);
	while (lanes_drop(&f->l))
		;
	add_many(f, 5, "new.test");
	assert_int_equal(begin_all(f), MOST / 8 - 1);
	end(f, &f->mails[1], 1);
	add_many(f, 1, "a.test");
	assert_non_null(begin(f));
	assert_null(begin(f));
}

static void a_slow_domain_has_an_eighth_and_its_rest_goes_back(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];
	struct lanes_mail *other;

	meet(f, "a.test", 1);
	meet(f, "b.test", LANES_SLOW_MS);
	assert_int_equal(view(f, v), 0);
	meet(f, "slow.test", LANES_SLOW_MS + 1);
	assert_true(f->l.changed);
	assert_int_equal(view(f, v), 1);
	assert_true(span_is(v[0].name, "slow.test") && v[0].ms == LANES_SLOW_MS + 1);
	assert_int_equal(v[0].room, MOST / 8);
	add_many(f, 6, "slow.test");
	other = add_to(f, "a.test");
	assert_int_equal(begin_all(f), MOST / 8 + 1);
	assert_true(other->at && f->l.out_count == MOST / 8 + 1);
	for (int i = 8; i > 4; i--)
		assert_ptr_equal(lanes_back(&f->l), &f->mails[i]);
	assert_null(lanes_back(&f->l));
	assert_int_equal(view(f, v), 1);
	assert_int_equal(v[0].room, 0);
	end(f, &f->mails[3], 1000);
	assert_true(f->l.changed);
	view(f, v);
	assert_int_equal(v[0].room, 1);
}

static void what_is_slow_takes_no_lane_that_is_open(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 1);
	meet(f, "slow.test", 5000);
	add_many(f, MOST / 8, "slow.test");
	add_many(f, LANES_FIRST, "a.test");
	for (int i = 0; i < MOST / 8 + LANES_FIRST; i++)
		assert_non_null(begin(f));
	assert_int_equal(f->l.open, LANES_FIRST);
}

static void a_reply_that_does_not_come_makes_a_domain_slow(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];
	struct lanes_mail *m;

	meet(f, "a.test", 1);
	meet(f, "b.test", 1);
	m = add_to(f, "b.test");
	assert_ptr_equal(lanes_begin(&f->l, f->now_ms), m);
	f->now_ms += 60000; /* for a connection, or core */
	lanes_look(&f->l, f->now_ms);
	assert_int_equal(view(f, v), 0);
	lanes_asked(m, f->now_ms);
	f->now_ms += LANES_SLOW_MS;
	assert_true(lanes_look(&f->l, f->now_ms) > 0);
	assert_int_equal(view(f, v), 0);
	f->now_ms++;
	lanes_look(&f->l, f->now_ms);
	assert_int_equal(view(f, v), 1);
	lanes_held(m, f->now_ms);
	f->now_ms += 60000;
	lanes_end(&f->l, m, false, f->now_ms);
	view(f, v);
	assert_int_equal(v[0].ms, LANES_SLOW_MS + 1);
}

/* So many others end that began when it did, or later. */
static void pass(struct fixture *f, int n)
{
	while (n--)
		meet(f, "a.test", 1);
}

static void one_that_many_pass_makes_a_domain_slow(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];
	struct lanes_mail *m;

	meet(f, "a.test", 1);
	meet(f, "b.test", 1);
	m = add_to(f, "b.test");
	assert_ptr_equal(begin(f), m);
	pass(f, 2 * MOST);
	f->now_ms += LANES_PASSED_MS;
	lanes_look(&f->l, f->now_ms);
	assert_int_equal(view(f, v), 0);
	f->now_ms++;
	lanes_look(&f->l, f->now_ms);
	assert_int_equal(view(f, v), 1);
	end(f, m, LANES_PASSED_MS + 1);
	while (view(f, v))
		meet(f, "b.test", 1);
	m = add_to(f, "b.test");
	assert_ptr_equal(begin(f), m);
	pass(f, 2 * MOST - 1);
	end(f, m, LANES_SLOW_MS);
	assert_int_equal(view(f, v), 0);
}

/* They have been waited for long enough. */
static void a_reply_that_takes_much_longer_is_not_expected_soon(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *m;

	meet(f, "a.test", 10);
	m = add_to(f, "a.test");
	assert_ptr_equal(begin(f), m);
	assert_true(lanes_is_soon(&f->l, m, f->now_ms + 22));
	assert_false(lanes_is_soon(&f->l, m, f->now_ms + 23));
	lanes_held(m, f->now_ms + 10);
	assert_true(lanes_is_soon(&f->l, m, f->now_ms + 1000));
}

/* Within a sixteenth of what replies take, and a millisecond. */
static void a_reply_is_due_when_others_took_about_as_long(void **state)
{
	static const int64_t rows[][3] = {
		{ 0, 0, 2 }, { 1, 0, 4 }, { 5, 4, 12 }, { 160, 149, 322 }
	};

	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t from_ms = rows[i][1], to_ms = rows[i][2];
		struct lanes_mail *m;

		lanes_release(&f->l);
		lanes_init(&f->l, MOST);
		meet(f, "a.test", rows[i][0]);
		m = add_to(f, "a.test");
		assert_ptr_equal(begin(f), m);
		assert_true(lanes_is_due(&f->l, m, f->now_ms + from_ms));
		if (from_ms)
			assert_false(lanes_is_due(&f->l, m, f->now_ms + from_ms - 1));
		assert_true(lanes_is_due(&f->l, m, f->now_ms + to_ms));
		assert_false(lanes_is_due(&f->l, m, f->now_ms + to_ms + 1));
	}
}

static void what_a_reply_takes_is_told_when_it_has_doubled(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];

	meet(f, "a.test", 100);
	assert_true(f->l.changed);
	view(f, v);
	assert_false(f->l.changed);
	for (int i = 0; i < 50; i++)
		meet(f, "a.test", 190);
	assert_false(f->l.changed);
	for (int i = 0; i < 50; i++)
		meet(f, "a.test", 240);
	assert_true(f->l.changed);
}

static void what_is_as_slow_as_all_is_not_slow(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];

	for (int i = 0; i < 20; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		meet(f, f->domains[i], 3000);
	}
	assert_int_equal(view(f, v), 0);
	meet(f, "e.test", 3000 * (LANES_SLOW_TIMES + 1));
	assert_int_equal(view(f, v), 1);
}

static void few_slow_mails_do_not_make_slow_the_rule(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];

	for (int i = 0; i < 300; i++)
		meet(f, i % 10 ? "a.test" : "slow.test", i % 10 ? 2 : 5000);
	assert_true(f->l.ms < 4);
	assert_int_equal(view(f, v), 1);
}

static void all_that_are_slow_have_half_of_the_lanes(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 1);
	for (int i = 0; i < MOST; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		meet(f, f->domains[i], 5000);
	}
	for (int i = 0; i < MOST; i++)
		add_to(f, f->domains[i]);
	assert_int_equal(begin_all(f), MOST / 2);
	add_many(f, MOST, "a.test");
	assert_int_equal(begin_all(f), MOST / 2);
	assert_non_null(lanes_back(&f->l));
}

static void all_that_are_slow_have_an_eighth_while_others_wait(void **state)
{
	struct fixture *f = *state;

	meet(f, "a.test", 1);
	for (int i = 0; i < 4; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		meet(f, f->domains[i], 5000);
	}
	for (int i = 0; i < 4; i++)
		add_to(f, f->domains[i]);
	add_many(f, 2 * MOST, "a.test");
	begin_all(f);
	assert_int_equal(f->l.out_count, MOST);
	for (int i = 0; i < 4; i++)
		assert_int_equal(f->mails[5 + i].before != 0, i < MOST / 8);
	assert_null(lanes_back(&f->l));
}

/* Their replies take minutes, and others 50 ms where most take one. */
static void what_is_a_little_slow_does_not_wait_for_what_hangs(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];
	struct lanes_mail *little;

	meet(f, "a.test", 1);
	for (int i = 0; i < MOST / 2; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		meet(f, f->domains[i], 5000);
	}
	for (int i = 0; i < MOST / 2; i++)
		add_to(f, f->domains[i]);
	assert_int_equal(begin_all(f), MOST / 2);
	assert_int_equal(lanes_slow_room(&f->l), 0);
	add_to(f, "little.test");
	little = begin(f);
	assert_non_null(little);
	little->before -= 2 * MOST;
	end(f, little, 50);
	assert_int_equal(view(f, v), MOST / 2 + 1);
	assert_true(v[MOST / 2].ms == 50 && v[MOST / 2].room == MOST / 8 && v[0].room == 0);
	assert_int_equal(lanes_slow_room(&f->l), MOST / 4);
	little = add_to(f, "little.test");
	add_many(f, 2 * MOST, "a.test");
	assert_ptr_equal(begin(f), little);
	begin_all(f);
	assert_int_equal(f->l.out_count, MOST);
	assert_null(lanes_back(&f->l));
}

static void a_domain_that_is_quick_again_is_slow_no_more(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];
	int mails = 0;

	meet(f, "a.test", 1);
	meet(f, "b.test", 5000);
	while (view(f, v))
		meet(f, "b.test", 1), mails++;
	assert_in_range(mails, 2, 15);
	meet(f, "c.test", 5000);
	f->now_ms += LANES_FORGET_MS - 1;
	lanes_look(&f->l, f->now_ms);
	assert_int_equal(view(f, v), 1);
	f->now_ms++;
	lanes_look(&f->l, f->now_ms);
	assert_true(f->l.changed);
	assert_int_equal(view(f, v), 0);
}

static void so_many_mails_and_domains_are_here(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail more = { .recipient = SPAN("p"), .domain = SPAN("more.test") };

	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < LANES_MAILS_MAX; i++) {
			snprintf(f->domains[i], sizeof(f->domains[i]), "d%d-%d.test", round, i);
			add_to(f, f->domains[i]);
		}
		assert_false(lanes_add(&f->l, &more, f->now_ms));
		f->now_ms++;
		while (lanes_drop(&f->l))
			f->n--;
	}
}

static void a_domain_that_has_mails_here_keeps_its_place(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];
	struct lanes_mail *kept;

	meet(f, "a.test", 1);
	kept = add_to(f, "kept.test");
	assert_ptr_equal(begin(f), kept);
	for (int i = 0; i < 3 * LANES_MAILS_MAX; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		f->now_ms++;
		meet(f, f->domains[i], 1);
	}
	end(f, kept, 5000);
	assert_int_equal(view(f, v), 1);
	assert_true(span_is(v[0].name, "kept.test"));
}

static void no_more_domains_are_slow_than_can_be_told(void **state)
{
	struct fixture *f = *state;
	struct lanes_slow v[LANES_SLOW_MAX];

	meet(f, "a.test", 1);
	for (int i = 0; i < LANES_SLOW_MAX + 3; i++) {
		snprintf(f->domains[i], sizeof(f->domains[i]), "d%d.test", i);
		meet(f, f->domains[i], 5000);
	}
	assert_int_equal(view(f, v), LANES_SLOW_MAX);
}

static void one_lane_alone_takes_all(void **state)
{
	struct fixture *f = *state;

	lanes_release(&f->l);
	lanes_init(&f->l, 1);
	meet(f, "a.test", 1);
	meet(f, "slow.test", 5000);
	add_many(f, 2, "slow.test");
	assert_int_equal(begin_all(f), 1);
	assert_null(lanes_back(&f->l));
	end(f, &f->mails[2], 5000);
	assert_int_equal(begin_all(f), 1);
}

static void with_lanes(struct fixture *f, size_t most)
{
	lanes_release(&f->l);
	lanes_init(&f->l, most);
}

/* So many domains that nothing was known of, each with a mail that has no reply. */
static void hang(struct fixture *f, struct lanes_mail *ret_m[], size_t n)
{
	static const char *const names[] = { "h1.test", "h2.test", "h3.test" };

	for (size_t i = 0; i < n; i++) {
		ret_m[i] = add(f, 7, "p", names[i]);
		ret_m[i]->recipient = ret_m[i]->domain;
		assert_ptr_equal(begin(f), ret_m[i]);
	}
	f->now_ms += LANES_SLOW_MS + 1;
	lanes_look(&f->l, f->now_ms);
}

static void what_hangs_leaves_a_lane_to_others(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *h[2], *other, *next, *again;

	with_lanes(f, 2);
	hang(f, h, 2);
	other = add_to(f, "a.test");
	next = add_to(f, "a.test");
	assert_null(begin(f));
	f->now_ms += LANES_CUT_MS - 1;
	assert_null(lanes_cut(&f->l, f->now_ms));
	f->now_ms++;
	assert_ptr_equal(lanes_cut(&f->l, f->now_ms), h[1]);
	assert_null(lanes_cut(&f->l, f->now_ms));
	assert_ptr_equal(begin(f), other);
	again = add(f, 7, "h2.test", "h2.test"); /* of its conversation: behind it */
	assert_ptr_equal(lanes_back(&f->l), again);
	end(f, other, 1);
	assert_ptr_equal(begin(f), next);
	end(f, next, 1);
	lanes_written(&f->l, again->row);
	lanes_written(&f->l, h[1]->row);
	again = add(f, 7, "h2.test", "h2.test");
	assert_ptr_equal(lanes_back(&f->l), again); /* as long as the first hangs */
	lanes_written(&f->l, again->row);
	end(f, h[0], 60000);
	again = add(f, 7, "h2.test", "h2.test");
	assert_ptr_equal(begin(f), again);
}

static void nothing_is_cut_in_vain(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *h[2], *other;

	with_lanes(f, 2);
	hang(f, h, 2);
	f->now_ms += LANES_CUT_MS;
	assert_null(lanes_cut(&f->l, f->now_ms)); /* nobody waits */
	add(f, 7, "h1.test", "h1.test");
	f->now_ms += LANES_CUT_MS;
	add_to(f, "h2.test");
	f->now_ms += LANES_CUT_MS;
	assert_null(lanes_cut(&f->l, f->now_ms)); /* for what hangs, too */
	other = add_to(f, "a.test");
	f->now_ms += LANES_CUT_MS;
	lanes_held(h[0], f->now_ms);
	assert_null(lanes_cut(&f->l, f->now_ms)); /* it is about to go on */
	lanes_asked(h[0], f->now_ms - LANES_SLOW_MS - 1);
	h[0]->is_whole = h[1]->is_whole = true;
	assert_null(lanes_cut(&f->l, f->now_ms)); /* it could go out twice */
	h[0]->is_whole = false;
	assert_ptr_equal(lanes_cut(&f->l, f->now_ms), h[0]);
	assert_ptr_equal(begin(f), other);
}

static void on_a_lane_alone_what_hangs_waits_for_all_others(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *h[1], *other, *again, *follows;

	with_lanes(f, 1);
	hang(f, h, 1);
	follows = add(f, 7, "h1.test", "h1.test");
	other = add_to(f, "a.test");
	f->now_ms += LANES_CUT_MS;
	assert_ptr_equal(lanes_cut(&f->l, f->now_ms), h[0]);
	assert_ptr_equal(lanes_back(&f->l), follows);
	assert_null(lanes_back(&f->l));
	lanes_written(&f->l, follows->row);
	lanes_written(&f->l, h[0]->row);
	again = add(f, 7, "h1.test", "h1.test");
	assert_ptr_equal(begin(f), other);
	end(f, other, 1);
	other = add_to(f, "a.test");
	assert_ptr_equal(begin(f), other);
	end(f, other, 1);
	assert_ptr_equal(begin(f), again);
}

/* Whatever comes in whatever order: never two of one conversation at once, never more than there
 * are lanes, and nothing stays. */
static void everything_begins_or_goes_back(void **state)
{
	static const char *const domains[] = { "a.test", "b.test", "slow.test", "c.test" };
	static const char *const to[] = { "ann@x", "bea@x" };
	struct fixture *f = *state;
	struct lanes_mail *m, *out[MOST] = { 0 };
	uint32_t random = 1;
	size_t ended = 0, i;

	while (ended < MAILS) {
		random = random * 1664525 + 1013904223;
		i = random >> 28;
		if (f->n < MAILS && f->l.waiting_count < 30 && random >> 27 & 1)
			add(f, random >> 10 & 3, to[random >> 9 & 1], domains[random >> 20 & 3]);
		f->now_ms += random >> 16 & 7;
		if (out[i]) {
			int slow = span_is(out[i]->domain, "slow.test");

			lanes_end(&f->l, out[i], !slow || random >> 15 & 1, f->now_ms + slow * 600);
			out[i] = NULL;
			ended++;
		}
		m = out[i] ? NULL : begin(f);
		for (size_t k = 0; m && m->case_number && k < MOST; k++)
			assert_false(out[k] && out[k]->case_number == m->case_number &&
				     span_eq(out[k]->recipient, m->recipient));
		if (m)
			out[i] = m;
		while ((m = lanes_back(&f->l)) != NULL)
			lanes_written(&f->l, m->row), ended++;
		assert_true(f->l.out_count <= MOST);
		lanes_look(&f->l, f->now_ms);
	}
	assert_true(!f->l.waiting && !f->l.out);
}

/* --- a mail that follows another one on its lane --- */

static void one_may_follow_where_nothing_is_slow(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *unknown, *known, *next;

	meet(f, "a.test", 5);
	known = add_to(f, "a.test");
	assert_ptr_equal(begin(f), known);
	unknown = add_to(f, "b.test");
	assert_null(lanes_next(&f->l, known));
	assert_ptr_equal(begin(f), unknown);
	next = add_to(f, "a.test");
	assert_null(lanes_next(&f->l, unknown));
	assert_ptr_equal(lanes_next(&f->l, known), next);
	f->now_ms += LANES_SLOW_MS;
	assert_false(lanes_is_stuck(known, f->now_ms));
	f->now_ms++;
	assert_true(lanes_is_stuck(known, f->now_ms));
}

static void a_lane_that_has_a_next_mail_does_not_close(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *m;

	meet(f, "a.test", 5);
	f->l.open = LANES_FIRST + 1;
	m = add_to(f, "a.test");
	assert_ptr_equal(begin(f), m);
	lanes_next_keep(&f->l, add_to(f, "a.test"));
	end(f, m, 5);
	assert_int_equal(f->l.open, LANES_FIRST + 1);
}

static void one_that_is_to_follow_begins_or_goes_back(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *m, *next, *after;

	meet(f, "a.test", 5);
	m = add(f, 7, "ann", "a.test");
	assert_ptr_equal(begin(f), m);
	add(f, 7, "ann", "a.test"); /* after m */
	next = add(f, 8, "bob", "a.test");
	after = add(f, 8, "bob", "a.test");
	assert_ptr_equal(lanes_next(&f->l, m), next);
	lanes_next_keep(&f->l, next);
	assert_null(begin(f)); /* of both conversations one is before it */
	end(f, m, 5);
	lanes_next_begin(&f->l, next);
	assert_int_equal(f->l.out_count, 1);
	m = begin(f);
	assert_int_equal(m->case_number, 7);
	assert_null(begin(f));
	end(f, next, 5);
	assert_ptr_equal(lanes_next(&f->l, m), after);
	lanes_next_keep(&f->l, after);
	lanes_next_back(&f->l, after);
	next = add(f, 8, "bob", "a.test");
	assert_null(lanes_next(&f->l, m));
	assert_ptr_equal(lanes_back(&f->l), next); /* it follows what went back */
	end(f, m, 5);
	assert_null(begin(f));
	assert_int_equal(f->l.waiting_count + f->l.out_count, 0);
}

/* Its own place becomes free: a domain that has all of its lanes goes on to go ahead. */
static void one_may_follow_another_of_its_domain(void **state)
{
	struct fixture *f = *state;
	struct lanes_mail *next;

	meet(f, "a.test", 5);
	meet(f, "b.test", 5);
	add_many(f, MOST, "a.test");
	add_to(f, "b.test");
	assert_int_equal(begin_all(f), MOST - 1); /* seven eighths, and b.test */
	next = f->l.waiting;
	assert_ptr_equal(lanes_next(&f->l, f->l.out), next);
	lanes_next_keep(&f->l, next);
	add_to(f, "b.test");
	f->l.open--; /* one lane is to close */
	assert_null(lanes_next(&f->l, f->l.out));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(few_lanes_are_open_until_a_mail_waits),
		TEST(lanes_to_a_quick_server_are_opened_sooner),
		TEST(a_server_that_replies_at_once_gets_no_more_connections),
		TEST(a_slow_domain_opens_no_connections_for_others),
		TEST(what_is_quicker_than_the_first_is_learnt_soon),
		TEST(lanes_close_when_nothing_waits),
		TEST(two_of_one_case_to_one_recipient_stay_in_order),
		TEST(one_that_follows_what_went_back_goes_back_too),
		TEST(what_belongs_to_no_case_has_no_order),
		TEST(a_domain_leaves_lanes_to_others),
		TEST(a_domain_that_nobody_knows_has_a_lane_while_others_wait),
		TEST(a_slow_domain_has_an_eighth_and_its_rest_goes_back),
		TEST(what_is_slow_takes_no_lane_that_is_open),
		TEST(a_reply_that_does_not_come_makes_a_domain_slow),
		TEST(one_that_many_pass_makes_a_domain_slow),
		TEST(a_reply_that_takes_much_longer_is_not_expected_soon),
		TEST(a_reply_is_due_when_others_took_about_as_long),
		TEST(what_a_reply_takes_is_told_when_it_has_doubled),
		TEST(what_is_as_slow_as_all_is_not_slow),
		TEST(few_slow_mails_do_not_make_slow_the_rule),
		TEST(all_that_are_slow_have_half_of_the_lanes),
		TEST(all_that_are_slow_have_an_eighth_while_others_wait),
		TEST(what_is_a_little_slow_does_not_wait_for_what_hangs),
		TEST(a_domain_that_is_quick_again_is_slow_no_more),
		TEST(so_many_mails_and_domains_are_here),
		TEST(a_domain_that_has_mails_here_keeps_its_place),
		TEST(no_more_domains_are_slow_than_can_be_told),
		TEST(what_hangs_leaves_a_lane_to_others),
		TEST(nothing_is_cut_in_vain),
		TEST(on_a_lane_alone_what_hangs_waits_for_all_others),
		TEST(one_lane_alone_takes_all),
		TEST(one_may_follow_where_nothing_is_slow),
		TEST(a_lane_that_has_a_next_mail_does_not_close),
		TEST(one_that_is_to_follow_begins_or_goes_back),
		TEST(one_may_follow_another_of_its_domain),
		TEST(everything_begins_or_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
