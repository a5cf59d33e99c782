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
#include "gatewayd/base/run_lock.h"
#include "gatewayd/base/version.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_help.h"
#include "gatewayd/ctl/ctl_name.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_verbs.h"

#define DEFAULT_CONF "/etc/gatewayd/gatewayd.conf"

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

static int finish(int status, const struct buf *out, struct buf *err)
{
	ctl_safe_text(err);
	if (file_write_all(STDOUT_FILENO, buf_span(out)) < 0 && status == EX_OK)
		status = EX_IOERR;
	(void)file_write_all(STDERR_FILENO, buf_span(err));
	return status;
}

/* Read once: when a word asks for it with "-", or when the verb is about nothing else. */
static int read_input(struct ctl_request *r, struct buf *input, struct buf *err)
{
	bool asked = r->verb->flags & CTL_INPUT_ALWAYS && !r->input.n;

	for (int i = 0; i < r->argc; i++)
		if (r->verb->flags & CTL_INPUT && strcmp(r->argv[i], "-") == 0)
			asked = !r->input.n;
	if (asked && file_read("-", input) < 0) {
		buf_addf(err, "gatewayctl: standard input: %s\n", strerror(errno));
		return errno == EFBIG ? EX_DATAERR : EX_IOERR;
	}
	if (asked)
		r->input = buf_span(input);
	return EX_OK;
}

static int run_local(const struct conf *conf, const struct ctl_request *r, struct buf *out,
		     struct buf *err)
{
	struct arena arena ARENA_AUTO;
	struct clock clock = clock_real();
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct desk d = { .conf = conf, .zones = zones, .arena = &arena, .now = clock_now(&clock) };
	struct ctl c = { .d = &d,
			 .conf_path = r->conf_path,
			 .table = &ctl_table,
			 .argv = r->argv,
			 .argc = r->argc,
			 .columns = r->columns,
			 .out = out,
			 .err = err };

	arena_init(&arena);
	return ctl_run_local(&c, r->verb);
}

static int run_with(const struct conf *conf, struct ctl_request *r, struct buf *input,
		    struct buf *out, struct buf *err)
{
	int status;

	if (r->verb->local)
		return run_local(conf, r, out, err);
	status = read_input(r, input, err);
	return status == EX_OK ? ctl_ask(conf, r, out, err) : status;
}

/* With a configuration that is wrong now, a daemon may still run with the one it has. */
static int run_with_socket(const char *path, struct ctl_request *r, struct buf *input,
			   struct buf *out, struct buf *err)
{
	struct buf socket_path BUF_AUTO;
	struct conf only = { 0 };

	buf_init(&socket_path, 4 * KIB);
	if (r->verb->flags & CTL_ALL_CONF || !conf_socket_find(path, &socket_path))
		return EX_CONFIG;
	only.socket = buf_cstr(&socket_path);
	return run_with(&only, r, input, out, err);
}

/* Of the configuration a daemon that runs needs nothing but where it listens, and reading all of it
 * takes longer than the answer.  false: nobody listens, or the verb needs more. */
static bool run_at_once(const char *path, struct ctl_request *r, struct buf *input, struct buf *out,
			struct buf *err, int *ret_status)
{
	struct buf socket_path BUF_AUTO;
	struct conf only = { 0 };

	buf_init(&socket_path, 4 * KIB);
	if ((r->verb->local && !(r->verb->flags & CTL_SOCKET)) || r->verb->flags & CTL_NO_STORE ||
	    !conf_socket_find(path, &socket_path) || !run_lock_holder(buf_cstr(&socket_path)))
		return false;
	only.socket = buf_cstr(&socket_path);
	*ret_status = run_with(&only, r, input, out, err);
	if (*ret_status != EX_CONFIG || err->n)
		return true;
	out->n = 0; /* the daemon ended meanwhile */
	return false;
}

static int run_loaded(const char *path, struct ctl_request *r, struct buf *input, struct buf *out,
		      struct buf *err)
{
	struct conf_problems problems;
	struct conf *conf;
	int status;

	conf_problems_init(&problems);
	conf = conf_load(path, CONF_POLICY_ONLY, &problems);
	if (!conf) {
		buf_add(err, buf_span(&problems.text));
		if (access(path, F_OK) < 0 && errno == ENOENT)
			buf_adds(err, "gatewayctl: \"gatewayctl setup\" makes one; one that is "
				      "elsewhere: gatewayctl -c FILE VERB\n");
	}
	conf_problems_release(&problems);
	status =
	    conf ? run_with(conf, r, input, out, err) : run_with_socket(path, r, input, out, err);
	conf_free(&conf);
	return status;
}

static int run(const char *path, struct ctl_request *r, struct buf *out, struct buf *err)
{
	struct buf input BUF_AUTO;
	int status;

	buf_init(&input, CTL_INPUT_MAX);
	if (r->verb->flags & CTL_NO_CONF)
		return run_local(NULL, r, out, err);
	if (run_at_once(path, r, &input, out, err, &status))
		return status;
	return run_loaded(path, r, &input, out, err);
}

/* "--color" behind the verb's name when standard output shows colours. */
static const char **with_color(const struct ctl_request *r, struct arena *a)
{
	const char **argv = arena_alloc_n(a, (size_t)r->argc + 1, sizeof(*argv));
	int n = ctl_name_length(r->verb->name, r->argc, r->argv);

	memcpy(argv, r->argv, (size_t)n * sizeof(*argv));
	argv[n] = "--color";
	memcpy(argv + n + 1, r->argv + n, (size_t)(r->argc - n) * sizeof(*argv));
	return argv;
}

static bool shows_colors(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static bool asks_for_help(int argc, const char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

/* What is typed from habit, and would be taken for a word of the verb. */
static bool has_late_conf(int argc, const char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-c") == 0)
			return true;
	return false;
}

/* A verb, or a noun alone, which shows its verbs. */
static int run_words(const char *path, int argc, const char *const *argv, struct buf *out,
		     struct buf *err)
{
	struct ctl_request r = { .argv = argv,
				 .argc = argc,
				 .input = SPAN(""),
				 .columns = columns(),
				 .conf_path = path };
	struct arena arena ARENA_AUTO;
	bool help = asks_for_help(argc, argv);

	arena_init(&arena);
	r.verb = ctl_name_find(ctl_table.verbs, argc, argv);
	if (!r.verb && (argc == 1 || help) && ctl_help_noun(ctl_table.verbs, argv[0], out))
		return EX_OK;
	if (!r.verb)
		return ctl_name_unknown(ctl_table.verbs, argc, argv, err);
	if (help) {
		ctl_help_verb(r.verb, out);
		return EX_OK;
	}
	if (has_late_conf(argc, argv)) {
		buf_addf(err, "gatewayctl: -c comes before the verb: gatewayctl -c FILE %s\n",
			 r.verb->name);
		return EX_USAGE;
	}
	if (shows_colors()) {
		r.argv = with_color(&r, &arena);
		r.argc++;
	}
	return run(path, &r, out, err);
}

static int run_verb(const char *path, int argc, const char *const *argv)
{
	struct buf out BUF_AUTO, err BUF_AUTO;
	int status;

	buf_init(&out, SIZE_MAX);
	buf_init(&err, SIZE_MAX);
	status = run_words(path, argc, argv, &out, &err);
	return finish(status, &out, &err);
}

static int usage(void)
{
	struct buf help BUF_AUTO;

	buf_init(&help, 64 * KIB);
	ctl_help_all(&ctl_table, &help);
	(void)file_write_all(STDERR_FILENO, buf_span(&help));
	return EX_USAGE;
}

int main(int argc, char **argv)
{
	static const char *const help[] = { "help" };
	const char *path = DEFAULT_CONF;
	int i = 1;

	umask(077);
	crypto_init();
	/* Options of the verbs are theirs: only what stands before the verb is read here. */
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			path = argv[++i];
		else if (strcmp(argv[i], "-V") == 0 || strcmp(argv[i], "--version") == 0)
			return puts("gatewayctl " GATEWAYD_VERSION) < 0 ? EX_IOERR : EX_OK;
		else if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			return run_verb(path, 1, help);
		else
			return usage();
	}
	if (i == argc)
		return usage();
	return run_verb(path, argc - i, (const char *const *)argv + i);
}
