/* Which addresses a webhook may be posted to. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "gatewayd/base/network.h"
#include "tests/unit/unit.h"

static void address(const char *text, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	assert_int_equal(
	    inet_pton(to->ss_family, text,
		      to->ss_family == AF_INET ? (void *)&v4->sin_addr : (void *)&v6->sin6_addr),
	    1);
}

static bool is_public(const char *text)
{
	struct sockaddr_storage a;

	address(text, &a);
	return network_is_public((struct sockaddr *)&a);
}

static const char *const public_ones[] = {
	"1.1.1.1",	   "9.255.255.255",   "11.0.0.0",	  "100.63.255.255",
	"100.128.0.0",	   "126.255.255.255", "128.0.0.0",	  "169.253.255.255",
	"169.255.0.0",	   "172.15.255.255",  "172.32.0.0",	  "192.0.1.0",
	"192.167.255.255", "192.169.0.0",     "198.17.255.255",	  "198.20.0.0",
	"203.0.112.255",   "203.0.114.0",     "223.255.255.255",  "2001:200::1",
	"2001:db7:ffff::", "2001:db9::",      "2606:4700::1111",  "2a00:1450::1",
	"3fff:1000::",	   "::ffff:1.1.1.1",  "64:ff9b::8.8.8.8", "2002:808:808::1",
};

static const char *const others[] = {
	"0.0.0.0",
	"0.255.255.255",
	"10.0.0.0",
	"10.255.255.255",
	"100.64.0.0",
	"100.127.255.255",
	"127.0.0.1",
	"127.255.255.255",
	"169.254.0.0",
	"169.254.169.254",
	"172.16.0.0",
	"172.31.255.255",
	"192.0.0.1",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.0.0",
	"192.168.255.255",
	"198.18.0.0",
	"198.19.255.255",
	"198.51.100.7",
	"203.0.113.7",
	"224.0.0.1",
	"239.255.255.255",
	"240.0.0.1",
	"255.255.255.255",
	"::",
	"::1",
	"fe80::1",
	"febf::1",
	"fc00::1",
	"fdff::1",
	"fec0::1",
	"ff02::1",
	"2001:db8::1",
	"2001::1",
	"2001:1ff::1",
	"3fff::1",
	"::ffff:127.0.0.1",
	"::ffff:10.0.0.1",
	"::ffff:169.254.169.254",
	"::10.0.0.1",
	"64:ff9b::10.0.0.1",
	"64:ff9b::7f00:1",
	"64:ff9b:1::1",
	"2002:7f00:1::1",
	"2002:a00:1::",
	"100::1",
	"4000::1",
	"::ffff:0:127.0.0.1",
};

/* Both ends of each range, and what stands beside them. */
static void only_what_anybody_reaches_is_public(void **state)
{
	struct sockaddr local = { .sa_family = AF_UNIX };

	(void)state;
	for (size_t i = 0; i < sizeof(public_ones) / sizeof(*public_ones); i++)
		if (!is_public(public_ones[i]))
			fail_msg("%s is public", public_ones[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (is_public(others[i]))
			fail_msg("%s is not public", others[i]);
	assert_false(network_is_public(&local));
}

static void a_network_has_its_addresses_and_no_others(void **state)
{
	static const struct {
		const char *network, *address;
		bool has;
	} rows[] = {
		{ "10.1.2.3", "10.1.2.3", true },
		{ "10.1.2.3", "10.1.2.2", false },
		{ "10.1.2.3", "::ffff:10.1.2.3", true },
		{ "::ffff:10.1.2.3", "10.1.2.3", true },
		{ "10.1.2.0/23", "10.1.3.255", true },
		{ "10.1.2.0/23", "10.1.4.0", false },
		{ "10.1.2.0/23", "10.1.1.255", false },
		{ "0.0.0.0/0", "127.0.0.1", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "127.0.0.1", true },
		{ "::1", "::1", true },
		{ "::1", "127.0.0.1", false },
		{ "fd00::/8", "fdff::1", true },
		{ "fd00::/8", "fc00::1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sockaddr_storage a;
		struct network n;

		address(rows[i].address, &a);
		assert_true(network_parse(span_of(rows[i].network), &n));
		if (network_has(&n, (struct sockaddr *)&a) != rows[i].has)
			fail_msg("%s in %s", rows[i].address, rows[i].network);
	}
}

static void what_is_no_network_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"/",
		"/8",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.1/8",
		"fd00::/129",
		"fd00::1/8",
		"10.0.0/8",
		"10.0.0.0/8/8",
		"10.0.0.0/x",
		"10.0.0.0/-1",
		"localhost",
		"::1%lo",
		" 10.0.0.1",
		"10.0.0.1 ",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999",
		"0x7f.1",
		"127.1",
		"2130706433",
	};
	struct network n = { .bits = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (network_parse(span_of(rows[i]), &n))
			fail_msg("\"%s\" was taken", rows[i]);
	assert_false(network_parse((struct span){ "::1\0x", 5 }, &n));
	assert_int_equal(n.bits, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_anybody_reaches_is_public),
		cmocka_unit_test(a_network_has_its_addresses_and_no_others),
		cmocka_unit_test(what_is_no_network_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
