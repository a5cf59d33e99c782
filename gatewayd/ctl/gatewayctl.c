/*
 * gatewayctl: what the operator touches.
 *
 * Verbs that need no store run here (parse, sla due); all others go to core over its socket, and
 * when no daemon listens there, run here on the store itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/units.h"
#include "gatewayd/wire/control_talk.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/ctl/ctl_local.h"
#include "gatewayd/wire/setup.h"
#include "gatewayd/base/version.h"

#define DEFAULT_CONF "/etc/gatewayd/gatewayd.conf"

enum { ANSWER_MS = 600000, START_TRIES = 50, START_WAIT_MS = 100 };

static int usage(int status)
{
	struct buf help BUF_AUTO;

	buf_init(&help, 64 * KIB);
	buf_adds(&help, "usage: gatewayctl [-c FILE] VERB [--json] ...\n\n");
	ctl_local_help(&help);
	ctl_help(&help);
	fputs(buf_cstr(&help), status == EX_OK ? stdout : stderr);
	return status;
}

static int columns(void)
{
	const char *set = getenv("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (set && span_u64(span_of(set), &n) && n > 20 && n < 10000)
		return (int)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 80;
}

static int write_all(int fd, const struct buf *b)
{
	struct span left = buf_span(b);

	while (left.n) {
		ssize_t n = write(fd, left.p, left.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		left = span_sub(left, (size_t)n, SIZE_MAX);
	}
	return 0;
}

static int finish(int status, const struct buf *out, const struct buf *err)
{
	if (write_all(STDOUT_FILENO, out) < 0 && status == EX_OK)
		status = EX_IOERR;
	(void)write_all(STDERR_FILENO, err);
	return status;
}

/* -1 and errno: nobody listens there. */
static int connect_core(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int why = errno;

		close(fd);
		errno = why;
		fd = -1;
	}
	return fd;
}

static int ask_core(int fd, const struct control_request *r, struct buf *out, struct buf *err)
{
	struct wire w;
	struct wire_in in;
	struct err e = { 0 };
	int status = EX_OK;

	message_wire(&w, fd, ROLE_CONTROL, ROLE_CORE);
	if (control_request_put(&w, r, &e) < 0 || wire_flush_all(&w, ANSWER_MS, &e) < 0 ||
	    wire_wait(&w, ANSWER_MS, &in, &e) < 0 ||
	    control_answer_get(&in, &status, out, err, &e) < 0) {
		buf_addf(err, "gatewayctl: the daemon did not answer: %s\n", e.text);
		status = EX_TEMPFAIL;
	}
	wire_release(&w);
	return status;
}

static int run_here(const struct conf *conf, const struct ctl_verb *verb,
		    const struct control_request *r, struct buf *out, struct buf *err)
{
	struct arena arena ARENA_AUTO;
	struct token_keys keys = { 0 };
	struct clock clock = clock_real();
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct desk d = { .conf = conf, .zones = zones, .keys = &keys, .arena = &arena };
	struct ctl c = {
		.d = &d, .input = r->input, .columns = r->columns, .out = out, .err = err
	};
	struct err e = { 0 };
	int status;

	arena_init(&arena);
	d.now = clock_now(&clock);
	/* Without the keys nothing can be signed: verbs that send mail say so. */
	(void)setup_keys_read(conf, &keys, &e);
	c.n = r->n;
	memcpy(c.words, r->words, (size_t)r->n * sizeof(*r->words));
	if (store_open(conf->store,
		       verb->flags & (CTL_WRITES | CTL_OWN_TXN) ? STORE_CREATE : STORE_READ,
		       &d.store, &e) < 0)
		return ctl_fail(&c, &e);
	status = ctl_run(&c, verb);
	store_close(&d.store);
	token_keys_wipe(&keys);
	return status;
}

/* Read when a word asks for it with "-", or when the verb is about nothing else. */
static int read_input(const struct ctl_verb *verb, int argc, const char *const *argv,
		      struct buf *input)
{
	char chunk[64 * KIB];
	bool asked = verb->flags & CTL_INPUT_ALWAYS;
	ssize_t n;

	for (int i = 0; i < argc; i++)
		if (verb->flags & CTL_INPUT && strcmp(argv[i], "-") == 0)
			asked = true;
	if (!asked)
		return EX_OK;
	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		buf_add(input, (struct span){ chunk, (size_t)n });
	if (n < 0 || input->full) {
		fprintf(stderr, "gatewayctl: standard input: %s\n",
			n < 0 ? strerror(errno) : "too large");
		return n < 0 ? EX_IOERR : EX_DATAERR;
	}
	return EX_OK;
}

int ctl_local_dispatch(const struct conf *conf, int argc, const char *const *argv,
		       struct span input, struct buf *out, struct buf *err)
{
	const struct ctl_verb *verb = ctl_find(argc, argv, err);
	struct control_request r = { .columns = columns(), .input = input };
	int fd;

	if (!verb)
		return EX_USAGE;
	for (; r.n < argc && r.n < CONTROL_WORDS_MAX; r.n++)
		r.words[r.n] = argv[r.n];
	if (r.n < argc) {
		buf_adds(err, "gatewayctl: too many words\n");
		return EX_USAGE;
	}
	/* A daemon that starts holds the store before it listens: wait for it. */
	for (int tries = 0;; tries++) {
		size_t before = err->n;
		int status;

		fd = connect_core(conf->socket);
		if (fd >= 0)
			return ask_core(fd, &r, out, err);
		status = run_here(conf, verb, &r, out, err);
		if (status != EX_TEMPFAIL || tries == START_TRIES)
			return status;
		err->n = before;
		usleep(START_WAIT_MS * 1000);
	}
}

static int run_verb(const struct conf *conf, int argc, const char *const *argv)
{
	struct buf out BUF_AUTO, err BUF_AUTO, input BUF_AUTO;
	const struct ctl_verb *verb;
	int status;

	buf_init(&out, SIZE_MAX);
	buf_init(&err, SIZE_MAX);
	buf_init(&input, CTL_INPUT_MAX);
	verb = ctl_find(argc, argv, &err);
	status = verb ? read_input(verb, argc, argv, &input) : EX_USAGE;
	if (verb && status == EX_OK)
		status = ctl_local_dispatch(conf, argc, argv, buf_span(&input), &out, &err);
	return finish(status, &out, &err);
}

/* With a configuration that is wrong now, the daemon may still run with the one it has. */
static int ask_running(const char *path, int argc, const char *const *argv)
{
	struct buf out BUF_AUTO, err BUF_AUTO, socket_path BUF_AUTO;
	struct control_request r = { .columns = columns(), .input = SPAN("") };
	int fd = -1, status = EX_CONFIG;

	buf_init(&out, SIZE_MAX);
	buf_init(&err, SIZE_MAX);
	buf_init(&socket_path, 4096);
	/* A socket that refuses was left by a core that died: its successor is on the way. */
	if (conf_socket_find(path, &socket_path))
		for (int tries = 0; fd < 0 && tries < START_TRIES; tries++) {
			fd = connect_core(buf_cstr(&socket_path));
			if (fd >= 0 || errno != ECONNREFUSED)
				break;
			usleep(START_WAIT_MS * 1000);
		}
	for (; r.n < argc && r.n < CONTROL_WORDS_MAX; r.n++)
		r.words[r.n] = argv[r.n];
	if (fd >= 0)
		status = finish(ask_core(fd, &r, &out, &err), &out, &err);
	return status;
}

static int with_conf(const char *path, int argc, char **argv)
{
	const char *const *words = (const char *const *)argv;
	const struct ctl_local *local = ctl_local_find(argc, argv);
	struct conf_problems problems;
	struct conf *conf;
	int status;

	if (local && !local->needs_conf)
		return local->run(NULL, argc, argv);
	conf_problems_init(&problems);
	conf = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!conf)
		fputs(buf_cstr(&problems.text), stderr);
	conf_problems_release(&problems);
	if (!conf)
		return local ? EX_CONFIG : ask_running(path, argc, words);
	status = local ? local->run(conf, argc, argv) : run_verb(conf, argc, words);
	conf_free(&conf);
	return status;
}

int main(int argc, char **argv)
{
	const char *path = DEFAULT_CONF;
	int i = 1;

	umask(077);
	crypto_init();
	/* Options of the verbs are theirs: only what stands before the verb is read here. */
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			path = argv[++i];
		else if (strcmp(argv[i], "-V") == 0)
			return puts("gatewayctl " GATEWAYD_VERSION) < 0 ? EX_IOERR : EX_OK;
		else
			return usage(strcmp(argv[i], "-h") == 0 ? EX_OK : EX_USAGE);
	}
	if (i == argc)
		return usage(EX_USAGE);
	if (strcmp(argv[i], "help") == 0)
		return usage(EX_OK);
	return with_conf(path, argc - i, argv + i);
}
