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

#include "gatewayd/base/memfd.h"
#include "gatewayd/base/memory.h"
#include "gatewayd/wire/parse_talk.h"
#include "gatewayd/wire/role.h"
#include "parser/parser.h"

enum {
	OUT_MAX = 256 * MIB, /* bytes of an answer */
	OUT_CHUNK = 64 * KIB,
	FILES_MAX = 64,
};

struct answer {
	int fd;		  /* -1: all of it is in the chunk */
	struct buf chunk; /* not written yet */
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

	if (a->fd < 0) {
		buf_add(&a->chunk, piece);
		return;
	}
	while (piece.n) {
		size_t n = OUT_CHUNK - a->chunk.n;

		buf_add(&a->chunk, span_sub(piece, 0, n));
		piece = span_sub(piece, n, SIZE_MAX);
		if (a->chunk.n == OUT_CHUNK)
			answer_flush(a);
	}
}

static int64_t answer_size(const struct answer *a)
{
	return a->written + (int64_t)a->chunk.n;
}

/* In a message long attachments stay in the raw mail. */
static void parse_into(struct parser *p, struct span raw, struct answer *a,
		       struct parse_talk_answer *ret_answer)
{
	struct arena arena ARENA_AUTO;
	struct buf encoded BUF_AUTO;
	struct parser_sink sink = { .write = answer_write,
				    .ctx = a,
				    .mail = ret_answer->is_here ? raw : SPAN_NONE };
	struct facts facts;

	arena_init(&arena);
	buf_init(&encoded, OUT_MAX);
	parser_parse(p, raw, &sink, &arena, &facts);
	ret_answer->body = answer_size(a);
	facts_encode(&facts, &encoded);
	answer_write(a, buf_span(&encoded));
	ret_answer->facts = answer_size(a) - ret_answer->body;
}

struct parse_child {
	struct role *role;
	struct parse_talk_setup setup;
	struct parser *parser;
	struct buf room; /* the mail, where it is neither in a message nor mapped */
};

/* The answer goes into the memory that came for it. */
static int answer_there(struct parse_child *c, const struct parse_talk_order *o, struct span raw,
			struct err *e)
{
	struct parse_talk_answer answer = { .mail = o->mail };
	struct answer a = { .fd = o->out_fd };

	buf_init(&a.chunk, OUT_CHUNK);
	parse_into(c->parser, raw, &a, &answer);
	answer_flush(&a);
	buf_release(&a.chunk);
	if (a.failed)
		return err_set(e, ERR_TEMP, "writing the answer: %s", strerror(errno));
	return parse_talk_answer_put(&c->role->core, &answer, e);
}

static int answer_here(struct parse_child *c, const struct parse_talk_order *o, struct span raw,
		       struct err *e)
{
	struct parse_talk_answer answer = { .mail = o->mail, .is_here = true };
	struct answer a = { .fd = -1 };
	int result;

	buf_init(&a.chunk, PARSED_HERE_MAX);
	parse_into(c->parser, raw, &a, &answer);
	answer.here = buf_span(&a.chunk);
	if (a.chunk.full)
		answer = (struct parse_talk_answer){ o->mail, .is_here = true, .too_large = true };
	result = parse_talk_answer_put(&c->role->core, &answer, e);
	buf_release(&a.chunk);
	return result;
}

static int answer(struct parse_child *c, const struct parse_talk_order *o, struct span raw,
		  struct err *e)
{
	return (o->out_fd < 0 ? answer_here : answer_there)(c, o, raw, e);
}

static int parse_read(struct parse_child *c, const struct parse_talk_order *o, struct err *e)
{
	buf_clear(&c->room);
	if (memfd_read(o->raw_fd, (size_t)o->size, &c->room, e) < 0)
		return -1;
	return answer(c, o, buf_span(&c->room), e);
}

static int parse_mapped(struct parse_child *c, const struct parse_talk_order *o, struct err *e)
{
	size_t n = (size_t)o->size;
	void *raw = mmap(NULL, n, PROT_READ, MAP_PRIVATE, o->raw_fd, 0);
	int result;

	if (raw == MAP_FAILED)
		return err_set(e, ERR_TEMP, "mmap: %s", strerror(errno));
	result = answer(c, o, (struct span){ raw, n }, e);
	munmap(raw, n);
	return result;
}

/* As memory.h: what is long is mapped. */
static int parse_order(struct parse_child *c, const struct parse_talk_order *o, struct err *e)
{
	if (o->raw_fd < 0)
		return answer(c, o, o->here, e);
	return (o->size > MEMORY_READ_MAX ? parse_mapped : parse_read)(c, o, e);
}

static int parse_one(struct parse_child *c, struct wire_in *in, struct err *e)
{
	struct parse_talk_order order;
	int result;

	if (parse_talk_order_get(in, &order, e) < 0)
		return -1;
	result = parse_order(c, &order, e);
	parse_talk_order_close(&order);
	return result < 0 ? -1 : wire_flush_all(&c->role->core, -1, e);
}

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
		if (parse_one(c, &in, e) < 0)
			return -1;
	}
	return 0;
}

int parse_main(struct role *r)
{
	struct parse_child c = { .role = r, .room = { .max = MEMORY_READ_MAX } };
	struct role_part part = {
		.setup = take_setup, .open = open_parser, .seal = seal, .start = work, .ctx = &c
	};
	int status = role_run(r, &part);

	parser_free(&c.parser);
	buf_release(&c.room);
	role_release(r);
	return status;
}
