/*
 * The role that reads mail: the parser behind a seal.
 *
 * It has its channel, memory and CPU seconds, no file, no network, no secret (sandbox_parse()).
 * What it is asked and answers stands in parse_talk.h.  After its share of mails it ends and a
 * fresh one comes.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/wire/parse_talk.h"
#include "gatewayd/wire/role.h"
#include "parser/parser.h"

enum {
	OUT_MAX = 256 * MIB, /* bytes of an answer */
	OUT_CHUNK = 64 * KIB,
	FILES_MAX = 64,
};

struct answer {
	int fd;
	struct buf chunk;
	int64_t written;
	bool failed;
};

static void answer_flush(struct answer *a)
{
	struct span left = buf_span(&a->chunk);

	while (left.n && !a->failed) {
		ssize_t n = write(a->fd, left.p, left.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			a->failed = true;
		else
			left = span_sub(left, (size_t)n, SIZE_MAX);
	}
	a->written += (int64_t)a->chunk.n;
	buf_clear(&a->chunk);
}

static void answer_write(void *ctx, struct span piece)
{
	struct answer *a = ctx;

	while (piece.n) {
		size_t n = OUT_CHUNK - a->chunk.n;

		buf_add(&a->chunk, span_sub(piece, 0, n));
		piece = span_sub(piece, n, SIZE_MAX);
		if (a->chunk.n == OUT_CHUNK)
			answer_flush(a);
	}
}

static int parse_into(struct parser *p, struct span raw, int out_fd,
		      struct parse_talk_answer *ret_answer, struct err *e)
{
	struct arena arena ARENA_AUTO;
	struct buf encoded BUF_AUTO;
	struct answer a = { .fd = out_fd };
	struct parser_sink sink = { .write = answer_write, .ctx = &a };
	struct facts facts;

	arena_init(&arena);
	buf_init(&encoded, OUT_MAX);
	buf_init(&a.chunk, OUT_CHUNK);
	parser_parse(p, raw, &sink, &arena, &facts);
	answer_flush(&a);
	ret_answer->body = a.written;
	facts_encode(&facts, &encoded);
	answer_write(&a, buf_span(&encoded));
	answer_flush(&a);
	ret_answer->facts = a.written - ret_answer->body;
	buf_release(&a.chunk);
	return a.failed ? err_set(e, ERR_TEMP, "writing the answer: %s", strerror(errno)) : 0;
}

static int parse_order(struct parser *p, const struct parse_talk_order *o,
		       struct parse_talk_answer *ret_answer, struct err *e)
{
	size_t n = (size_t)o->size;
	void *raw = NULL;
	int result;

	if (n && (raw = mmap(NULL, n, PROT_READ, MAP_PRIVATE, o->raw_fd, 0)) == MAP_FAILED)
		return err_set(e, ERR_TEMP, "mmap: %s", strerror(errno));
	ret_answer->mail = o->mail;
	result = parse_into(p, (struct span){ n ? raw : "", n }, o->out_fd, ret_answer, e);
	if (n)
		munmap(raw, n);
	return result;
}

static int parse_one(struct role *r, struct parser *p, struct wire_in *in, struct err *e)
{
	struct parse_talk_order order;
	struct parse_talk_answer answer;
	int result;

	if (parse_talk_order_get(in, &order, e) < 0)
		return -1;
	result = parse_order(p, &order, &answer, e);
	close(order.raw_fd);
	close(order.out_fd);
	if (result < 0 || parse_talk_answer_put(&r->core, &answer, e) < 0)
		return -1;
	return wire_flush_all(&r->core, -1, e);
}

struct parse_child {
	struct role *role;
	struct parse_talk_setup setup;
	struct parser *parser;
};

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct parse_child *c = ctx;

	return parse_talk_setup_get(in, &c->setup, e);
}

/* Character sets are modules on the disk: the parser opens them before the seal. */
static int open_parser(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	struct parse_child *c = ctx;

	(void)e;
	c->parser = parser_new();
	*limits = (struct sandbox_limits){ .memory_bytes = c->setup.memory_bytes,
					   .cpu_s = c->setup.cpu_s,
					   .files = FILES_MAX,
					   .file_bytes = OUT_MAX };
	return 0;
}

static int seal(void *ctx, struct err *e)
{
	(void)ctx;
	return sandbox_parse(e);
}

/* One order after the other; it ends well when core closes the channel. */
static int work(void *ctx, struct err *e)
{
	struct parse_child *c = ctx;
	struct wire *core = &c->role->core;

	for (uint32_t done = 0; done < c->setup.mails; done++) {
		struct wire_in in;

		if (wire_wait(core, -1, &in, e) < 0)
			return wire_is_idle(core) ? 0 : -1;
		if (parse_one(c->role, c->parser, &in, e) < 0)
			return -1;
	}
	return 0;
}

int parse_main(struct role *r)
{
	struct parse_child c = { .role = r };
	struct role_part part = {
		.setup = take_setup, .open = open_parser, .seal = seal, .start = work, .ctx = &c
	};
	int status = role_run(r, &part);

	parser_free(&c.parser);
	role_release(r);
	return status;
}
