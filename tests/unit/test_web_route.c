/* Which request is for what, and what of it may come from elsewhere. */
#include "tests/unit/unit.h"

#include "gatewayd/web/route.h"

static void paths(void **state)
{
	static const struct {
		const char *method, *path;
		enum route_found found;
		enum web_page page;
		const char *piece;
	} rows[] = {
		{ "GET", "/", ROUTE_FOUND, WEB_BOARD, "" },
		{ "HEAD", "/cases", ROUTE_FOUND, WEB_CASES, "" },
		{ "GET", "/case/12", ROUTE_FOUND, WEB_CASE, "12" },
		{ "POST", "/sign-in", ROUTE_FOUND, WEB_LINK, "" },
		{ "POST", "/sign-in/abc", ROUTE_FOUND, WEB_SIGN_IN, "abc" },
		{ "POST", "/unsubscribe/a.b", ROUTE_FOUND, WEB_UNSUBSCRIBE, "a.b" },
		{ "GET", "/case/", ROUTE_NO_PATH, 0, "" },
		{ "GET", "/case/1/2", ROUTE_NO_PATH, 0, "" },
		{ "GET", "/case", ROUTE_NO_PATH, 0, "" },
		{ "GET", "", ROUTE_NO_PATH, 0, "" },
		{ "GET", "/Cases", ROUTE_NO_PATH, 0, "" },
		{ "GET", "/cases/", ROUTE_NO_PATH, 0, "" },
		{ "POST", "/cases", ROUTE_NO_METHOD, 0, "" },
		{ "get", "/cases", ROUTE_NO_METHOD, 0, "" },
		{ "HEAD", "/sign-out", ROUTE_NO_METHOD, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct route *r = NULL;
		struct span piece;

		print_message("# %s %s\n", rows[i].method, rows[i].path);
		assert_int_equal(route_find(rows[i].method, span_of(rows[i].path), &r, &piece),
				 rows[i].found);
		if (rows[i].found != ROUTE_FOUND)
			continue;
		assert_int_equal(r->page, rows[i].page);
		assert_true(span_is(piece, rows[i].piece));
	}
}

static void the_public_address(void **state)
{
	static const struct {
		const char *url, *prefix, *host;
	} rows[] = {
		{ "https://a.example/board/", "/board", "a.example" },
		{ "https://a.example/x/y", "/x/y", "a.example" },
		{ "http://127.0.0.1:8025", "", "127.0.0.1:8025" },
		{ "https://a.example/", "", "a.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_true(span_is(route_prefix(span_of(rows[i].url)), rows[i].prefix));
		assert_true(span_is(route_host(span_of(rows[i].url)), rows[i].host));
	}
	assert_true(span_is(route_strip(SPAN("/board/case/1"), SPAN("/board")), "/case/1"));
	assert_true(span_is(route_strip(SPAN("/board"), SPAN("/board")), "/"));
	assert_true(span_is(route_strip(SPAN("/boards"), SPAN("/board")), "/boards"));
	assert_true(span_is(route_strip(SPAN("/case/1"), SPAN("/board")), "/case/1"));
	assert_true(span_is(route_strip(SPAN("/case/1"), SPAN("")), "/case/1"));
}

static void hosts(void **state)
{
	static const struct {
		const char *host;
		bool good;
	} rows[] = {
		{ "127.0.0.1:8025", true },    { "[::1]:8025", true },	 { "localhost", true },
		{ "LOCALHOST:80", true },      { "a.example", true },	 { "A.Example", true },
		{ "a.example:8443", false },   { "b.example", false },	 { "", false },
		{ "127.0.0.1.evil.x", false }, { "localhost.x", false }, { "[::1", true },
		{ "x.a.example", false },      { "a.example.x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("# %s\n", rows[i].host);
		assert_int_equal(route_host_ok(span_of(rows[i].host), SPAN("a.example")),
				 rows[i].good);
	}
}

static void cookies(void **state)
{
	struct span field = SPAN("a=1; gatewayd_session=abc;x; gatewayd_session_2=no;b=2");

	(void)state;
	assert_true(span_is(route_cookie(field, "gatewayd_session"), "abc"));
	assert_true(span_is(route_cookie(field, "a"), "1"));
	assert_true(span_is(route_cookie(field, "b"), "2"));
	assert_true(span_is(route_cookie(field, "x"), ""));
	assert_true(span_is(route_cookie(field, "c"), ""));
	assert_true(span_is(route_cookie(SPAN(""), "c"), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(the_public_address),
		cmocka_unit_test(hosts),
		cmocka_unit_test(cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
