/* Who is signed in: links that are good once, in one browser; sessions that end. */
#include "tests/unit/unit.h"

#include "gatewayd/core/signin.h"

enum { NOW = 1000000, SESSION_S = 3600 };

static const struct span here = SPAN("browser one"), there = SPAN("browser two");

static struct signin s;
static char link_token[SIGNIN_SECRET_SIZE], session[SIGNIN_SECRET_SIZE];

static bool redeem(struct span browser, int64_t now)
{
	return signin_redeem(&s, span_of(link_token), browser, now, SESSION_S, session);
}

static void begin(void)
{
	crypto_init();
	s = (struct signin){ 0 };
	assert_true(signin_link(&s, SPAN("sam"), here, NOW, link_token));
}

static void a_link_signs_in_once_in_its_browser(void **state)
{
	(void)state;
	begin();
	assert_false(redeem(there, NOW));
	assert_false(redeem(SPAN(""), NOW));
	assert_true(redeem(here, NOW));
	assert_false(redeem(here, NOW));
	assert_string_equal(signin_who(&s, span_of(session), here, NOW), "sam");
	assert_null(signin_who(&s, span_of(session), there, NOW));
	assert_null(signin_who(&s, span_of(link_token), here, NOW));
}

static void links_and_sessions_end(void **state)
{
	(void)state;
	begin();
	assert_false(redeem(here, NOW + SIGNIN_LINK_S));
	assert_true(redeem(here, NOW + SIGNIN_LINK_S - 1));
	assert_non_null(signin_who(&s, span_of(session), here, NOW + SESSION_S));
	assert_null(signin_who(&s, span_of(session), here, NOW + SIGNIN_LINK_S - 1 + SESSION_S));
	signin_end(&s, span_of(session));
	assert_null(signin_who(&s, span_of(session), here, NOW));
}

static void nothing_is_nobody(void **state)
{
	(void)state;
	s = (struct signin){ 0 };
	assert_null(signin_who(&s, SPAN(""), SPAN(""), NOW));
	assert_null(signin_who(&s, SPAN(""), here, 0));
	assert_false(signin_link(&s, SPAN("sam"), SPAN(""), NOW, link_token));
}

static void links_of_one_are_limited_and_come_back(void **state)
{
	(void)state;
	begin();
	for (int i = 1; i < SIGNIN_LINKS_EACH; i++)
		assert_true(signin_link(&s, SPAN("sam"), there, NOW, link_token));
	assert_false(signin_link(&s, SPAN("sam"), here, NOW, link_token));
	assert_true(signin_link(&s, SPAN("tess"), here, NOW, link_token));
	assert_true(signin_link(&s, SPAN("sam"), here, NOW + SIGNIN_LINK_S, link_token));
}

static void the_oldest_session_makes_room(void **state)
{
	char first[SIGNIN_SECRET_SIZE];

	(void)state;
	begin();
	assert_true(redeem(here, NOW));
	memcpy(first, session, sizeof(first));
	for (int i = 1; i <= SIGNIN_SESSIONS; i++) {
		int64_t at = NOW + i * SIGNIN_LINK_S;

		assert_true(signin_link(&s, SPAN("sam"), here, at, link_token));
		assert_true(redeem(here, at));
	}
	assert_null(signin_who(&s, span_of(first), here, NOW));
	assert_non_null(signin_who(&s, span_of(session), here, NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_signs_in_once_in_its_browser),
		cmocka_unit_test(links_and_sessions_end),
		cmocka_unit_test(nothing_is_nobody),
		cmocka_unit_test(links_of_one_are_limited_and_come_back),
		cmocka_unit_test(the_oldest_session_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
