/*
 * gatewayctl: what the operator touches.
 *
 * Finds the verb, reads the configuration and standard input, and runs the verb's local half, or
 * asks for it where the store is (ctl_ask.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "gatewayd/base/version.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_verbs.h"

#define DEFAULT_CONF "/etc/gatewayd/gatewayd.conf"

static int usage(int status)
{
	FILE *to = status == EX_OK ? stdout : stderr;

	fputs("usage: gatewayctl [-c FILE] VERB [--json] ...\n\n", to);
	for (const struct ctl_verb *v = ctl_verbs; v->name; v++)
		fprintf(to, "  %s%s%s\n        %s\n", v->name, *v->usage ? " " : "", v->usage,
			v->summary);
	return status;
}

/* Of the terminal that standard output is; 0: it is none. */
static int columns(void)
{
	const char *set = getenv("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (set && span_u64(span_of(set), &n) && n > 20 && n < 10000)
		return (int)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 80;
}

static int finish(int status, const struct buf *out, const struct buf *err)
{
	if (file_write_all(STDOUT_FILENO, buf_span(out)) < 0 && status == EX_OK)
		status = EX_IOERR;
	(void)file_write_all(STDERR_FILENO, buf_span(err));
	return status;
}

/* Read when a word asks for it with "-", or when the verb is about nothing else. */
static int read_input(const struct ctl_request *r, struct buf *input, struct buf *err)
{
	bool asked = r->verb->flags & CTL_INPUT_ALWAYS;

	for (int i = 0; i < r->argc; i++)
		if (r->verb->flags & CTL_INPUT && strcmp(r->argv[i], "-") == 0)
			asked = true;
	if (!asked || file_read("-", input) == 0)
		return EX_OK;
	buf_addf(err, "gatewayctl: standard input: %s\n", strerror(errno));
	return errno == EFBIG ? EX_DATAERR : EX_IOERR;
}

static int run_local(const struct conf *conf, const struct ctl_request *r, struct buf *out,
		     struct buf *err)
{
	struct arena arena ARENA_AUTO;
	struct clock clock = clock_real();
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct desk d = { .conf = conf, .zones = zones, .arena = &arena, .now = clock_now(&clock) };
	struct ctl c = { .d = &d,
			 .argv = r->argv,
			 .argc = r->argc,
			 .columns = r->columns,
			 .out = out,
			 .err = err };

	arena_init(&arena);
	return ctl_run_local(&c, r->verb);
}

static int run_with(const struct conf *conf, struct ctl_request *r, struct buf *out,
		    struct buf *err)
{
	struct buf input BUF_AUTO;
	int status;

	buf_init(&input, CTL_INPUT_MAX);
	if (r->verb->local)
		return run_local(conf, r, out, err);
	status = read_input(r, &input, err);
	r->input = buf_span(&input);
	return status == EX_OK ? ctl_ask(conf, r, out, err) : status;
}

static int run(const char *path, struct ctl_request *r, struct buf *out, struct buf *err)
{
	struct conf_problems problems;
	struct conf *conf;
	int status;

	if (r->verb->flags & CTL_NO_CONF)
		return run_local(NULL, r, out, err);
	conf_problems_init(&problems);
	conf = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!conf)
		buf_add(err, buf_span(&problems.text));
	conf_problems_release(&problems);
	if (!conf)
		return r->verb->local ? EX_CONFIG : ctl_ask_running(path, r, out, err);
	status = run_with(conf, r, out, err);
	conf_free(&conf);
	return status;
}

static int run_verb(const char *path, int argc, const char *const *argv)
{
	struct ctl_request r = {
		.argv = argv, .argc = argc, .input = SPAN(""), .columns = columns()
	};
	struct buf out BUF_AUTO, err BUF_AUTO;
	int status = EX_USAGE;

	buf_init(&out, SIZE_MAX);
	buf_init(&err, SIZE_MAX);
	r.verb = ctl_find(argc, argv, &err);
	if (r.verb)
		status = run(path, &r, &out, &err);
	return finish(status, &out, &err);
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
	return run_verb(path, argc - i, (const char *const *)argv + i);
}
