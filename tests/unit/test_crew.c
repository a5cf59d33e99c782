#include "tests/unit/unit.h"

#include "gatewayd/core/crew.h"

/* The clock, and a bench that does nothing: what is asked of it is nobody's business here. */
static int64_t now_ms;

int64_t bench_now_ms(const struct bench *b)
{
	(void)b;
	return now_ms;
}

void bench_later(struct bench *b)
{
	(void)b;
}

void peer_update(struct peer *p)
{
	(void)p;
}

void peer_replace(struct peer *p)
{
	(void)p;
}

void peer_let_go(struct peer *p)
{
	(void)p;
}

static void lost(void *ctx, struct crew_child *c, enum crew_verdict verdict)
{
	(void)ctx, (void)c, (void)verdict;
}

static struct team {
	struct bench bench;
	struct peer peers[2];
	struct crew *crew;
} team;

static int begin(void **state)
{

	(void)state;
	team =
	    (struct team){ .peers = { { .instance = 0, .pid = 1 }, { .instance = 1, .pid = 2 } } };
	now_ms = 5000;
	team.bench.loop = loop_new(clock_real());
	team.crew = crew_new(&team.bench, lost, NULL);
	for (size_t i = 0; i < 2; i++)
		crew_came(team.crew, &team.peers[i]);
	return team.bench.loop ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	crew_free(&team.crew);
	loop_free(&team.bench.loop);
	return 0;
}

/* The peer that takes the next mail; NULL: none. */
static struct peer *hand(void)
{
	struct crew_child *child = crew_idlest(team.crew);

	if (!child)
		return NULL;
	crew_handed(team.crew, child, false);
	return child->peer;
}

static void who_has_the_fewest_takes_the_next(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++)
		assert_ptr_equal(hand(), &team.peers[i % 2]);
}

static void nothing_is_handed_behind_a_mail_that_takes_long(void **state)
{
	(void)state;
	assert_ptr_equal(hand(), &team.peers[0]);
	now_ms += 999;
	assert_ptr_equal(hand(), &team.peers[1]);
	assert_ptr_equal(hand(), &team.peers[0]);
	now_ms += 1;
	for (int i = 0; i < 4; i++)
		assert_ptr_equal(hand(), &team.peers[1]);
	now_ms += 1000;
	assert_null(hand());
	crew_answered(team.crew, crew_of(team.crew, &team.peers[0]), false);
	assert_ptr_equal(hand(), &team.peers[0]);
}

static void a_child_has_at_most_32_mails(void **state)
{
	(void)state;
	for (int i = 0; i < 64; i++)
		assert_non_null(hand());
	assert_null(hand());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_has_the_fewest_takes_the_next, begin, end),
		cmocka_unit_test_setup_teardown(nothing_is_handed_behind_a_mail_that_takes_long,
						begin, end),
		cmocka_unit_test_setup_teardown(a_child_has_at_most_32_mails, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
