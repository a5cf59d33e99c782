/*
 * What core does with mails, without its peers: keep, decide and apply, index, deliver.
 *
 *	bench_core CONF STORE MAILS
 *
 * MAILS: a file with each mail behind its length in a line.  STORE is made and is on the disk.
 *Mails are kept and decided in groups, as core does.  Under callgrind (--collect-atstart=no) each
 *phase is a dump of its own, named after it.  Prints CPU microseconds a mail.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/case/case_index.h"
#include "gatewayd/core/delivery.h"
#include "gatewayd/mail/mail_file.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/wire/channel.h"
#include "parser/parser.h"

enum { GROUP = 64, MAILS_MAX = 20000, ANSWER_MAX = 64 << 20, LANES = 8, ROWS_MAX = 1024 };

#define NOW INT64_C(1795426800) /* 2026-11-23T11:00:00Z */

#define MUST(call)                                              \
	do {                                                    \
		if ((call) < 0)                                 \
			errx(1, "%s: %s", #call, trouble.text); \
	} while (0)

static struct err trouble;

struct mail {
	struct span raw;
	struct arena arena; /* of the facts */
	struct buf answer;  /* of the parser: the body, then the facts */
	struct mail_job job;
};

/* The room that claims and settles, and a sender at which everything is sent. */
struct sending {
	struct bench bench; /* what the room stands on */
	struct delivery *delivery;
	struct wire sender;
	int64_t rows[ROWS_MAX]; /* that the sender has, from `done` to `n` */
	size_t done, n;
	int errors, nowhere; /* the log, whose lines are written and not shown */
};

struct work {
	struct desk d;
	struct token_keys keys;
	struct arena arena; /* of the turn */
	struct parser *parser;
	struct mail *mails;
	size_t n;
	struct sending sending;
};

/* X(id, name) in the order of a mail's way */
#define PHASES(X)           \
	X(KEEP, "keep")     \
	X(PARSE, "parse")   \
	X(DECIDE, "decide") \
	X(INDEX, "index")   \
	X(DELIVER, "deliver")
enum phase {
#define X(id, name) id,
	PHASES(X)
#undef X
	    PHASE_COUNT,
};
static const char *const names[] = {
#define X(id, name) [id] = name,
	PHASES(X)
#undef X
};

/* --- phases --- */

static struct store_mail row_of(const struct work *b, size_t i)
{
	return (struct store_mail){ .location = { SPAN("support"), 1, (uint32_t)i + 1 },
				    .received_at = NOW,
				    .size = (int64_t)b->mails[i].raw.n };
}

/* As arrivals_say() does. */
static void say_mails(struct work *b, size_t from, size_t to)
{
	if (!store_ahead_begin(b->d.store))
		return;
	for (size_t i = from; i < to; i++) {
		struct store_mail row = row_of(b, i);
		struct store_mail_place at;
		struct err ignored;

		(void)store_mail_at(b->d.store, &row, &at, &ignored);
	}
	store_ahead_said(b->d.store);
}

static void keep_mails(struct work *b, size_t from, size_t to)
{
	MUST(store_begin(b->d.store, &trouble));
	store_unheard(b->d.store);
	say_mails(b, from, to);
	for (size_t i = from; i < to; i++) {
		struct mail *m = &b->mails[i];
		struct store_mail row = row_of(b, i);
		struct store_mail_place before;
		bool is_new;

		MUST(store_mail_at(b->d.store, &row, &before, &trouble));
		MUST(mail_keep(&b->d, &row, m->raw, &m->job.mail.id, &is_new, &trouble));
	}
	MUST(store_commit(b->d.store, &trouble));
}

static void write_answer(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

/* The half of the child and the half of core. */
static void parse_mails(struct work *b, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct mail *m = &b->mails[i];
		struct parser_sink sink = { .write = write_answer,
					    .ctx = &m->answer,
					    .mail = m->raw };
		struct arena child ARENA_AUTO = { 0 };
		struct facts facts;
		size_t body;

		buf_init(&m->answer, ANSWER_MAX);
		parser_parse(b->parser, m->raw, &sink, &child, &facts);
		body = m->answer.n;
		facts_encode(&facts, &m->answer);
		m->job.raw = m->raw;
		m->job.body = span_sub(buf_span(&m->answer), 0, body);
		MUST(facts_decode(span_sub(buf_span(&m->answer), body, SIZE_MAX), body, m->raw.n,
				  &m->arena, &m->job.facts, &trouble));
		if (!mail_files_hold(&m->job))
			errx(1, "a file does not stand there");
	}
}

/* As parse_tasks_decide() does. */
static void decide_mails(struct work *b, size_t from, size_t to)
{
	struct arena mail ARENA_AUTO = { 0 };
	struct desk d = b->d;
	struct store_mail *v;
	size_t n;

	MUST(store_mail_pending(b->d.store, 0, GROUP, b->d.arena, &v, &n, &trouble));
	if (n != to - from)
		errx(1, "%zu mails wait instead of %zu", n, to - from);
	MUST(store_begin(b->d.store, &trouble));
	store_unheard(b->d.store);
	store_outbox_claim_added(b->d.store, delivery_room(b->sending.delivery));
	d.arena = &mail;
	for (size_t i = from; i < to; i++) {
		b->mails[i].job.mail = v[i - from];
		MUST(mail_job_run(&d, &b->mails[i].job, &trouble));
		arena_reset(&mail);
	}
	MUST(store_commit(b->d.store, &trouble));
}

static void index_mails(struct work *b, size_t from, size_t to)
{
	int64_t next;

	(void)from;
	(void)to;
	do
		MUST(case_index_turn(&b->d, &next, &trouble));
	while (next == b->d.now);
}

static int take_row(void *ctx, struct wire_in *in, struct err *e)
{
	struct sending *s = ctx;
	struct talk_send send;

	if (in->type == MSG_WRITTEN)
		return 0;
	if (in->type == MSG_SEND_AREA) {
		wire_close_fds(in);
		return 0;
	}
	if (s->n == ROWS_MAX || talk_send_get(in, &send, e) < 0)
		errx(1, "the sender has too many rows: %s", e->text);
	if (send.fd >= 0)
		close(send.fd);
	s->rows[s->n++] = send.row;
	return 0;
}

/* As a sender with 16 lanes, whose results core writes down by halves (gather.h); false: it has no
 * rows. */
static bool say_sent(struct sending *s)
{
	struct talk_sent sent = { .outcome = TALK_SENT,
				  .code = 250,
				  .text = SPAN("2.0.0 Ok: queued as 4bYq3r1zDdz9s5T") };
	size_t n = s->n - s->done < LANES ? s->n - s->done : LANES;

	for (size_t i = 0; i < n; i++) {
		sent.row = s->rows[s->done++];
		MUST(delivery_sent(s->delivery, s->bench.peers, &sent, &trouble));
	}
	return n > 0;
}

/* The sender's half is not counted. */
static void hear_rows(struct sending *s)
{
	bool open;

	CALLGRIND_TOGGLE_COLLECT;
	peers_flush(&s->bench);
	if (s->done == s->n)
		s->done = s->n = 0;
	MUST(channel_serve(&s->sender, LOOP_READ, take_row, s, &open, &trouble));
	CALLGRIND_TOGGLE_COLLECT;
}

static void deliver_mails(struct work *b, size_t from, size_t to)
{
	struct sending *s = &b->sending;

	(void)from;
	(void)to;
	dup2(s->nowhere, STDERR_FILENO);
	delivery_wake(s->delivery);
	do {
		delivery_turn(s->delivery);
		arena_reset(&s->bench.arena);
		hear_rows(s);
	} while (say_sent(s));
	dup2(s->errors, STDERR_FILENO);
}

/* --- what they stand on --- */

static void read_mails(struct work *b, const char *path)
{
	struct span rest, line;
	struct buf all;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		err(1, "%s", path);
	buf_init(&all, (size_t)st.st_size);
	if (read(fd, buf_room(&all, all.max), all.max) != (ssize_t)all.max)
		err(1, "%s", path);
	close(fd);
	rest = (struct span){ all.p, all.max };
	b->mails = mem_alloc_n(MAILS_MAX, sizeof(*b->mails));
	while (b->n < MAILS_MAX && span_line(&rest, &line)) {
		int64_t size = 0;

		if (!span_i64(line, &size) || size < 0 || (size_t)size > rest.n)
			errx(1, "%s: no length", path);
		b->mails[b->n++].raw = span_sub(rest, 0, (size_t)size);
		rest = span_sub(rest, (size_t)size, SIZE_MAX);
	}
}

static void turn(void *ctx)
{
	(void)ctx; /* it is called by itself */
}

static void came(void *ctx, struct peer *p)
{
	struct sending *s = ctx;

	delivery_peer_new(s->delivery, p);
}

static void gone(void *ctx, struct peer *p)
{
	(void)ctx, (void)p;
}

static void has_gone(void *ctx, enum role_id role)
{
	(void)ctx, (void)role;
}

static void open_sending(struct work *b, struct conf *conf)
{
	static struct clock_fake clock = { .now = NOW };
	struct sending *s = &b->sending;
	struct bench_rooms rooms = { .turn = turn, .came = came, .gone = gone, .ctx = s };
	int fds[2];

	s->bench = (struct bench){ .clock = clock_fake(&clock),
				   .loop = loop_new(clock_fake(&clock)),
				   .conf = conf,
				   .store = b->d.store,
				   .zones = b->d.zones,
				   .keys = b->keys,
				   .host = { .gone = has_gone } };
	bench_init(&s->bench, &rooms);
	s->delivery = delivery_new(&s->bench);
	s->errors = dup(STDERR_FILENO);
	s->nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
		err(1, "socketpair");
	message_wire(&s->sender, fds[1], ROLE_SENDER, ROLE_CORE);
	peer_add(&s->bench,
		 &(struct parent_talk_peer){ .role = ROLE_SENDER, .pid = getpid(), .fd = fds[0] });
}

static void close_sending(struct sending *s)
{
	bench_release(&s->bench);
	delivery_free(&s->delivery);
	loop_free(&s->bench.loop);
	wire_release(&s->sender);
}

static void open_bench(struct work *b, char **argv)
{
	struct conf_problems problems;
	struct conf *conf;

	crypto_init();
	conf_problems_init(&problems);
	conf = conf_load(argv[1], CONF_POLICY_ONLY, &problems);
	*b = (struct work){ .d = { .conf = conf, .zones = zones_new(NULL), .now = NOW } };
	if (!conf)
		errx(1, "%s is no configuration", argv[1]);
	b->d.keys = &b->keys;
	b->d.arena = &b->arena;
	b->parser = parser_new();
	MUST(token_keys_set(&b->keys, SPAN("the key of the bench, long enough for tokens"),
			    SPAN(""), &trouble));
	MUST(store_open(argv[2], STORE_CREATE, &b->d.store, &trouble));
	MUST(desk_epochs(b->d.store, &b->keys, &trouble));
	read_mails(b, argv[3]);
	open_sending(b, conf);
}

static double cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double measure(struct work *b, enum phase phase, size_t from, size_t to)
{
	static void (*const run[PHASE_COUNT])(struct work *, size_t, size_t) = {
		[KEEP] = keep_mails,   [PARSE] = parse_mails,	  [DECIDE] = decide_mails,
		[INDEX] = index_mails, [DELIVER] = deliver_mails,
	};
	double before = cpu_us();

	CALLGRIND_TOGGLE_COLLECT;
	run[phase](b, from, to);
	CALLGRIND_TOGGLE_COLLECT;
	return cpu_us() - before;
}

int main(int argc, char **argv)
{
	double us[PHASE_COUNT] = { 0 }, all = 0;
	struct work b;

	if (argc != 4)
		errx(64, "usage: bench_core CONF STORE MAILS");
	open_bench(&b, argv);
	for (size_t from = 0; from < b.n; from += GROUP) {
		size_t to = from + GROUP < b.n ? from + GROUP : b.n;

		for (int phase = 0; phase < PHASE_COUNT; phase++)
			us[phase] += measure(&b, (enum phase)phase, from, to);
		for (size_t i = from; i < to; i++) {
			buf_release(&b.mails[i].answer);
			arena_release(&b.mails[i].arena);
		}
		arena_reset(&b.arena);
	}
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		printf("%s %.0f  ", names[phase], us[phase] / (double)b.n);
		all += phase == PARSE ? 0 : us[phase];
	}
	printf(" core %.0f µs a mail (%zu mails)\n", all / (double)b.n, b.n);
	close_sending(&b.sending);
	store_close(&b.d.store);
	return 0;
}
