#include "gatewayd/net/imap_stream.h"

#include "gatewayd/base/clock.h"

enum { CHUNK = 16384, AHEAD_MAX = MIB };

void imap_stream_init(struct imap_stream *s, struct connect *connect, int64_t timeout_ms,
		      struct span first)
{
	*s = (struct imap_stream){ .connect = connect,
				   .timeout_ms = timeout_ms,
				   .meanwhile.fd = -1 };
	imap_guard_init(&s->guard);
	buf_init(&s->in, IMAP_SEARCH_LINE_MAX + 2 * CHUNK);
	buf_init(&s->ahead, AHEAD_MAX);
	buf_add(&s->in, first);
}

void imap_stream_release(struct imap_stream *s)
{
	connect_close(&s->connect);
	imap_guard_release(&s->guard);
	buf_release(&s->in);
	buf_release(&s->ahead);
}

static int die(struct imap_stream *s, const char *why)
{
	if (!s->dead)
		err_set(&s->why, ERR_TEMP, "%s", why);
	s->dead = true;
	return -1;
}

static void add_ahead(struct imap_stream *s, const struct imap_limits *l)
{
	if (s->limit_count == IMAP_AHEAD_MAX) {
		die(s, "too many commands are sent ahead");
		return;
	}
	s->limits[s->limit_count++] = *l;
	s->deadline_ms += l->extra_ms;
	imap_guard_ahead(&s->guard, l->answer_max, l->body_max);
}

/* What those sent ahead are answered can come before the end of this. */
void imap_stream_command(struct imap_stream *s, const struct imap_limits *l)
{
	struct imap_limits all = *l;

	if (s->is_ahead) {
		add_ahead(s, l);
		return;
	}
	if (s->limit_count > 0)
		memmove(s->limits, s->limits + 1, --s->limit_count * sizeof(s->limits[0]));
	for (size_t k = 0; k < s->limit_count; k++) {
		const struct imap_limits *other = &s->limits[k];

		all.extra_ms += other->extra_ms;
		all.answer_max += other->answer_max;
		all.body_max = other->body_max > all.body_max ? other->body_max : all.body_max;
	}
	s->deadline_ms = clock_wait_ms() + s->timeout_ms + all.extra_ms;
	imap_guard_command(&s->guard, all.answer_max, all.body_max);
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
	bool late = false; /* what came at the last moment counts */

	for (;;) {
		int got = s->dead ? -1 : take_in(s);
		enum connect_ready ready;

		if (s->in.n > before)
			return CONNECT_READABLE; /* good, even when what came after is not */
		if (got == -1)
			return -1;
		if (got == 0 && clock_wait_ms() < deadline_ms)
			continue;
		if (late)
			return CONNECT_TIMEOUT;
		late = clock_wait_ms() >= deadline_ms;
		if (s->meanwhile.fd >= 0)
			s->meanwhile.pause(s->meanwhile.ctx);
		connect_expect(s->connect, s->guard.literal_left);
		ready = connect_wait(s->connect, wake_fd, deadline_ms);
		if (ready == CONNECT_STOPPED)
			return die(s, "the IMAP session was stopped");
		if (ready != CONNECT_READABLE)
			return (int)ready;
	}
}

/* Until there is something to read. */
static int fill(struct imap_stream *s)
{
	int r;

	buf_clear(&s->in);
	s->in_at = 0;
	while ((r = imap_stream_pump(s, s->meanwhile.fd, s->deadline_ms)) == CONNECT_WOKEN)
		s->meanwhile.wake(s->meanwhile.ctx);
	if (r == CONNECT_TIMEOUT)
		return die(s, "the IMAP server did not answer in time");
	return r;
}

ssize_t imap_stream_read(struct imap_stream *s, void *p, size_t n)
{
	size_t have;

	if (s->is_ahead || (s->in_at == s->in.n && fill(s) < 0))
		return -1;
	have = s->in.n - s->in_at;
	n = n < have ? n : have;
	memcpy(p, s->in.p + s->in_at, n);
	s->in_at += n;
	return (ssize_t)n;
}

/* The turn of what was sent ahead. */
static int repeat(struct imap_stream *s, struct span bytes)
{
	if (!span_starts(buf_span(&s->ahead), bytes))
		return die(s, "a command is not the one that was sent ahead");
	buf_drop_front(&s->ahead, bytes.n);
	return 0;
}

static int send_out(struct imap_stream *s, struct span bytes, int64_t deadline_ms)
{
	return connect_send(s->connect, bytes.p, bytes.n, deadline_ms) < 0
		   ? die(s, "the IMAP server takes no command")
		   : 0;
}

/* One segment, one record of TLS, for commands that are sent together. */
void imap_stream_ahead(struct imap_stream *s, bool on)
{
	struct span bytes = span_sub(buf_span(&s->ahead), s->ahead.n - s->unsent, SIZE_MAX);

	s->is_ahead = on;
	s->unsent = 0;
	if (bytes.n && !s->dead)
		send_out(s, bytes, clock_wait_ms() + s->timeout_ms);
}

int imap_stream_write(struct imap_stream *s, const void *p, size_t n)
{
	struct span bytes = { p, n };

	if (s->dead)
		return -1;
	if (!s->is_ahead)
		return s->ahead.n ? repeat(s, bytes) : send_out(s, bytes, s->deadline_ms);
	buf_add(&s->ahead, bytes);
	s->unsent += n;
	return s->ahead.full ? die(s, "too many commands are sent ahead") : 0;
}
