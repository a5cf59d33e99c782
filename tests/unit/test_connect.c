#include "tests/unit/net_unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static struct sockaddr_storage address_of(const char *text)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&a;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&a;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		a.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		a.ss_family = AF_INET6;
	return a;
}

static void plain_text_goes_to_loopback_only(void **state)
{
	static const struct {
		const char *address;
		bool loopback;
	} rows[] = {
		{ "127.0.0.1", true },
		{ "127.255.255.254", true },
		{ "::1", true },
		{ "126.255.255.255", false },
		{ "128.0.0.1", false },
		{ "0.0.0.0", false },
		{ "10.0.0.1", false },
		{ "192.0.2.1", false },
		{ "::", false },
		{ "::2", false },
		{ "2001:db8::1", false },
		{ "fe80::1", false },
		{ "not an address", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sockaddr_storage a = address_of(rows[i].address);
		const struct sockaddr *p = (const struct sockaddr *)(const void *)&a;

		assert_int_equal(connect_allowed(CONF_TLS_NONE, p), rows[i].loopback);
		assert_true(connect_allowed(CONF_TLS_IMPLICIT, p));
		assert_true(connect_allowed(CONF_TLS_STARTTLS, p));
	}
}

static int open_with(struct conf_server server, const char *secret, struct err *e)
{
	struct connect_options o = { .server = &server, .secret = secret };
	struct connect *c;

	return connect_open(CONNECT_IMAP, &o, &c, e);
}

static void settings_that_can_never_work_are_refused_for_good(void **state)
{
	const struct conf_server good = {
		.host = "127.0.0.1",
		.port = 1,
		.user = "u",
		.connect_timeout_s = 1,
		.command_timeout_s = 1,
	};
	struct conf_server s = good;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_with(s, NULL, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_int_equal(open_with(s, "", &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	s.user = NULL;
	assert_int_equal(open_with(s, "secret", &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	s = good;
	s.host = "a/b";
	assert_int_equal(open_with(s, "secret", &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	s.host = "evil@127.0.0.1";
	assert_int_equal(open_with(s, "secret", &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_int_equal(open_with(good, "secret", &e), -1); /* nobody listens */
	assert_int_equal(e.class, ERR_TEMP);
	assert_null(strstr(e.text, "secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_goes_to_loopback_only),
		cmocka_unit_test(settings_that_can_never_work_are_refused_for_good),
	};

	return cmocka_run_group_tests(tests, net_begin, net_end);
}
