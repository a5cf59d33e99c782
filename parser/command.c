#include "parser/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "parser/facts_json.h"

enum {
	FILE_MAX = 1 << 30, /* a mail that does not fit in a gigabyte is none */
};

static const char usage[] = "usage: gatewayctl parse FILE...\n"
			    "       gatewayctl parse -\n"
			    "       gatewayctl parse --jsonl FILE...\n";

struct options {
	bool jsonl;
	bool only_operands; /* after "--" */
};

/* The line of a file that cannot be read. */
static void put_error(const char *file, const char *why, struct buf *out)
{
	buf_adds(out, "{\"file\":");
	facts_json_string(out, span_of(file));
	buf_adds(out, ",\"error\":");
	facts_json_string(out, span_of(why));
	buf_adds(out, "}\n");
}

static int parse_file(struct parser *p, const char *file, const struct options *o)
{
	struct buf raw BUF_AUTO, out BUF_AUTO;
	int status = 0;

	buf_init(&raw, FILE_MAX);
	buf_init(&out, FILE_MAX);
	if (file_read(file, &raw) < 0) {
		const char *why = strerror(errno);

		status = 1;
		fprintf(stderr, "gatewayctl: %s: %s\n", file, why);
		if (o->jsonl)
			put_error(file, why, &out);
	} else {
		facts_json(p, buf_span(&raw), o->jsonl ? file : NULL, o->jsonl, &out);
	}
	if (out.n && fwrite(out.p, 1, out.n, stdout) != out.n)
		status = 1;
	return status;
}

/* Moves the operands to the front of argv; their number, -1: an unknown option. */
static int read_options(int argc, char **argv, struct options *ret_options)
{
	int n = 0;

	*ret_options = (struct options){ 0 };
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (ret_options->only_operands || a[0] != '-' || a[1] == '\0')
			argv[n++] = argv[i];
		else if (strcmp(a, "--") == 0)
			ret_options->only_operands = true;
		else if (strcmp(a, "--jsonl") == 0)
			ret_options->jsonl = true;
		else
			return -1;
	}
	return n;
}

int parse_command(int argc, char **argv)
{
	struct options o;
	struct parser *p;
	int n = read_options(argc, argv, &o), status = 0;

	if (n <= 0) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	crypto_init();
	p = parser_new();
	for (int i = 0; i < n; i++)
		status |= parse_file(p, argv[i], &o);
	parser_free(&p);
	if (fflush(stdout) != 0)
		status = 1;
	return status;
}
