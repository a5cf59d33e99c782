/* The local halves of parse, simulate and the imports of a file. */
#include <errno.h>
#include <sysexits.h>

#include "gatewayd/base/file.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "parser/command.h"
#include "parser/parser.h"

int ctl_parse_local(struct ctl *c)
{
	char **argv = arena_alloc_n(c->d->arena, (size_t)c->n + 4, sizeof(*argv));
	int argc = 0;

	argv[argc++] = arena_cstr(c->d->arena, SPAN("parse"));
	if (ctl_flag(c, "--jsonl"))
		argv[argc++] = arena_cstr(c->d->arena, SPAN("--jsonl"));
	argv[argc++] = arena_cstr(c->d->arena, SPAN("--"));
	for (int i = 0; i < c->n; i++)
		argv[argc++] = arena_cstr(c->d->arena, span_of(c->words[i]));
	return parse_command(argc, argv);
}

static int read_file(struct ctl *c, const char *path, struct buf *out)
{
	if (file_read(path, out) == 0)
		return EX_OK;
	buf_addf(c->err, "gatewayctl: %s: %s\n", path, strerror(errno));
	return errno == EFBIG ? EX_DATAERR : EX_NOINPUT;
}

static void keep_piece(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static void pack_span(struct span s, struct buf *out)
{
	uint64_t n = s.n;

	buf_add(out, (struct span){ (const char *)&n, sizeof(n) });
	buf_add(out, s);
}

/* What the other half of simulate reads: the mail, the bytes of its files, its facts. */
static void pack_mail(struct span raw, struct buf *out)
{
	struct arena arena ARENA_AUTO;
	struct buf body BUF_AUTO;
	struct parser *p = parser_new();
	struct parser_sink sink = { .write = keep_piece, .ctx = &body };
	struct facts facts;

	arena_init(&arena);
	buf_init(&body, CTL_INPUT_MAX);
	parser_parse(p, raw, &sink, &arena, &facts);
	pack_span(raw, out);
	pack_span(buf_span(&body), out);
	facts_encode(&facts, out);
	parser_free(&p);
}

int ctl_simulate_local(struct ctl *c)
{
	struct buf raw BUF_AUTO, input BUF_AUTO;
	int status;

	buf_init(&raw, CTL_INPUT_MAX);
	buf_init(&input, CTL_INPUT_MAX);
	status = read_file(c, c->words[0], &raw);
	if (status != EX_OK)
		return status;
	pack_mail(buf_span(&raw), &input);
	c->json = true;
	return ctl_ask_same(c, buf_span(&input));
}

/* The file is read here, with the caller's rights; the verb in core sees its name and bytes. */
int ctl_file_local(struct ctl *c)
{
	struct buf input BUF_AUTO;
	int status;

	buf_init(&input, CTL_INPUT_MAX);
	status = read_file(c, c->words[0], &input);
	return status == EX_OK ? ctl_ask_same(c, buf_span(&input)) : status;
}
