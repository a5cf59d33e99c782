#include "gatewayd/ctl/ctl_local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/units.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/ctl/ctl_history.h"
#include "gatewayd/ctl/ctl_place.h"
#include "gatewayd/case/sla_due.h"
#include "parser/command.h"
#include "parser/parser.h"

static int print(int status, const struct buf *out, const struct buf *err)
{
	fwrite(out->p ? out->p : "", 1, out->n, stdout);
	fwrite(err->p ? err->p : "", 1, err->n, stderr);
	if (fflush(stdout) != 0 && status == EX_OK)
		status = EX_IOERR;
	return status;
}

static int run_parse(const struct conf *conf, int argc, char **argv)
{
	(void)conf;
	return parse_command(argc, argv);
}

static int run_sla_due(const struct conf *conf, int argc, char **argv)
{
	struct buf out BUF_AUTO, err BUF_AUTO;
	struct ctl_place_finder finder = { .conf = conf };
	struct sla_accounts accounts = { ctl_place_find, &finder };
	struct err e = { 0 };
	int status = EX_OK;

	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, ERR_TEXT_MAX * 2);
	arena_init(&finder.arena);
	if (sla_due_command(conf, &accounts, argc - 2, argv + 2, &out, &e) < 0) {
		buf_addf(&err, "gatewayctl: %s\n", e.text);
		status = EX_USAGE;
	}
	arena_release(&finder.arena);
	return print(status, &out, &err);
}

static int read_file(const char *path, struct buf *out)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char chunk[64 * KIB];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, (struct span){ chunk, (size_t)n });
	if (n < 0)
		fprintf(stderr, "gatewayctl: %s: %s\n", path, strerror(errno));
	if (fd > STDIN_FILENO)
		close(fd);
	if (out->full)
		fprintf(stderr, "gatewayctl: %s: too large\n", path);
	return n < 0 ? EX_NOINPUT : out->full ? EX_DATAERR : EX_OK;
}

/* What "decide" reads: the length of the mail, the mail, its facts. */
static void pack_mail(struct span raw, struct buf *out)
{
	struct arena arena ARENA_AUTO;
	struct parser *p = parser_new();
	struct parser_sink sink = { 0 };
	struct facts facts;
	uint64_t n = raw.n;

	arena_init(&arena);
	parser_parse(p, raw, &sink, &arena, &facts);
	buf_add(out, (struct span){ (const char *)&n, sizeof(n) });
	buf_add(out, raw);
	facts_encode(&facts, out);
	parser_free(&p);
}

static int run_simulate(const struct conf *conf, int argc, char **argv)
{
	struct buf raw BUF_AUTO, input BUF_AUTO, out BUF_AUTO, err BUF_AUTO;
	const char *words[4] = { "decide" };
	int n = 1, at = 1, status;

	buf_init(&raw, CTL_INPUT_MAX);
	buf_init(&input, CTL_INPUT_MAX);
	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, CTL_OUT_MAX);
	if (argc > 3 && strcmp(argv[1], "--mailbox") == 0) {
		words[n++] = argv[1];
		words[n++] = argv[2];
		at = 3;
	}
	for (int i = at; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			argc = i; /* the answer is JSON as it is */
	if (argc - at != 1) {
		fputs("usage: gatewayctl simulate [--mailbox NAME] FILE|-\n", stderr);
		return EX_USAGE;
	}
	status = read_file(argv[at], &raw);
	if (status != EX_OK)
		return status;
	pack_mail(buf_span(&raw), &input);
	status = ctl_local_dispatch(conf, n, words, buf_span(&input), &out, &err);
	return print(status, &out, &err);
}

/* The file is read here, with the caller's rights; the verb in core sees its name and bytes. */
static int run_file_verb(const struct conf *conf, int argc, char **argv)
{
	struct buf input BUF_AUTO, out BUF_AUTO, err BUF_AUTO;
	const char *words[CTL_WORDS_MAX];
	const char *file = NULL;
	int n = 0, status;

	buf_init(&input, CTL_INPUT_MAX);
	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, CTL_OUT_MAX);
	for (; n < argc && n < CTL_WORDS_MAX; n++) {
		words[n] = argv[n];
		if (n > 1 && !file && strncmp(argv[n], "--", 2) != 0)
			file = argv[n];
	}
	status = file ? read_file(file, &input) : EX_OK;
	if (status != EX_OK)
		return status;
	status = ctl_local_dispatch(conf, n, words, buf_span(&input), &out, &err);
	return print(status, &out, &err);
}

static const struct ctl_local verbs[] = {
	{ "parse", "FILE... | - | --jsonl FILE...", "what the parser reads in a mail, as JSON",
	  false, run_parse },
	{ "sla due",
	  "--queue Q [--package P|--account A] --severity N --opened TIME [--channel email|phone] "
	  "[--json]",
	  "what deadline a case would have, and why", true, run_sla_due },
	{ "simulate", "[--mailbox NAME] FILE|-",
	  "the whole decision about a mail, without any effect", true, run_simulate },
	{ "account import", "FILE|- [--dry-run] [--replace]",
	  "accounts, contacts and contracts from a CSV or JSON file, all or nothing", true,
	  run_file_verb },
	{ "import", "[--mailbox NAME] MAILDIR|MBOX...",
	  "mails of the past: kept and put to cases, nothing is sent", true, ctl_history_run },
	{ "property import", "FILE|-", "events of properties from a JSON or CSV file", true,
	  run_file_verb },
	{ "recommend import", "FILE|-", "recommendations from a JSON or CSV file", true,
	  run_file_verb },
};

enum { VERBS = sizeof(verbs) / sizeof(*verbs) };

const struct ctl_local *ctl_local_find(int argc, char **argv)
{
	for (size_t i = 0; i < VERBS; i++) {
		struct span rest = span_of(verbs[i].name);
		int n = 0;

		while (rest.n && n < argc && span_is(span_cut(&rest, ' '), argv[n]))
			n++;
		if (rest.n == 0 && n > 0 &&
		    span_ends_ci(span_of(verbs[i].name), span_of(argv[n - 1])))
			return &verbs[i];
	}
	return NULL;
}

void ctl_local_help(struct buf *out)
{
	for (size_t i = 0; i < VERBS; i++)
		buf_addf(out, "  %s %s\n        %s\n", verbs[i].name, verbs[i].usage,
			 verbs[i].about);
}
