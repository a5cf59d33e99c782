/* The stream below libetpan (net/imap_stream.h), on a connection that is played. */
#include "tests/unit/unit.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/net/imap_stream.h"

/* A server that always sends something, of which TLS makes nothing; before that, what is `said`. */
static int waits;
static struct span said;
static uint64_t expected;

ssize_t connect_recv(struct connect *c, void *p, size_t n)
{
	(void)c;
	if (said.n == 0)
		return CONNECT_AGAIN;
	n = n < said.n ? n : said.n;
	memcpy(p, said.p, n);
	said = span_sub(said, n, SIZE_MAX);
	return (ssize_t)n;
}

void connect_expect(struct connect *c, uint64_t bytes)
{
	(void)c;
	expected = bytes;
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

/* A literal is waited for as a whole; behind it each byte may end a line. */
static void what_is_left_of_a_literal_is_expected(void **state)
{
	static const struct imap_limits limits = { .answer_max = MIB, .body_max = MIB };
	struct imap_stream s;

	(void)state;
	imap_stream_init(&s, NULL, 20, SPAN(""));
	imap_stream_command(&s, &limits);
	said = SPAN("* 1 FETCH (UID 7 BODY[] {100000}\r\nFrom: ");
	assert_int_equal(imap_stream_pump(&s, -1, INT64_MAX), CONNECT_READABLE);
	imap_stream_pump(&s, -1, clock_wait_ms() - 1);
	assert_int_equal(expected, 100000 - 6);
	while (expected) {
		static const char zeros[1000];

		said = (struct span){ zeros, expected < sizeof(zeros) ? expected : sizeof(zeros) };
		imap_stream_pump(&s, -1, INT64_MAX);
		imap_stream_pump(&s, -1, clock_wait_ms() - 1);
	}
	said = SPAN(")\r");
	imap_stream_pump(&s, -1, clock_wait_ms() - 1);
	assert_int_equal(expected, 0);
	imap_stream_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tls_makes_nothing_of_ends_at_the_deadline),
		cmocka_unit_test(behind_the_deadline_is_one_look),
		cmocka_unit_test(what_is_left_of_a_literal_is_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
