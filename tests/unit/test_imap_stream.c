/* The stream below libetpan (net/imap_stream.h), on a connection that is played. */
#include "tests/unit/unit.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/net/imap_stream.h"

/* A server that always sends something, of which TLS makes nothing. */
static int waits;

ssize_t connect_recv(struct connect *c, void *p, size_t n)
{
	(void)c, (void)p, (void)n;
	return CONNECT_AGAIN;
}

int connect_send(struct connect *c, const void *p, size_t n, int64_t deadline_ms)
{
	(void)c, (void)p, (void)n, (void)deadline_ms;
	return 0;
}

enum connect_ready connect_wait(struct connect *c, int wake_fd, int64_t deadline_ms)
{
	(void)c, (void)wake_fd, (void)deadline_ms;
	return ++waits < 100 * 1000 * 1000 ? CONNECT_READABLE : CONNECT_STOPPED;
}

void connect_close(struct connect **c)
{
	*c = NULL;
}

static void what_tls_makes_nothing_of_ends_at_the_deadline(void **state)
{
	struct imap_stream s;

	(void)state;
	imap_stream_init(&s, NULL, 20, SPAN(""));
	assert_int_equal(imap_stream_pump(&s, -1, clock_wait_ms() + 20), CONNECT_TIMEOUT);
	assert_true(waits > 0);
	imap_stream_release(&s);
}

/* What came at the last moment is read: one look behind the deadline. */
static void behind_the_deadline_is_one_look(void **state)
{
	struct imap_stream s;

	(void)state;
	imap_stream_init(&s, NULL, 20, SPAN(""));
	waits = 0;
	assert_int_equal(imap_stream_pump(&s, -1, clock_wait_ms() - 1), CONNECT_TIMEOUT);
	assert_int_equal(waits, 1);
	imap_stream_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tls_makes_nothing_of_ends_at_the_deadline),
		cmocka_unit_test(behind_the_deadline_is_one_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
