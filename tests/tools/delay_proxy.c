/*
 * A long line to a server on the loopback: bytes come half a round trip later, as many as there
 * are.
 *
 * usage: delay_proxy PORT TARGET_PORT ROUND_TRIP_MS
 *
 * Each direction takes half of it, up to a millisecond more: it looks once in one, since a line
 * that took the processor for each TLS record would take it from those that are measured.  How much
 * passes in a second is not limited.  It runs until it is killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum { CHUNK = 256 * KIB, CHUNKS_MAX = 256, LINES_MAX = 256, TICK_MS = 1 };

struct chunk {
	struct chunk *next;
	int64_t due_ms;
	size_t n, sent; /* n 0: the end of the stream */
	char bytes[CHUNK];
};

struct way { /* one direction */
	int from, to;
	struct chunk *first, **last;
	size_t chunks;
	bool read_all, done;
};

struct line {
	struct way ways[2];
};

struct proxy {
	int listener, target;
	int64_t delay_ms;
	struct line *lines[LINES_MAX];
	size_t n;
	struct chunk *spare; /* whose pages are there: a fresh one costs more than it carries */
};

static int socket_new(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		abort();
	return fd;
}

static struct sockaddr_in address(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void way_init(struct way *w, int from, int to)
{
	int on = 1;

	*w = (struct way){ .from = from, .to = to };
	w->last = &w->first;
	setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void line_new(struct proxy *p)
{
	int near = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC), far = socket_new();
	struct sockaddr_in a = address(p->target);
	struct line *line;

	if (near < 0 || p->n == LINES_MAX || connect(far, (struct sockaddr *)&a, sizeof(a)) < 0) {
		close(near);
		close(far);
		return;
	}
	line = mem_alloc(sizeof(*line));
	way_init(&line->ways[0], near, far);
	way_init(&line->ways[1], far, near);
	p->lines[p->n++] = line;
}

static struct chunk *chunk_new(struct proxy *p)
{
	struct chunk *c = p->spare ? p->spare : mem_alloc(sizeof(*c));

	p->spare = c->next;
	c->next = NULL;
	c->sent = 0;
	return c;
}

static void chunk_drop(struct proxy *p, struct chunk *c)
{
	c->next = p->spare;
	p->spare = c;
}

static void drop_first(struct proxy *p, struct way *w)
{
	struct chunk *c = w->first;

	w->chunks--;
	w->first = c->next;
	if (!w->first)
		w->last = &w->first;
	chunk_drop(p, c);
}

static void line_free(struct proxy *p, size_t k)
{
	struct line *line = p->lines[k];

	for (int i = 0; i < 2; i++) {
		while (line->ways[i].first)
			drop_first(p, &line->ways[i]);
		close(line->ways[i].from);
	}
	mem_free(&line);
	p->lines[k] = p->lines[--p->n];
}

static void take(struct proxy *p, struct way *w)
{
	struct chunk *c = chunk_new(p);
	ssize_t n = recv(w->from, c->bytes, CHUNK, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		chunk_drop(p, c);
		return;
	}
	c->due_ms = clock_wait_ms() + p->delay_ms;
	c->n = n < 0 ? 0 : (size_t)n;
	*w->last = c;
	w->last = &c->next;
	w->chunks++;
	w->read_all = c->n == 0;
}

static bool is_due(const struct way *w, int64_t now)
{
	return w->first && w->first->due_ms <= now;
}

static void give(struct proxy *p, struct way *w, int64_t now)
{
	while (is_due(w, now)) {
		struct chunk *c = w->first;
		ssize_t n =
		    send(w->to, c->bytes + c->sent, c->n - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (c->n == 0 || n < 0) {
			shutdown(w->to, n < 0 ? SHUT_RDWR : SHUT_WR);
			w->read_all = w->done = true;
			return;
		}
		c->sent += (size_t)n;
		if (c->sent == c->n)
			drop_first(p, w);
	}
}

/* Two descriptors a direction: its bytes come in at one, and go out at the other. */
static int prepare(const struct proxy *p, struct pollfd *fds, int64_t now)
{
	int64_t wait = -1;

	for (size_t k = 0; k < p->n; k++)
		for (int i = 0; i < 2; i++) {
			const struct way *w = &p->lines[k]->ways[i];
			bool more = !w->read_all && w->chunks < CHUNKS_MAX, due = is_due(w, now);
			int64_t left = w->first && !due ? w->first->due_ms - now : -1;

			*fds++ = (struct pollfd){ more ? w->from : -1, POLLIN, 0 };
			*fds++ = (struct pollfd){ due && !w->done ? w->to : -1, POLLOUT, 0 };
			if (left >= 0 && (wait < 0 || left < wait))
				wait = left;
		}
	return (int)wait;
}

static void serve(struct proxy *p, const struct pollfd *fds, size_t n)
{
	int64_t now = clock_wait_ms();

	for (size_t k = 0; k < n; k++)
		for (int i = 0; i < 2; i++, fds += 2) {
			if (fds[0].revents)
				take(p, &p->lines[k]->ways[i]);
			if (!p->lines[k]->ways[i].done)
				give(p, &p->lines[k]->ways[i], now);
		}
	for (size_t k = n; k-- > 0;)
		if (p->lines[k]->ways[0].done && p->lines[k]->ways[1].done)
			line_free(p, k);
}

static void turn(struct proxy *p)
{
	struct pollfd fds[1 + 4 * LINES_MAX] = { { p->listener, POLLIN, 0 } };
	int wait = prepare(p, fds + 1, clock_wait_ms());
	size_t n = p->n;

	if (poll(fds, 1 + 4 * n, wait) < 0)
		return;
	serve(p, fds + 1, n);
	if (fds[0].revents)
		line_new(p);
	poll(NULL, 0, TICK_MS); /* what comes meanwhile goes on together */
}

int main(int argc, char **argv)
{
	struct proxy p = { .n = 0 };
	struct sockaddr_in a = address(argc == 4 ? atoi(argv[1]) : 0);

	if (argc != 4) {
		fputs("usage: delay_proxy PORT TARGET_PORT ROUND_TRIP_MS\n", stderr);
		return 64;
	}
	p.target = atoi(argv[2]);
	p.delay_ms = atoi(argv[3]) / 2;
	p.listener = socket_new();
	if (bind(p.listener, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(p.listener, 64) < 0) {
		perror("delay_proxy");
		return 71;
	}
	for (;;)
		turn(&p);
}
