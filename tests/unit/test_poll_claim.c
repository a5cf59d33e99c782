#include "tests/unit/unit.h"

#include "gatewayd/poller/poll_claim.h"

enum { OURS = 0x22222222, MINUTE_MS = POLL_CLAIM_STALE_MS };

/* The server: which of UIDs 1 to 9 another store claims, and which is not there. */
static struct {
	bool theirs[10];
	uint32_t gone;
	bool refuses, kin;
} server;

int imap_claim(struct imap *i, const uint32_t *uids, size_t n, uint32_t store,
	       struct imap_claims *ret_claims, struct err *e)
{
	(void)i;
	assert_int_equal(store, OURS);
	if (server.refuses)
		return err_set(e, ERR_TEMP, "NO");
	*ret_claims = (struct imap_claims){ 0 };
	for (size_t k = 0; k < n; k++) {
		ret_claims->there[k] = uids[k] != server.gone;
		ret_claims->ours[k] = ret_claims->there[k] && !server.theirs[uids[k]];
		ret_claims->kin[k] = server.kin;
	}
	return 0;
}

static void set_theirs(uint32_t a, uint32_t b)
{
	memset(&server, 0, sizeof(server));
	server.theirs[a] = server.theirs[b] = true;
}

/* Claims n of them; the UIDs that may be moved, as a number with that many digits. */
static unsigned int movable_of(struct poll_claim *c, uint32_t *uids, size_t n, int64_t now_ms)
{
	unsigned int all = 0;
	struct imap_claims claims;
	struct err e;

	assert_int_equal(poll_claim(c, NULL, &claims, uids, &n, now_ms, &e), 0);
	for (size_t k = 0; k < n; k++)
		all = all * 10 + uids[k];
	return all;
}

static unsigned int movable(struct poll_claim *c, int64_t now_ms)
{
	uint32_t uids[] = { 3, 5, 7 };

	return movable_of(c, uids, 3, now_ms);
}

/* A look at a mailbox that is claimed in two sets: 2 and 3, 5 and 7. */
static unsigned int movable_by_sets(struct poll_claim *c, int64_t now_ms)
{
	static const uint32_t there[] = { 2, 3, 5, 7 };
	uint32_t low[] = { 2, 3 }, high[] = { 5, 7 };
	unsigned int all;

	poll_claim_listed(c, there, 4, now_ms);
	all = movable_of(c, low, 2, now_ms);
	return all * 100 + movable_of(c, high, 2, now_ms);
}

static void mails_that_nobody_else_claims_are_moved(void **state)
{
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(0, 0);
	assert_int_equal(movable(&c, 1000), 357);
	assert_false(poll_claim_waits(&c));
	set_theirs(5, 5);
	assert_int_equal(movable(&c, 1000), 37);
	assert_true(poll_claim_waits(&c));
	set_theirs(3, 7);
	assert_int_equal(movable(&c, 1000), 5);
}

static void a_claim_that_stays_for_a_minute_is_stale(void **state)
{
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(3, 7);
	assert_int_equal(movable(&c, 1000), 5);
	assert_int_equal(movable(&c, 1000 + MINUTE_MS - 1), 5);
	assert_int_equal(movable(&c, 1000 + MINUTE_MS), 357);
	assert_false(poll_claim_waits(&c));
	/* And another minute for the next one. */
	assert_int_equal(movable(&c, 1000 + MINUTE_MS), 5);
	assert_int_equal(movable(&c, 1000 + 2 * MINUTE_MS - 1), 5);
}

/* Of two sets one behind the other: a minute each. */
static void what_is_left_in_another_set_takes_no_minute_away(void **state)
{
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(3, 7);
	assert_int_equal(movable_by_sets(&c, 1000), 205);
	assert_true(poll_claim_waits(&c));
	assert_int_equal(movable_by_sets(&c, 1000 + MINUTE_MS - 1), 205);
	assert_int_equal(movable_by_sets(&c, 1000 + MINUTE_MS), 2305);
	server.theirs[3] = false; /* moved */
	assert_int_equal(movable_by_sets(&c, 1000 + 2 * MINUTE_MS - 1), 2305);
	assert_int_equal(movable_by_sets(&c, 1000 + 2 * MINUTE_MS), 2357);
	assert_false(poll_claim_waits(&c));
}

/* Another set has none: the one that was left still is. */
static void a_set_that_is_ours_ends_no_wait(void **state)
{
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(3, 3);
	assert_int_equal(movable_by_sets(&c, 1000), 257);
	assert_true(poll_claim_waits(&c));
	assert_int_equal(movable_by_sets(&c, 1000 + MINUTE_MS), 2357);
}

static void each_mail_has_its_own_minute(void **state)
{
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(3, 3);
	assert_int_equal(movable(&c, 1000), 57);
	set_theirs(7, 7);
	assert_int_equal(movable(&c, 1000 + MINUTE_MS - 1), 35);
	assert_int_equal(movable(&c, 1000 + MINUTE_MS), 35);
	assert_int_equal(movable(&c, 1000 + 2 * MINUTE_MS - 1), 357);
}

static void a_mail_that_another_one_moved_tells_of_it_for_an_hour(void **state)
{
	static const uint32_t there[] = { 3, 5, 7 }, gone[] = { 3, 7 };
	struct poll_claim c = { .store = OURS };

	(void)state;
	poll_claim_listed(&c, gone, 2, 1000);
	assert_false(poll_claim_rival(&c, 1000));
	set_theirs(5, 5);
	movable(&c, 1000);
	poll_claim_listed(&c, there, 3, 2000);
	assert_false(poll_claim_rival(&c, 2000));
	poll_claim_listed(&c, gone, 2, 3000);
	assert_false(poll_claim_waits(&c));
	assert_true(poll_claim_rival(&c, 3000 + POLL_RIVAL_MS - 1));
	assert_false(poll_claim_rival(&c, 3000 + POLL_RIVAL_MS));
}

/* The one that had the mailbox before was still at it. */
static void a_mail_that_another_node_moved_tells_of_no_rival(void **state)
{
	static const uint32_t gone[] = { 3, 7 };
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(5, 5);
	server.kin = true;
	assert_int_equal(movable(&c, 1000), 37);
	assert_true(poll_claim_waits(&c));
	poll_claim_listed(&c, gone, 2, 2000);
	assert_true(!poll_claim_waits(&c) && !poll_claim_rival(&c, 2000));
	/* Nor one that left it behind. */
	assert_int_equal(movable(&c, 3000), 37);
	assert_int_equal(movable(&c, 3000 + MINUTE_MS), 357);
}

/* By a person, or a filter of theirs, after it was kept. */
static void a_mail_that_somebody_deleted_is_nobodys_claim(void **state)
{
	static const uint32_t left[] = { 3, 7 };
	struct poll_claim c = { .store = OURS };

	(void)state;
	set_theirs(0, 0);
	server.gone = 5;
	assert_int_equal(movable(&c, 1000), 37);
	assert_false(poll_claim_waits(&c));
	assert_true(poll_claim_gone(&c));
	poll_claim_listed(&c, left, 2, 2000);
	assert_false(poll_claim_rival(&c, 2000));
	assert_false(poll_claim_gone(&c));
	/* Beside one that another store claims. */
	set_theirs(7, 7);
	server.gone = 3;
	assert_int_equal(movable(&c, 3000), 5);
	assert_true(poll_claim_waits(&c));
	poll_claim_listed(&c, left + 1, 1, 4000);
	assert_false(poll_claim_rival(&c, 4000));
}

static void a_refusal_leaves_the_mails(void **state)
{
	struct poll_claim c = { .store = OURS };
	uint32_t uids[] = { 3, 5 };
	size_t n = 2;
	struct imap_claims claims;
	struct err e;

	(void)state;
	server.refuses = true;
	assert_int_equal(poll_claim(&c, NULL, &claims, uids, &n, 1000, &e), -1);
	assert_int_equal(n, 2);
	assert_false(poll_claim_waits(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mails_that_nobody_else_claims_are_moved),
		cmocka_unit_test(a_claim_that_stays_for_a_minute_is_stale),
		cmocka_unit_test(what_is_left_in_another_set_takes_no_minute_away),
		cmocka_unit_test(a_set_that_is_ours_ends_no_wait),
		cmocka_unit_test(each_mail_has_its_own_minute),
		cmocka_unit_test(a_mail_that_another_one_moved_tells_of_it_for_an_hour),
		cmocka_unit_test(a_mail_that_another_node_moved_tells_of_no_rival),
		cmocka_unit_test(a_mail_that_somebody_deleted_is_nobodys_claim),
		cmocka_unit_test(a_refusal_leaves_the_mails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
