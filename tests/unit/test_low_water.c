/* When a socket wakes who waits for it (net/low_water.h). */
#include "tests/unit/unit.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/units.h"
#include "gatewayd/net/low_water.h"

enum { RECORD = 18 * KIB, PATIENCE_MS = 30000 };

struct pair {
	int from, to;
	struct low_water low;
};

static void pair_init(struct pair *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	*p = (struct pair){ .from = socket(AF_INET, SOCK_STREAM, 0) };
	assert_int_equal(bind(listener, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
	assert_int_equal(connect(p->from, (struct sockaddr *)&at, n), 0);
	p->to = accept(listener, NULL, NULL);
	assert_true(p->to >= 0);
	close(listener);
}

static void pair_release(struct pair *p)
{
	close(p->from);
	close(p->to);
}

/* They are in the socket at the end of it. */
static void give(struct pair *p, size_t n)
{
	static const char zeros[256 * KIB];
	int before, now;

	assert_int_equal(ioctl(p->to, FIONREAD, &before), 0);
	assert_int_equal(send(p->from, zeros, n, 0), (ssize_t)n);
	do
		assert_int_equal(ioctl(p->to, FIONREAD, &now), 0);
	while ((size_t)(now - before) < n);
}

static bool wakes(const struct pair *p, int ms)
{
	struct pollfd fd = { .fd = p->to, .events = POLLIN };

	return poll(&fd, 1, ms) == 1;
}

/* All but what TLS may have of a record already: the rest of that one comes alone. */
static void what_is_sure_to_come_gathers(void **state)
{
	static const struct {
		uint64_t to_come;
		size_t gathers;
	} rows[] = { { MIB, 64 * KIB }, { 2 * RECORD, RECORD } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pair p;

		pair_init(&p);
		low_water_set(&p.low, p.to, rows[i].to_come);
		give(&p, 1000);
		assert_false(wakes(&p, 0));
		give(&p, rows[i].gathers - 1000);
		assert_true(wakes(&p, PATIENCE_MS));
		pair_release(&p);
	}
}

static void a_little_is_not_waited_for(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	low_water_set(&p.low, p.to, MIB);
	low_water_set(&p.low, p.to, 2 * RECORD - 1);
	give(&p, 1);
	assert_true(wakes(&p, PATIENCE_MS));
	pair_release(&p);
}

static void an_end_wakes_at_once(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	low_water_set(&p.low, p.to, MIB);
	give(&p, 1000);
	assert_false(wakes(&p, 0));
	assert_int_equal(shutdown(p.from, SHUT_WR), 0);
	assert_true(wakes(&p, PATIENCE_MS));
	pair_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sure_to_come_gathers),
		cmocka_unit_test(a_little_is_not_waited_for),
		cmocka_unit_test(an_end_wakes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
