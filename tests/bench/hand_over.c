/*
 * SMTP and nothing else: hands mails to a server on some connections at once, as tests/bench/send
 * wants it beside the sender.
 *
 *	hand_over PORT CONNECTIONS COUNT BYTES
 *
 * The commands of a mail are sent together (RFC 2920), the mail behind the last reply to them.
 * Prints the seconds it took.
 */
#include <arpa/inet.h>
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"

enum { CONNECTIONS_MAX = 64 };

static struct {
	uint16_t port;
	long count;
	char *mail; /* with the dot at its end */
	atomic_long next;
} all;

static void say(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent <= 0)
			err(1, "send");
		text += sent;
		n -= (size_t)sent;
	}
}

/* So many replies, each of which may have several lines: "250-first", "250 last". */
static void hear(int fd, int replies)
{
	char line[4 * KIB];
	size_t n = 0;

	while (replies > 0) {
		ssize_t got = recv(fd, line + n, sizeof(line) - n, 0);
		char *end;

		if (got <= 0)
			errx(1, "the server hung up");
		n += (size_t)got;
		while (n && (end = memchr(line, '\n', n)) != NULL) {
			if (*line != '2' && *line != '3')
				errx(1, "%.*s", (int)(end - line), line);
			replies -= line[3] == ' ';
			n -= (size_t)(end + 1 - line);
			memmove(line, end + 1, n);
		}
	}
}

static void ask(int fd, const char *text, int replies)
{
	say(fd, text);
	hear(fd, replies);
}

static void *lane(void *ctx)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(all.port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)ctx;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		err(1, "connect");
	hear(fd, 1);
	ask(fd, "EHLO bench.test\r\n", 1);
	for (long i; (i = all.next++) < all.count;) {
		char commands[128];

		snprintf(commands, sizeof(commands),
			 "MAIL FROM:<support@example.test>\r\nRCPT TO:<p%ld@d%ld.test>\r\nDATA\r\n",
			 i, i % 50);
		ask(fd, commands, 3);
		ask(fd, all.mail, 1);
	}
	ask(fd, "QUIT\r\n", 1);
	close(fd);
	return NULL;
}

static char *mail_of(size_t bytes)
{
	static const char head[] = "From: support@example.test\r\nSubject: bench\r\n\r\n",
			  line[] =
			      "This line of text is as long as lines of text are in mails.\r\n";
	char *mail = NULL;
	size_t n;
	FILE *f = open_memstream(&mail, &n);

	fputs(head, f);
	for (size_t k = sizeof(head); k < bytes; k += sizeof(line) - 1)
		fputs(line, f);
	fputs(".\r\n", f);
	fclose(f);
	return mail;
}

int main(int argc, char **argv)
{
	pthread_t threads[CONNECTIONS_MAX];
	long n = argc == 5 ? strtol(argv[2], NULL, 10) : 0;
	int64_t began = clock_wait_ms();

	if (n < 1 || n > CONNECTIONS_MAX)
		errx(64, "usage: hand_over PORT CONNECTIONS COUNT BYTES");
	all.port = (uint16_t)strtol(argv[1], NULL, 10);
	all.count = strtol(argv[3], NULL, 10);
	all.mail = mail_of(strtoul(argv[4], NULL, 10));
	for (long i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, lane, NULL) != 0)
			errx(1, "cannot start a thread");
	for (long i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("%.3f\n", (double)(clock_wait_ms() - began) / 1000);
	free(all.mail);
	return 0;
}
