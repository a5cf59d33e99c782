/* No connection to an address that may not be connected to, whatever the name for it. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/network.h"
#include "gatewayd/net/https.h"

static struct {
	struct loop *loop;
	struct https *https;
	int listener, port, asked;
	struct https_answer answer;
	char text[ERR_TEXT_MAX];
} t;

static void on_answer(void *ctx, const struct https_answer *a)
{
	(void)ctx;
	t.answer = *a;
	snprintf(t.text, sizeof(t.text), "%s", a->why.text);
	loop_stop(t.loop);
}

static bool only_public(void *ctx, const struct sockaddr *address)
{
	(void)ctx;
	t.asked++;
	return network_is_public(address);
}

static void post(const char *host, bool (*may)(void *, const struct sockaddr *))
{
	char url[200];
	struct https_request r = { .url = url,
				   .name = "here",
				   .body = SPAN("{}"),
				   .headers = { "X-Test: 1" },
				   .header_count = 1,
				   .plain = true,
				   .timeout_s = 5,
				   .may_connect = may,
				   .fn = on_answer };
	struct err e;

	snprintf(url, sizeof(url), "http://%s:%d/", host, t.port);
	t.asked = 0;
	assert_int_equal(https_post(t.https, &r, &e), 0);
	assert_int_equal(loop_run(t.loop, &e), 0);
}

static bool was_connected_to(void)
{
	int fd = accept4(t.listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int setup(void **state)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_addr = in6addr_any };
	socklen_t n = sizeof(a);
	struct err e;
	int off = 0;

	(void)state;
	assert_int_equal(connect_global_init(&e), 0);
	t.loop = loop_new(clock_real());
	t.https = https_new(t.loop);
	t.listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(t.listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	assert_int_equal(bind(t.listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(t.listener, 16), 0);
	assert_int_equal(getsockname(t.listener, (struct sockaddr *)&a, &n), 0);
	t.port = ntohs(a.sin6_port);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(t.listener);
	https_free(&t.https);
	loop_free(&t.loop);
	connect_global_cleanup();
	return 0;
}

static void loopback_is_refused_by_every_name(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1", "localhost",  "[::1]",	 "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"127.1",     "2130706433", "0x7f.1",	 "0177.0.0.1",	       "0.0.0.0",
		"[::]",	     "127.0.0.2",  "localhost.",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		post(hosts[i], only_public);
		if (t.answer.status || was_connected_to())
			fail_msg("%s was connected to", hosts[i]);
		if (t.asked && !strstr(t.text, "is not public"))
			fail_msg("%s: \"%s\"", hosts[i], t.text);
	}
}

/* The word for the first address that is found does not count for the next. */
static bool second_time(void *ctx, const struct sockaddr *address)
{
	(void)ctx, (void)address;
	return t.asked++ > 0;
}

static void each_connection_is_asked_for(void **state)
{
	(void)state;
	post("127.0.0.1", second_time);
	assert_false(was_connected_to());
	assert_int_equal(t.asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_is_refused_by_every_name),
		cmocka_unit_test(each_connection_is_asked_for),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
