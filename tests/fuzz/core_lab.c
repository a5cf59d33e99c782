#include "tests/fuzz/core_lab.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/core/rooms.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/parse_talk.h"
#include "tests/fuzz/targets.h"

enum {
	MOVES_MAX = 24,
	TURNS_MAX = 400, /* of the loop, after a move */
	PEERS_MAX = 4,
	ORDERS_MAX = 64,
	PASS_MAX_S = 7200,
	STORE_MAX = 4 << 20,
};

enum { MOVE_RAW = 128, MOVE_TIME, MOVE_END, MOVE_WRITE };

#define NOW INT64_C(1772438400) /* 2026-03-02T08:00:00Z */

/* Kept from one input to the next. */
static struct core_kept {
	struct conf *conf;
	struct zones *zones;
	struct buf store, witness; /* the files that each input begins with */
	char path[64];
} kept;

struct order {
	struct parse_talk_order o;
	bool there;
};

/* Our end of a channel. */
struct side {
	struct wire wire; /* fd -1: none */
	enum role_id role;
	pid_t pid;
	uint32_t instance;
};

struct play {
	struct bench bench;
	struct clock_fake clock;
	struct rooms *rooms;
	struct side hostile, child;
	struct order orders[ORDERS_MAX];
	size_t order_count;
	int peers;
};

/* --- what each input begins with --- */

static const char question[] =
    "Return-Path: <boss@acme.test>\r\n"
    "Authentication-Results: mx.support.test; dmarc=pass header.from=acme.test\r\n"
    "From: Bo Boss <boss@acme.test>\r\nTo: support@support.test\r\n"
    "Subject: The proxy is slow\r\nMessage-ID: <q@acme.test>\r\n\r\nIt is slow.\r\n";

static void load_conf(void)
{
	struct conf_problems problems;

	conf_problems_init(&problems);
	kept.conf = conf_load("tests/scenarios/conf/base.conf", CONF_POLICY_ONLY, &problems);
	MUST(kept.conf);
	conf_problems_release(&problems);
	kept.zones = zones_new(NULL);
}

static struct desk desk_of(struct store *s, struct token_keys *keys, struct arena *a)
{
	return (struct desk){ .conf = kept.conf,
			      .store = s,
			      .zones = kept.zones,
			      .keys = keys,
			      .now = NOW,
			      .arena = a };
}

static void keep_mail(struct desk *d, uint32_t uid, struct err *e)
{
	struct store_mail m = { .location = { SPAN("support"), 1, uid },
				.received_at = NOW,
				.size = sizeof(question) - 1 };
	int64_t id;
	bool is_new;

	MUST(mail_keep(d, &m, SPAN(question), &id, &is_new, e) == 0);
}

/* A row that waits to be sent. */
static void add_row(struct desk *d, int64_t number, const char *id, struct err *e)
{
	struct store_outbox o = { .case_number = number,
				  .kind = SPAN("confirmation"),
				  .sender = SPAN(""),
				  .recipient = SPAN("boss@acme.test"),
				  .message_id = span_of(id),
				  .subject = SPAN("[Case #1] The proxy is slow"),
				  .state = OUTBOX_QUEUED,
				  .created_at = NOW,
				  .next_at = NOW,
				  .sent_at = INSTANT_NONE,
				  .last_text = SPAN("") };
	int64_t row;

	MUST(store_outbox_add(d->store, &o, SPAN("Subject: x\r\n\r\ny\r\n"), &row, e) == 0);
}

static void fill_store(struct desk *d)
{
	struct case_opening o = { .queue = &d->conf->queues[0],
				  .channel = CHANNEL_EMAIL,
				  .severity = { .severity = 3 },
				  .subject = SPAN("The proxy is slow"),
				  .requester_name = SPAN("Bo Boss"),
				  .requester_address = SPAN("boss@acme.test"),
				  .account = SPAN(""),
				  .behalf = SPAN(""),
				  .reseller = SPAN(""),
				  .top_visible = true,
				  .opened_at = NOW,
				  .actor = SPAN("boss@acme.test"),
				  .phone = SPAN(""),
				  .owner = SPAN(""),
				  .language = SPAN("en") };
	int64_t number;
	struct err e = { 0 };

	MUST(store_begin(d->store, &e) == 0 && case_open(d, &o, &number, &e) == 0);
	for (uint32_t i = 0; i < 3; i++)
		add_row(d, number, i == 0 ? "one@x" : i == 1 ? "two@x" : "three@x", &e);
	keep_mail(d, 1, &e);
	MUST(store_commit(d->store, &e) == 0);
}

static void put_file(const char *tail, const struct buf *bytes)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "%s%s", kept.path, tail);
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	MUST(fd >= 0 && file_write_all(fd, buf_span(bytes)) == 0);
	close(fd);
}

static void get_file(const char *tail, struct buf *bytes)
{
	char path[80], *room;
	ssize_t n;
	int fd;

	buf_init(bytes, STORE_MAX);
	snprintf(path, sizeof(path), "%s%s", kept.path, tail);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while ((room = buf_room(bytes, 64 * 1024)) && (n = read(fd, room, 64 * 1024)) > 0)
		bytes->n += (size_t)n;
	MUST(!bytes->full && bytes->n);
	close(fd);
}

static void remove_files(void)
{
	static const char *const tails[] = { "", "-wal", "-shm", ".lock", ".witness" };
	char path[80];

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		snprintf(path, sizeof(path), "%s%s", kept.path, tails[i]);
		unlink(path);
	}
}

static void make_store(void)
{
	struct token_keys keys = { 0 };
	struct arena a ARENA_AUTO;
	struct store *s = NULL;
	struct err e = { 0 };
	struct desk d;

	arena_init(&a);
	snprintf(kept.path, sizeof(kept.path), "/dev/shm/fuzz-core-%d", (int)getpid());
	remove_files();
	MUST(store_open(kept.path, STORE_CREATE, &s, &e) == 0);
	d = desk_of(s, &keys, &a);
	fill_store(&d);
	store_close(&s);
	get_file("", &kept.store);
	get_file(".witness", &kept.witness);
	remove_files();
}

/* --- the ends --- */

static void forget_orders(struct play *p)
{
	for (size_t i = 0; i < p->order_count; i++) {
		parse_talk_order_close(&p->orders[i].o);
	}
	p->order_count = 0;
}

static void side_close(struct play *p, struct side *s)
{
	if (s->wire.fd < 0)
		return;
	loop_forget(p->bench.loop, s->wire.fd);
	wire_release(&s->wire);
	if (s == &p->hostile)
		forget_orders(p);
}

static void replace(void *ctx, const struct peer *peer)
{
	struct play *p = ctx;

	side_close(p, p->hostile.pid == peer->pid ? &p->hostile : &p->child);
}

static void gone(void *ctx, enum role_id role)
{
	(void)ctx;
	(void)role;
}

static void broken(void *ctx)
{
	MUST(!ctx); /* no input breaks the store */
}

static void side_open(struct play *p, struct side *s, enum role_id role)
{
	struct err e = { 0 };
	int pair[2];

	MUST(wire_pair(pair, &e) == 0);
	s->role = role;
	s->pid = ++p->peers;
	message_wire(&s->wire, pair[0], role, ROLE_CORE);
	if (role == ROLE_CONTROL)
		control_client_add(rooms_control(p->rooms), pair[1]);
	else
		peer_add(&p->bench, &(struct parent_talk_peer){ role, s->instance, s->pid, pair[1],
								SPAN_NONE });
}

static bool is_order(const struct wire_in *in)
{
	return in->type == MSG_PARSE || in->type == MSG_PARSE_HERE || in->type == MSG_PARSE_THERE;
}

/* What core says to the peer: orders are kept, all else is passed over. */
static int hear_hostile(void *ctx, struct wire_in *in, struct err *e)
{
	struct play *p = ctx;

	if (!is_order(in) || p->order_count == ORDERS_MAX) {
		wire_close_fds(in);
		return 0;
	}
	if (parse_talk_order_get(in, &p->orders[p->order_count].o, e) < 0)
		return -1;
	p->order_count++;
	return 0;
}

static void pour(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static void parse_honestly(struct play *p, const struct parse_talk_order *o)
{
	struct parse_talk_answer answer = { .mail = o->mail };
	struct buf body BUF_AUTO, facts BUF_AUTO;
	struct parser_sink sink = { .write = pour, .ctx = &body };
	struct arena a ARENA_AUTO;
	struct err e = { 0 };
	struct facts parsed;
	struct span raw = o->here;

	arena_init(&a);
	buf_init(&body, SIZE_MAX);
	buf_init(&facts, SIZE_MAX);
	MUST(o->raw_fd < 0 || memfd_map(o->raw_fd, SIZE_MAX, &raw, &e) == 0);
	if (o->out_fd < 0)
		sink.mail = raw;
	parser_parse(lab.parser, raw, &sink, &a, &parsed);
	facts_encode(&parsed, &facts);
	if (o->raw_fd >= 0)
		memfd_unmap(raw);
	answer.body = (int64_t)body.n;
	answer.facts = (int64_t)facts.n;
	buf_add(&body, buf_span(&facts));
	answer.is_here = o->out_fd < 0;
	answer.too_large = answer.is_here && body.n > PARSED_HERE_MAX;
	answer.here = answer.is_here && !answer.too_large ? buf_span(&body) : SPAN_NONE;
	MUST(answer.is_here || file_write_all(o->out_fd, buf_span(&body)) == 0);
	MUST(parse_talk_answer_put(&p->child.wire, &answer, &e) == 0);
}

static int hear_child(void *ctx, struct wire_in *in, struct err *e)
{
	struct parse_talk_order o;

	MUST(is_order(in) && parse_talk_order_get(in, &o, e) == 0);
	parse_honestly(ctx, &o);
	parse_talk_order_close(&o);
	return 0;
}

static bool hear(struct play *p, struct side *s, channel_frame_fn *fn)
{
	struct err e = { 0 };
	bool open = true;
	size_t before;

	if (s->wire.fd < 0)
		return false;
	before = s->wire.in.n - s->wire.in_done;
	if (channel_serve(&s->wire, LOOP_READ | LOOP_WRITE, fn, p, &open, &e) < 0 || !open) {
		side_close(p, s);
		return true;
	}
	return s->wire.in.n - s->wire.in_done != before;
}

/* Until nobody has anything to do. */
static void settle(struct play *p)
{
	struct err e = { 0 };

	for (int i = 0; i < TURNS_MAX; i++) {
		bool heard = hear(p, &p->hostile, hear_hostile);

		heard |= hear(p, &p->child, hear_child);
		if (loop_turn(p->bench.loop, 0, &e) == 0 && !heard)
			return;
	}
}

/* --- moves --- */

static struct span take(struct span *s, size_t n)
{
	struct span head = span_sub(*s, 0, n);

	*s = span_sub(*s, head.n, SIZE_MAX);
	return head;
}

static size_t take_u16(struct span *s)
{
	struct span b = take(s, 2);

	return b.n < 2 ? 0 : (unsigned char)b.p[0] | (size_t)(unsigned char)b.p[1] << 8;
}

/* Of what the role may say to core. */
static uint16_t message_of(enum role_id role, unsigned int choice)
{
	uint16_t v[MESSAGE_COUNT], n = 0;

	for (uint16_t i = 0; i < MESSAGE_COUNT; i++)
		if (message_rules[i].from == role && message_rules[i].to == ROLE_CORE)
			v[n++] = i;
	return v[choice % n];
}

/* gatewayctl may write files where its user may; not here. */
static bool is_harmless(enum role_id role, struct span bytes)
{
	return role != ROLE_CONTROL ||
	       (span_find_ci(bytes, SPAN("backup")) == SIZE_MAX && !memchr(bytes.p, '/', bytes.n));
}

static void send_frame(struct play *p, uint16_t type, struct span bytes)
{
	const struct wire_rule *rule = &message_rules[type];
	struct err e = { 0 };
	struct wire_out o;
	struct span content = SPAN("");
	int fd = -1;

	if (rule->fds)
		content = take(&bytes, take_u16(&bytes));
	bytes = span_sub(bytes, 0, rule->max);
	if (!bytes.p || !is_harmless(p->hostile.role, bytes))
		return;
	wire_begin(&o, type);
	for (size_t i = 0; i < bytes.n; i++)
		wire_put_u8(&o, (uint8_t)bytes.p[i]);
	if (rule->fds) {
		MUST(memfd_of(content, &fd, &e) == 0);
		wire_put_fd(&o, fd);
	}
	(void)wire_send(&p->hostile.wire, &o, &e); /* core may have let it go */
	if (fd >= 0)
		close(fd);
}

static void write_order(struct play *p, struct span bytes)
{
	struct order *o = &p->orders[0];

	if (p->order_count == 0)
		return;
	if (ftruncate(o->o.out_fd, 0) == 0 && lseek(o->o.out_fd, 0, SEEK_SET) == 0)
		(void)file_write_all(o->o.out_fd, bytes); /* sealed: core has it */
}

static void pass(struct play *p, struct span bytes)
{
	size_t s = take_u16(&bytes) % PASS_MAX_S;

	p->clock.now += (int64_t)s;
	p->clock.monotonic_ms += (int64_t)s * 1000;
}

static void move(struct play *p, unsigned int what, struct span bytes)
{
	if (p->hostile.wire.fd < 0 && p->peers < PEERS_MAX)
		side_open(p, &p->hostile, p->hostile.role);
	if (what == MOVE_TIME)
		pass(p, bytes);
	else if (p->hostile.wire.fd < 0)
		return;
	else if (what < MOVE_RAW)
		send_frame(p, message_of(p->hostile.role, what), bytes);
	else if (what == MOVE_RAW)
		(void)!write(p->hostile.wire.fd, bytes.p, bytes.n);
	else if (what == MOVE_END)
		side_close(p, &p->hostile);
	else
		write_order(p, bytes);
}

/* --- one input --- */

static void begin(struct play *p, enum role_id role)
{
	struct bench *b = &p->bench;
	struct err e = { 0 };

	p->clock = (struct clock_fake){ .now = NOW, .monotonic_ms = 1000 };
	b->clock = clock_fake(&p->clock);
	b->host =
	    (struct bench_host){ .replace = replace, .gone = gone, .broken = broken, .ctx = p };
	b->conf = kept.conf;
	b->zones = kept.zones;
	b->loop = loop_new(b->clock);
	MUST(token_keys_set(&b->keys, SPAN("the key of all inputs, long enough for tokens"),
			    SPAN(""), &e) == 0);
	put_file("", &kept.store);
	put_file(".witness", &kept.witness);
	MUST(store_open(kept.path, STORE_WRITE, &b->store, &e) == 0 &&
	     desk_epochs(b->store, &b->keys, &e) == 0);
	p->rooms = rooms_new(b);
	p->hostile = (struct side){ .wire.fd = -1, .role = role };
	p->child = (struct side){ .wire.fd = -1, .instance = 1 };
	if (role != ROLE_PARSE)
		side_open(p, &p->child, ROLE_PARSE);
	side_open(p, &p->hostile, role);
}

/* What must hold between the rows holds whatever was said. */
static void must_be_sound(struct play *p)
{
	struct buf findings BUF_AUTO;
	struct err e = { 0 };

	buf_init(&findings, 64 * 1024);
	MUST(store_check(p->bench.store, &findings, &e) == 0);
	if (findings.n)
		fprintf(stderr, "%s\n", buf_cstr(&findings));
	MUST(findings.n == 0);
}

static void end(struct play *p)
{
	side_close(p, &p->hostile);
	side_close(p, &p->child);
	rooms_free(&p->rooms);
	must_be_sound(p);
	loop_free(&p->bench.loop);
	store_close(&p->bench.store);
	token_keys_wipe(&p->bench.keys);
	remove_files();
}

int core_lab_free_fd(void)
{
	int fd = dup(0);

	if (fd >= 0)
		close(fd);
	return fd;
}

void core_lab_play(enum role_id role, struct span script)
{
	struct play p = { 0 };
	int before;

	lab_begin();
	if (!kept.conf) {
		log_open("fuzz", LOG_ERROR - 1);
		load_conf();
		make_store();
	}
	before = core_lab_free_fd();
	begin(&p, role);
	settle(&p);
	for (int i = 0; i < MOVES_MAX && script.n; i++) {
		unsigned int what = (unsigned char)*take(&script, 1).p;

		move(&p, what, take(&script, take_u16(&script)));
		settle(&p);
	}
	end(&p);
	MUST(core_lab_free_fd() == before);
}
