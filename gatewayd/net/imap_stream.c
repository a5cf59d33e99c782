#include "gatewayd/net/imap_stream.h"

#include "gatewayd/base/clock.h"

enum { CHUNK = 16384 };

void imap_stream_init(struct imap_stream *s, struct connect *connect, struct span first)
{
	*s = (struct imap_stream){ .connect = connect };
	imap_guard_init(&s->guard);
	buf_init(&s->in, IMAP_SEARCH_LINE_MAX + 2 * CHUNK);
	buf_add(&s->in, first);
}

void imap_stream_release(struct imap_stream *s)
{
	connect_close(&s->connect);
	imap_guard_release(&s->guard);
	buf_release(&s->in);
}

void imap_stream_command(struct imap_stream *s, int64_t timeout_ms, int64_t answer_max,
			 int64_t body_max)
{
	s->deadline_ms = clock_wait_ms() + timeout_ms;
	imap_guard_command(&s->guard, answer_max, body_max);
}

static int die(struct imap_stream *s, const char *why)
{
	if (!s->dead)
		err_set(&s->why, ERR_TEMP, "%s", why);
	s->dead = true;
	return -1;
}

/* Bytes from the server through the guard; 0, CONNECT_AGAIN, or -1. */
static int take_in(struct imap_stream *s)
{
	char chunk[CHUNK];
	ssize_t n = connect_recv(s->connect, chunk, sizeof(chunk));

	if (n == CONNECT_AGAIN)
		return CONNECT_AGAIN;
	if (n <= 0)
		return die(s, "the IMAP server closed the connection");
	if (imap_guard_feed(&s->guard, (struct span){ chunk, (size_t)n }, &s->in, &s->why) < 0) {
		s->dead = true;
		return -1;
	}
	return 0;
}

int imap_stream_pump(struct imap_stream *s, int wake_fd, int64_t deadline_ms)
{
	size_t before = s->in.n;

	for (;;) {
		int got = s->dead ? -1 : take_in(s);
		enum connect_ready ready;

		if (s->in.n > before)
			return CONNECT_READABLE; /* good, even when what came after is not */
		if (got == -1)
			return -1;
		if (got == 0 && clock_wait_ms() < deadline_ms)
			continue;
		ready = connect_wait(s->connect, wake_fd, deadline_ms);
		if (ready == CONNECT_STOPPED)
			return die(s, "the IMAP session was stopped");
		if (ready != CONNECT_READABLE)
			return (int)ready;
	}
}

ssize_t imap_stream_read(struct imap_stream *s, void *p, size_t n)
{
	size_t have;

	if (s->in_at == s->in.n) {
		int r;

		buf_clear(&s->in);
		s->in_at = 0;
		r = imap_stream_pump(s, -1, s->deadline_ms);
		if (r == CONNECT_TIMEOUT)
			return die(s, "the IMAP server did not answer in time");
		if (r < 0)
			return -1;
	}
	have = s->in.n - s->in_at;
	n = n < have ? n : have;
	memcpy(p, s->in.p + s->in_at, n);
	s->in_at += n;
	return (ssize_t)n;
}

int imap_stream_write(struct imap_stream *s, const void *p, size_t n)
{
	if (s->dead)
		return -1;
	if (connect_send(s->connect, p, n, s->deadline_ms) < 0)
		return die(s, "the IMAP server takes no command");
	return 0;
}
