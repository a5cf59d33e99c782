/*
 * Asks core again and again from one process, where one gatewayctl for each look would cost more
 * than what is measured.
 *
 *	ask SOCKET WORD...
 *
 * For each line that comes it asks once, and writes what the verb wrote, behind a line that says
 * how many bytes that is.
 */
#include <err.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gatewayd/wire/control_talk.h"

enum { ANSWER_MS = 60000 };

static int connect_core(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		err(1, "%s", path);
	return fd;
}

static void ask(const char *path, const struct control_request *r)
{
	struct buf out BUF_AUTO, ignored BUF_AUTO;
	struct wire_in in;
	struct wire w;
	struct err e;
	int status;

	buf_init(&out, SIZE_MAX);
	buf_init(&ignored, SIZE_MAX);
	message_wire(&w, connect_core(path), ROLE_CONTROL, ROLE_CORE);
	if (control_request_put(&w, r, &e) < 0 || wire_flush_all(&w, ANSWER_MS, &e) < 0 ||
	    wire_wait(&w, ANSWER_MS, &in, &e) < 0 ||
	    control_answer_get(&in, &status, &out, &ignored, NULL, &e) < 0)
		errx(1, "%s: %s", path, e.text);
	wire_release(&w);
	printf("%zu\n", out.n);
	fwrite(out.p, 1, out.n, stdout);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct control_request r = { .columns = 80, .input = SPAN("") };
	char line[16];

	if (argc < 3 || argc > CONTROL_WORDS_MAX)
		errx(64, "usage: ask SOCKET WORD...");
	for (int i = 2; i < argc; i++)
		r.words[r.n++] = argv[i];
	while (fgets(line, sizeof(line), stdin))
		ask(argv[1], &r);
	return 0;
}
