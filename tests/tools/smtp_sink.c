/*
 * A submission server that takes everything, as fast as it comes, and writes it into a file.
 *
 * usage: smtp_sink PORT FILE [DELAY_MS [DOMAIN=DELAY_MS]...]
 *
 * Plain text on the loopback, no log-in.  FILE gets the recipient and the bytes of each mail,
 * FILE.count, for who wants to look often, how many there are (struct counts).  DELAY_MS passes
 * before the reply to the end of a mail, another delay where its recipient is in DOMAIN; "never" is
 * a delay, too.  It runs until it is killed.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum { CHUNK = 64 * KIB, EVENTS = 64, LINE_MAX_BYTES = 256 * MIB, NEVER_MS = 1000000000 };

struct counts {
	uint64_t mails, listed; /* listed: to a DOMAIN of the command line */
};

struct session {
	int fd;
	bool listed;	   /* its recipient is in such a DOMAIN */
	bool data;	   /* inside of a mail */
	int64_t delay_ms;  /* of the mail under way */
	int64_t answer_at; /* ms; 0: nothing is due */
	struct buf in, out;
	struct session *next;
};

struct sink {
	int epoll, listener;
	int64_t delay_ms;
	char **slow; /* DOMAIN=DELAY_MS, NULL at the end */
	FILE *record;
	struct counts *counts;
	struct session *sessions;
};

/* Replies to what came together go together. */
static void say(struct session *s, const char *text)
{
	buf_adds(&s->out, text);
}

static void flush(struct session *s)
{
	if (s->out.n && send(s->fd, s->out.p, s->out.n, MSG_NOSIGNAL) < 0)
		shutdown(s->fd, SHUT_RDWR);
	buf_clear(&s->out);
}

static void session_new(struct sink *k)
{
	struct session *s = mem_alloc(sizeof(*s));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = s };

	s->fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC);
	buf_init(&s->in, LINE_MAX_BYTES);
	buf_init(&s->out, LINE_MAX_BYTES);
	s->next = k->sessions;
	k->sessions = s;
	epoll_ctl(k->epoll, EPOLL_CTL_ADD, s->fd, &ev);
	say(s, "220 sink ESMTP\r\n");
	flush(s);
}

static void session_free(struct sink *k, struct session *s)
{
	struct session **at = &k->sessions;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	close(s->fd);
	buf_release(&s->in);
	buf_release(&s->out);
	free(s);
}

static void record(struct sink *k, struct span s)
{
	if (fwrite(s.p, 1, s.n, k->record) != s.n)
		abort();
}

static int64_t delay_of(const char *text)
{
	return strcmp(text, "never") == 0 ? NEVER_MS : strtol(text, NULL, 10);
}

/* "RCPT TO:<ann@DOMAIN>" and what may follow. */
static void note_recipient(const struct sink *k, struct session *s, struct span rcpt)
{
	const char *at = rcpt.n ? memrchr(rcpt.p, '@', rcpt.n) : NULL;
	struct span rest =
	    at ? span_sub(rcpt, (size_t)(at + 1 - rcpt.p), SIZE_MAX) : (struct span){ 0 };

	s->delay_ms = k->delay_ms;
	s->listed = false;
	for (char **v = k->slow; *v && !s->listed; v++) {
		struct span name = { *v, strcspn(*v, "=") };

		s->listed = span_starts_ci(rest, name) && rest.n > name.n && rest.p[name.n] == '>';
		if (s->listed)
			s->delay_ms = delay_of(*v + name.n + 1);
	}
}

static void took(struct sink *k, struct session *s)
{
	fflush(k->record);
	k->counts->mails++;
	k->counts->listed += s->listed;
	s->data = false;
	if (s->delay_ms)
		s->answer_at = clock_wait_ms() + s->delay_ms;
	else
		say(s, "250 2.0.0 taken\r\n");
}

static void command(struct sink *k, struct session *s, struct span line)
{
	static const struct {
		const char *verb, *reply;
	} verbs[] = {
		{ "EHLO", "250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 100000000\r\n" },
		{ "DATA", "354 go on\r\n" },
		{ "QUIT", "221 bye\r\n" },
	};
	const char *reply = "250 2.1.0 fine\r\n";

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (span_eq_ci(span_sub(line, 0, 4), span_of(verbs[i].verb)))
			reply = verbs[i].reply;
	s->data = reply == verbs[1].reply;
	if (span_eq_ci(span_sub(line, 0, 4), SPAN("RCPT"))) {
		record(k, line);
		note_recipient(k, s, line);
	}
	say(s, reply);
}

/* One command, or the mail as far as it is there; false when more must come. */
static bool step(struct sink *k, struct session *s)
{
	static const char end[] = "\r\n.\r\n";
	struct span all = buf_span(&s->in);
	const char *p = all.n ? memmem(all.p, all.n, s->data ? end : "\n", s->data ? 5 : 1) : NULL;
	size_t n = p ? (size_t)(p - all.p) + (s->data ? 5 : 1) : 0;

	if (!p)
		return false;
	if (s->data) {
		record(k, span_sub(all, 0, n));
		took(k, s);
	} else {
		command(k, s, span_sub(all, 0, n));
	}
	buf_drop_front(&s->in, n);
	return true;
}

static void serve(struct sink *k, struct session *s)
{
	ssize_t n = recv(s->fd, buf_room(&s->in, CHUNK), CHUNK, 0);

	if (n <= 0) {
		session_free(k, s);
		return;
	}
	s->in.n += (size_t)n;
	while (step(k, s))
		;
	flush(s);
}

/* Sends the replies that are due; returns the ms until the next one, -1 for none. */
static int due(struct sink *k)
{
	int64_t now = clock_wait_ms(), next = -1;

	for (struct session *s = k->sessions; s; s = s->next) {
		if (s->answer_at && s->answer_at <= now) {
			s->answer_at = 0;
			say(s, "250 2.0.0 taken\r\n");
			flush(s);
		}
		if (s->answer_at && (next < 0 || s->answer_at - now < next))
			next = s->answer_at - now;
	}
	return (int)next;
}

static void run(struct sink *k)
{
	struct epoll_event ev[EVENTS];

	for (;;) {
		int n = epoll_wait(k->epoll, ev, EVENTS, due(k));

		for (int i = 0; i < n; i++) {
			if (ev[i].data.ptr)
				serve(k, ev[i].data.ptr);
			else
				session_new(k);
		}
	}
}

static struct counts *count_in(const char *record)
{
	char path[PATH_MAX];
	void *counts;
	int fd;

	snprintf(path, sizeof(path), "%s.count", record);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || ftruncate(fd, sizeof(struct counts)) < 0)
		return MAP_FAILED;
	counts = mmap(NULL, sizeof(struct counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return counts;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN };
	struct sink k = { 0 };
	int one = 1;

	if (argc < 3)
		return 2;
	at.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	k.record = fopen(argv[2], "we");
	k.counts = count_in(argv[2]);
	k.delay_ms = argc > 3 ? delay_of(argv[3]) : 0;
	k.slow = argv + (argc > 3 ? 4 : argc);
	k.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	k.epoll = epoll_create1(EPOLL_CLOEXEC);
	setsockopt(k.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!k.record || k.counts == MAP_FAILED ||
	    bind(k.listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(k.listener, 128) < 0) {
		perror("smtp_sink");
		return 1;
	}
	epoll_ctl(k.epoll, EPOLL_CTL_ADD, k.listener, &ev);
	run(&k);
}
