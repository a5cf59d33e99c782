#include "tests/scenario/peers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/parent/leaving.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/hook_talk.h"

enum {
	AGAIN_MS = 2000, /* as the poller's */
	LOOKS = 30,	 /* one after the other, so that what the store refuses is tried again */
};
enum {
	POLLERS = 1,
	CHILDREN = 2,
	SPARE = 2,   /* the sender of operators_smtp */
	SENDERS = 3, /* one, another as at a reload, that of operators_smtp */
	ENDS = POLLERS + CHILDREN + SENDERS + 3 /* hooks, tokens, control */,
};

const char *const peers_child_names[CHILD_WAYS] = {
	"answers",   "dies",	   "killed",	 "hangs", "lies-size",
	"lies-mail", "lies-facts", "lies-twice", "gone",
};

/* Our end of a channel. */
struct end {
	struct peers *peers;
	enum role_id role;
	uint32_t instance;
	pid_t pid;
	bool crashed;
	bool second;	    /* a sender that came beside another; the parent keeps it running */
	bool blameless;	    /* it used no time: it was not let run, or killed from outside */
	int64_t late_until; /* monotonic ms; 0: it is not late */
	int64_t killed_at;  /* monotonic ms, when it leaves for another; 0: it does not */
	struct wire wire;   /* fd -1: there is none */
};

/* A result of a slow sender. */
struct late {
	pid_t pid; /* the process that has it to say */
	struct talk_sent sent;
};

enum folder_state { IN_INBOX, UNDER_WAY, MOVED, MOVED_ASIDE };

struct folder_mail {
	struct peers_mail mail;
	enum folder_state state;
	int64_t again_ms; /* core said "wait": it is not listed before */
};

struct peers {
	pid_t pids; /* given so far */
	struct arena *arena;
	struct bench *bench; /* NULL: core is away */
	struct rooms *rooms;
	struct parser *parser;
	struct end ends[ENDS];
	uint32_t session;	  /* of the poller */
	struct peers_mail looked; /* the folder of such a mail is looked at so often */
	int looks_left;
	struct talk_status report; /* mailbox.p == NULL: none is due */
	struct folder_mail *mails;
	size_t mail_count, mail_cap;
	enum peers_child child;
	const char *child_text;
	int64_t child_left; /* mails that it is so for */
	struct peers_sender_script sender, hook;
	bool told_lanes; /* that something is slow */
	struct late *late;
	size_t late_count, late_cap;
	struct peers_taken *taken;
	size_t taken_count, taken_cap;
	size_t doubles, again;
	struct span *posts; /* ids that webhooks have taken */
	size_t post_count, post_cap;
	bool excused;	       /* what was not written down may come again */
	int64_t moves_refused; /* so many more */
	bool (*working)(bool); /* NULL: nobody counts */
	struct peers_answer answer;
};

/* --- ends --- */

/* What the parent would say: it crashed, or it was killed after it had used up its time. */
static void tell_end(struct end *end)
{
	struct parent_talk_ended ended = { .role = end->role,
					   .instance = end->instance,
					   .pid = end->pid,
					   .signal = end->crashed ? SIGSEGV : SIGKILL,
					   .cpu_ms = end->blameless ? 0 : INT32_MAX };

	end->crashed = end->blameless = false;
	rooms_ended(end->peers->rooms, &ended);
}

static void end_close(struct end *end)
{
	if (end->wire.fd < 0)
		return;
	loop_forget(end->peers->bench->loop, end->wire.fd);
	wire_release(&end->wire);
	if (end->role == ROLE_PARSE)
		tell_end(end);
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e);

static bool working(struct peers *p, bool on)
{
	return p->working && p->working(on);
}

static void on_end(void *ctx, int fd, unsigned int events)
{
	struct end *end = ctx;
	bool was = working(end->peers, false), open;
	struct err e;

	(void)fd;
	if (channel_serve(&end->wire, events, on_frame, end, &open, &e) < 0 || !open)
		end_close(end);
	else
		loop_watch(end->peers->bench->loop, end->wire.fd, channel_events(&end->wire),
			   on_end, end);
	working(end->peers, was);
}

static void end_open(struct end *end, int fd)
{
	message_wire(&end->wire, fd, end->role, ROLE_CORE);
	end->late_until = end->killed_at = 0;
	loop_watch(end->peers->bench->loop, fd, LOOP_READ, on_end, end);
}

/* As the parent numbers them. */
static uint32_t instance_of(const struct end *end)
{
	return end->role == ROLE_SENDER ? end->instance == SPARE : end->instance;
}

static int end_connect(struct end *end, struct err *e)
{
	int pair[2];

	if (wire_pair(pair, e) < 0)
		return -1;
	end->pid = ++end->peers->pids;
	end_open(end, pair[0]);
	if (end->role == ROLE_CONTROL)
		control_client_add(rooms_control(end->peers->rooms), pair[1]);
	else
		peer_add(end->peers->bench, &(struct parent_talk_peer){ end->role, instance_of(end),
									end->pid, pair[1] });
	return 0;
}

static struct end *end_of(struct peers *p, enum role_id role, uint32_t instance)
{
	for (size_t i = 0; i < ENDS; i++)
		if (p->ends[i].role == role && p->ends[i].instance == instance)
			return &p->ends[i];
	return NULL;
}

/* A process that is killed closes its end. */
static void replace(void *ctx, const struct peer *peer)
{
	struct peers *p = ctx;

	for (size_t i = 0; i < ENDS; i++)
		if (p->ends[i].pid == peer->pid)
			end_close(&p->ends[i]);
}

static void gone(void *ctx, enum role_id role)
{
	(void)ctx;
	(void)role;
}

static void broken(void *ctx)
{
	(void)ctx;
}

struct bench_host peers_host(struct peers *p)
{
	return (struct bench_host){
		.replace = replace, .gone = gone, .broken = broken, .refused = broken, .ctx = p
	};
}

struct peers *peers_new(struct arena *a)
{
	static const struct {
		enum role_id role;
		size_t n;
	} kinds[] = { { ROLE_POLLER, POLLERS }, { ROLE_PARSE, CHILDREN }, { ROLE_SENDER, SENDERS },
		      { ROLE_HOOKS, 1 },	{ ROLE_TOKENS, 1 },	  { ROLE_CONTROL, 1 } };
	struct peers *p = mem_alloc(sizeof(*p));
	struct end *end = p->ends;

	p->arena = a;
	p->parser = parser_new();
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (size_t i = 0; i < kinds[k].n; i++)
			*end++ = (struct end){ .peers = p,
					       .role = kinds[k].role,
					       .instance = (uint32_t)i,
					       .wire.fd = -1 };
	return p;
}

void peers_free(struct peers **p)
{
	if (!*p)
		return;
	peers_disconnect(*p);
	parser_free(&(*p)->parser);
	free((*p)->mails);
	free((*p)->late);
	free((*p)->taken);
	free((*p)->posts);
	mem_free(p);
}

void peers_connect(struct peers *p, struct bench *b, struct rooms *r)
{
	p->bench = b;
	p->rooms = r;
}

void peers_disconnect(struct peers *p)
{
	for (size_t i = 0; i < ENDS && p->bench; i++) {
		end_close(&p->ends[i]);
		p->ends[i].second = false;
	}
	p->late_count = 0;
	p->bench = NULL;
}

/* --- the poller --- */

void peers_mail_add(struct peers *p, const struct peers_mail *m)
{
	MEM_GROW(p->mails, p->mail_count, &p->mail_cap);
	p->mails[p->mail_count++] = (struct folder_mail){ *m, IN_INBOX, 0 };
}

bool peers_folders_clear(const struct peers *p)
{
	for (size_t i = 0; i < p->mail_count; i++)
		if (p->mails[i].state == IN_INBOX || p->mails[i].state == UNDER_WAY)
			return false;
	return true;
}

static struct talk_session session_of(const struct peers *p, const struct folder_mail *m)
{
	return (struct talk_session){ span_of(m->mail.mailbox), m->mail.uidvalidity, p->session,
				      m->mail.processed ? TALK_PROCESSED : TALK_INBOX };
}

static bool is_at(const struct folder_mail *m, const struct talk_session *s, uint32_t uid)
{
	return span_is(s->mailbox, m->mail.mailbox) && m->mail.uidvalidity == s->uidvalidity &&
	       m->mail.uid == uid;
}

/* The newest at that place that is not yet away: a server gives a number again when it must. */
static struct folder_mail *mail_at(struct peers *p, const struct talk_session *session,
				   uint32_t uid)
{
	if (session->number != p->session)
		return NULL;
	for (size_t i = p->mail_count; i-- > 0;)
		if (is_at(&p->mails[i], session, uid) &&
		    (p->mails[i].state == IN_INBOX || p->mails[i].state == UNDER_WAY))
			return &p->mails[i];
	return NULL;
}

void peers_look(struct peers *p, const char *mailbox, uint32_t uidvalidity)
{
	p->looked = (struct peers_mail){ .mailbox = mailbox, .uidvalidity = uidvalidity };
	p->looks_left = LOOKS;
}

static int look_to_the_end(struct peers *p, struct end *end, bool *any, struct err *e)
{
	struct folder_mail m = { .mail = p->looked };
	struct talk_folder f = { session_of(p, &m), true, true, NULL, 0 };

	if (!p->looks_left)
		return 0;
	p->looks_left--;
	*any = true;
	return talk_folder_put(&end->wire, &f, e);
}

void peers_report(struct peers *p, const struct talk_status *status)
{
	p->report = *status;
}

static int report(struct peers *p, struct end *end, bool *any, struct err *e)
{
	struct talk_status s = p->report;

	if (!s.mailbox.p)
		return 0;
	p->report.mailbox = SPAN_NONE;
	*any = true;
	return talk_status_put(&end->wire, &s, e);
}

/* One message a mail: what a folder of many does is the poller's own test. */
static int look(struct peers *p, struct end *end, bool *any, struct err *e)
{
	for (size_t i = 0; i < p->mail_count; i++) {
		struct folder_mail *m = &p->mails[i];
		struct talk_listed listed = { m->mail.uid, m->mail.received_at, m->mail.size,
					      m->mail.processed ? m->mail.raw : SPAN("") };
		struct talk_folder f = { session_of(p, m), false, false, &listed, 1 };

		if (m->state != IN_INBOX || m->again_ms > bench_now_ms(p->bench))
			continue;
		m->state = UNDER_WAY;
		*any = true;
		if (talk_folder_put(&end->wire, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int fetch(struct end *end, const struct folder_mail *m, struct err *e)
{
	struct talk_mail t = {
		.at = { session_of(end->peers, m), m->mail.uid },
		.received_at = m->mail.received_at,
		.size = m->mail.size,
		.kept = (int64_t)m->mail.raw.n,
	};
	int result;

	if (memfd_of(m->mail.raw, &t.fd, e) < 0)
		return -1;
	result = talk_mail_put(&end->wire, &t, e);
	close(t.fd);
	return result;
}

static void settle_mail(struct peers *p, struct folder_mail *m, enum talk_want want)
{
	bool refused = want != TALK_WAIT && p->moves_refused > 0;

	p->moves_refused -= refused;
	if (want == TALK_MOVE && !refused)
		m->state = MOVED;
	else if (want == TALK_MOVE_ASIDE && !refused)
		m->state = MOVED_ASIDE;
	else
		m->state = IN_INBOX; /* asked again in the next cycle */
	m->again_ms = bench_now_ms(p->bench) + AGAIN_MS;
}

static int on_want(struct end *end, struct wire_in *in, struct err *e)
{
	struct talk_wants t;

	if (talk_wants_get(in, end->peers->arena, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < t.n; i++) {
		struct folder_mail *m = mail_at(end->peers, &t.session, t.uids[i]);

		if (!m)
			return err_set(e, ERR_BUG, "an order for a mail that is not there");
		if (t.wants[i] == TALK_FETCH) {
			if (fetch(end, m, e) < 0)
				return -1;
		} else {
			settle_mail(end->peers, m, (enum talk_want)t.wants[i]);
		}
	}
	return 0;
}

static int on_kept(struct end *end, struct wire_in *in, struct err *e)
{
	struct folder_mail *m;
	struct talk_kept k;

	if (talk_kept_get(in, &k, e) < 0)
		return -1;
	m = mail_at(end->peers, &k.at.session, k.at.uid);
	if (!m)
		return err_set(e, ERR_BUG, "word of a mail that is not there");
	settle_mail(end->peers, m, k.want);
	return 0;
}

/* --- parse children --- */

void peers_child_script(struct peers *p, enum peers_child how, const char *text, int64_t n)
{
	p->child = how;
	p->child_text = text;
	p->child_left = n;
	for (uint32_t i = 0; how == CHILD_GONE && i < CHILDREN; i++)
		end_close(end_of(p, ROLE_PARSE, i));
}

/* How this mail is treated; the script counts it. */
static enum peers_child treatment(struct peers *p, struct span raw)
{
	if (p->child_left == 0 ||
	    (p->child_text && span_find(raw, span_of(p->child_text)) == SIZE_MAX))
		return CHILD_ANSWERS;
	p->child_left--;
	return p->child;
}

static void write_piece(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static int put_answer(struct end *end, const struct parse_talk_order *o, struct span raw,
		      enum peers_child how, struct err *e)
{
	struct parse_talk_answer a = { .mail = o->mail + (how == CHILD_LIES_MAIL) };
	struct buf body BUF_AUTO, facts BUF_AUTO;
	struct parser_sink sink = { .write = write_piece, .ctx = &body };
	struct facts parsed;

	buf_init(&body, SIZE_MAX);
	buf_init(&facts, SIZE_MAX);
	parser_parse(end->peers->parser, raw, &sink, end->peers->arena, &parsed);
	facts_encode(&parsed, &facts);
	if (how == CHILD_LIES_FACTS)
		memset(facts.p, 0xff, facts.n);
	if (file_write_all(o->out_fd, buf_span(&body)) < 0 ||
	    file_write_all(o->out_fd, buf_span(&facts)) < 0)
		return err_set(e, ERR_TEMP, "memfd: %s", strerror(errno));
	a.body = (int64_t)body.n;
	a.facts = (int64_t)facts.n + (how == CHILD_LIES_SIZE);
	if (how == CHILD_LIES_TWICE && parse_talk_answer_put(&end->wire, &a, e) < 0)
		return -1;
	return parse_talk_answer_put(&end->wire, &a, e);
}

static int treat(struct end *end, const struct parse_talk_order *o, struct err *e)
{
	enum peers_child how;
	struct span raw;
	int result = 0;

	if (memfd_map(o->raw_fd, SIZE_MAX, &raw, e) < 0)
		return -1;
	how = treatment(end->peers, raw);
	end->crashed = how == CHILD_DIES;
	end->blameless = how == CHILD_KILLED;
	if (end->crashed || end->blameless)
		result = err_set(e, ERR_TEMP, "the child dies");
	else if (how != CHILD_HANGS)
		result = put_answer(end, o, raw, how, e);
	memfd_unmap(raw);
	return result;
}

static int on_parse(struct end *end, struct wire_in *in, struct err *e)
{
	struct parse_talk_order o;
	int result;

	if (parse_talk_order_get(in, &o, e) < 0)
		return -1;
	result = treat(end, &o, e);
	close(o.raw_fd);
	close(o.out_fd);
	return result;
}

/* --- the sender --- */

static struct span field_of(struct span message, const char *name)
{
	struct span line;

	while (span_line(&message, &line) && line.n)
		if (span_starts_ci(line, span_of(name)))
			return line;
	return SPAN("");
}

/* A server that has taken a mail would deliver it to a person once more. */
static void count_double(struct peers *p, const struct peers_taken *before,
			 const struct peers_taken *t)
{
	if (!span_eq(before->message_id, t->message_id) ||
	    !span_eq_ci(before->recipient, t->recipient))
		return;
	if (p->excused && (!before->written || before->lost))
		p->again++;
	else
		p->doubles++;
}

static void take(struct end *end, const struct talk_send *s)
{
	struct peers *p = end->peers;
	struct peers_taken t = { .row = s->row,
				 .pid = end->pid,
				 .recipient = arena_dup(p->arena, s->recipient),
				 .lost = p->sender.takes };
	struct span bytes;
	struct err e;

	if (memfd_map(s->fd, SIZE_MAX, &bytes, &e) < 0)
		abort();
	t.message = arena_dup(p->arena, bytes);
	t.message_id = field_of(t.message, "Message-ID:");
	memfd_unmap(bytes);
	for (size_t i = 0; i < p->taken_count; i++)
		count_double(p, &p->taken[i], &t);
	MEM_GROW(p->taken, p->taken_count, &p->taken_cap);
	p->taken[p->taken_count++] = t;
}

size_t peers_doubles(const struct peers *p)
{
	return p->doubles;
}

static int tell(struct end *end, const struct talk_sent *sent, struct err *e)
{
	struct peers *p = end->peers;

	if (p->sender.how == SENDER_SLOW) {
		MEM_GROW(p->late, p->late_count, &p->late_cap);
		p->late[p->late_count++] = (struct late){ end->pid, *sent };
		return 0;
	}
	return talk_sent_put(&end->wire, sent, e);
}

/* Dies with the row, or tells of one that it was not given; nothing was sent. */
static int stumble(struct end *end, const struct talk_sent *strange, struct err *e)
{
	bool dies = end->peers->sender.how == SENDER_DIES;

	end->peers->sender.how = SENDER_OK;
	if (!dies && talk_sent_put(&end->wire, strange, e) < 0)
		return -1;
	return err_set(e, ERR_TEMP, "the sender ends");
}

static int tell_lanes(struct end *end, const struct peers_sender_script *s, struct err *e)
{
	struct talk_lanes lanes = { .open = 4, .most = 16, .ms = 1, .slow_room = s->room };

	if (s->how == SENDER_FULL)
		lanes.slow[lanes.n++] = (struct talk_slow){ span_of(s->domain), 5000, s->room };
	end->peers->told_lanes = lanes.n > 0;
	return talk_lanes_put(&end->wire, &lanes, e);
}

/* The first row of what is slow comes back, and all for which there is no room. */
static bool is_full(const struct peers *p, const struct talk_send *t)
{
	return p->sender.how == SENDER_FULL && span_is(t->domain, p->sender.domain) &&
	       (!p->told_lanes || !p->sender.room);
}

static int give_back(struct end *end, const struct talk_send *t, struct err *e)
{
	close(t->fd);
	if (tell_lanes(end, &end->peers->sender, e) < 0)
		return -1;
	return talk_back_put(&end->wire, t->row, e);
}

static int on_send(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers *p = end->peers;
	static const struct peers_sender_script good = { .how = SENDER_OK };
	const struct peers_sender_script *s = end->instance == SPARE ? &good : &p->sender;
	struct talk_sent sent = { .outcome = TALK_SENT, .code = 250, .text = SPAN("ok") };
	struct talk_send t;

	if (talk_send_get(in, &t, e) < 0)
		return -1;
	if (s != &good && is_full(p, &t))
		return give_back(end, &t, e);
	sent.row = t.row;
	if (s->takes)
		take(end, &t);
	if (s->how == SENDER_DIES || s->how == SENDER_STRANGE) {
		sent.row += 1000;
		close(t.fd);
		return stumble(end, &sent, e);
	}
	if (s->how == SENDER_FAIL && (!s->to || span_is_ci(t.recipient, s->to))) {
		sent.outcome = s->outcome;
		sent.server = s->server;
		sent.code = s->code;
		sent.text = span_of(s->text);
	} else if (!s->takes) {
		take(end, &t);
	}
	close(t.fd);
	if (tell(end, &sent, e) < 0)
		return -1;
	return s->how == SENDER_FULL ? tell_lanes(end, s, e) : 0;
}

static int on_written(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers *p = end->peers;
	int64_t row;

	if (talk_written_get(in, &row, e) < 0)
		return -1;
	for (size_t i = 0; i < p->taken_count; i++)
		if (p->taken[i].row == row && p->taken[i].pid == end->pid)
			p->taken[i].written = true;
	return 0;
}

/* What a slow sender had to say; of one that is gone nobody hears it. */
static int tell_late(struct peers *p, struct err *e)
{
	size_t n = p->late_count;

	p->late_count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ENDS; k++)
			if (p->ends[k].pid == p->late[i].pid && p->ends[k].wire.fd >= 0 &&
			    talk_sent_put(&p->ends[k].wire, &p->late[i].sent, e) < 0)
				return -1;
	return 0;
}

void peers_sender_script(struct peers *p, const struct peers_sender_script *s)
{
	bool told = p->told_lanes;
	struct err e;

	p->sender = *s;
	for (uint32_t i = 0; i < SPARE; i++) {
		struct end *end = end_of(p, ROLE_SENDER, i);

		if (s->how == SENDER_HOLD)
			end_close(end);
		if (told && end->wire.fd >= 0 && tell_lanes(end, s, &e) < 0)
			abort();
	}
	if (s->how != SENDER_SLOW && tell_late(p, &e) < 0)
		abort();
}

void peers_sender_add(struct peers *p)
{
	struct end *end = end_of(p, ROLE_SENDER, 1);
	struct err e;

	end->second = true;
	if (end->wire.fd >= 0)
		return;
	if (end_connect(end, &e) < 0)
		abort();
	end_of(p, ROLE_SENDER, 0)->killed_at = bench_now_ms(p->bench) + LEAVING_MS;
}

/* --- webhooks --- */

void peers_hook_script(struct peers *p, const struct peers_sender_script *s)
{
	p->hook = *s;
	if (s->how == SENDER_HOLD)
		end_close(end_of(p, ROLE_HOOKS, 0));
}

/* One that has taken an event knows its id. */
static void take_post(struct peers *p, const struct hook_post *post)
{
	for (size_t i = 0; i < p->post_count; i++)
		p->doubles += span_eq(p->posts[i], post->id);
	MEM_GROW(p->posts, p->post_count, &p->post_cap);
	p->posts[p->post_count++] = arena_dup(p->arena, post->id);
}

static int on_post(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers *p = end->peers;
	const struct peers_sender_script *s = &p->hook;
	struct hook_posted posted = { .sent = { .outcome = TALK_SENT, .code = 204 } };
	struct hook_post post;

	if (hook_post_get(in, &post, e) < 0)
		return -1;
	close(post.fd);
	posted.sent.row = post.row;
	if (s->how == SENDER_DIES) {
		p->hook.how = SENDER_OK;
		return err_set(e, ERR_TEMP, "the process ends");
	}
	if (s->how == SENDER_SLOW)
		return 0;
	if (s->how == SENDER_FAIL && (!s->to || span_is(post.hook, s->to))) {
		posted.sent.outcome = s->outcome;
		posted.sent.code = s->code;
		posted.sent.text = span_of(s->text);
		posted.sent.server = s->outcome == TALK_RETRY && (s->code == 0 || s->code >= 500);
	} else {
		take_post(p, &post);
	}
	return hook_posted_put(&end->wire, &posted, e);
}

/* --- tokens --- */

int peers_grant(struct peers *p, const struct grant_talk_state *state, struct err *e)
{
	return grant_talk_state_put(&end_of(p, ROLE_TOKENS, 0)->wire, state, e);
}

/* --- gatewayctl --- */

int peers_ask(struct peers *p, const struct control_request *r, struct err *e)
{
	struct end *end = end_of(p, ROLE_CONTROL, 0);

	p->answer = (struct peers_answer){ 0 };
	if (end->wire.fd < 0 && end_connect(end, e) < 0)
		return -1;
	return control_request_put(&end->wire, r, e);
}

const struct peers_answer *peers_answer(const struct peers *p)
{
	return &p->answer;
}

static int on_answer(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers_answer *a = &end->peers->answer;
	struct buf out BUF_AUTO, err BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	buf_init(&err, SIZE_MAX);
	if (control_answer_get(in, &a->status, &out, &err, NULL, e) < 0)
		return -1;
	a->out = arena_dup(end->peers->arena, buf_span(&out));
	a->err = arena_dup(end->peers->arena, buf_span(&err));
	a->there = true;
	return 0;
}

/* --- all of them --- */

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	static int (*const readers[MESSAGE_COUNT])(struct end *, struct wire_in *, struct err *) = {
		[MSG_WANT] = on_want, [MSG_KEPT] = on_kept,	[MSG_PARSE] = on_parse,
		[MSG_SEND] = on_send, [MSG_ANSWER] = on_answer, [MSG_WRITTEN] = on_written,
		[MSG_POST] = on_post,
	};

	return readers[in->type](ctx, in, e);
}

/* The second sender is there only where a script wants it. */
static bool is_missing(const struct peers *p, const struct end *end)
{
	if (end->wire.fd >= 0 || end->role == ROLE_CONTROL)
		return false;
	if (end->role == ROLE_PARSE && p->child == CHILD_GONE)
		return false;
	if (end->role == ROLE_HOOKS)
		return p->bench->conf->hook_count > 0 && p->hook.how != SENDER_HOLD;
	if (end->role == ROLE_TOKENS)
		return p->bench->conf->oauth_count > 0;
	if (end->role == ROLE_SENDER && end->instance == SPARE)
		return p->bench->conf->operators_smtp.server.host != NULL;
	return end->role != ROLE_SENDER ||
	       ((end->instance == 0 || end->second) && p->sender.how != SENDER_HOLD);
}

/* A fresh poller knows of nothing that the one before it had begun. */
static void begin_again(struct peers *p)
{
	p->session++;
	for (size_t i = 0; i < p->mail_count; i++)
		if (p->mails[i].state == UNDER_WAY)
			p->mails[i].state = IN_INBOX;
}

/* --- what a simulation does to them --- */

void peers_on_work(struct peers *p, bool (*works)(bool))
{
	p->working = works;
}

void peers_excuse(struct peers *p)
{
	p->excused = true;
}

void peers_late(struct peers *p, enum role_id role, int64_t ms)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct end *end = &p->ends[i];

		if (end->role != role || end->wire.fd < 0)
			continue;
		end->late_until = bench_now_ms(p->bench) + ms;
		end->blameless = true;
		loop_forget(p->bench->loop, end->wire.fd);
	}
}

void peers_kill(struct peers *p, enum role_id role)
{
	for (size_t i = 0; i < ENDS; i++) {
		if (p->ends[i].role != role)
			continue;
		p->ends[i].blameless = true;
		end_close(&p->ends[i]);
	}
}

void peers_hear(struct peers *p)
{
	for (size_t i = 0; i < ENDS; i++)
		if (p->ends[i].wire.fd >= 0 && !p->ends[i].late_until)
			on_end(&p->ends[i], p->ends[i].wire.fd, LOOP_READ);
}

void peers_refuse_moves(struct peers *p, int64_t n)
{
	p->moves_refused = n;
}

static bool is_away(const struct folder_mail *m)
{
	return m->state == MOVED || m->state == MOVED_ASIDE;
}

void peers_list_again(struct peers *p)
{
	for (size_t i = 0; i < p->mail_count; i++) {
		if (!is_away(&p->mails[i]))
			continue;
		p->mails[i].state = IN_INBOX;
		p->mails[i].mail.processed = true;
	}
}

bool peers_move_back(struct peers *p, size_t i, uint32_t uid)
{
	for (size_t k = 0; k < p->mail_count; k++) {
		struct folder_mail *m = &p->mails[k];

		if (!is_away(m) || i-- > 0)
			continue;
		m->state = IN_INBOX;
		m->mail.uid = uid;
		m->mail.processed = false;
		return true;
	}
	return false;
}

const struct peers_mail *peers_mail_at(const struct peers *p, size_t i, bool *ret_moved)
{
	if (i >= p->mail_count)
		return NULL;
	*ret_moved = is_away(&p->mails[i]);
	return &p->mails[i].mail;
}

const struct peers_taken *peers_taken_at(const struct peers *p, size_t i)
{
	return i < p->taken_count ? &p->taken[i] : NULL;
}

size_t peers_again(const struct peers *p)
{
	return p->again;
}

/* As the parent does it with who does not end by itself. */
static void kill_leaving(struct peers *p, bool *any)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct end *end = &p->ends[i];

		if (!end->killed_at || end->killed_at > bench_now_ms(p->bench))
			continue;
		end->killed_at = 0;
		end->blameless = true;
		end_close(end);
		peers_excuse(p);
		*any = true;
	}
}

/* Whoever was late is no longer. */
static void wake_late(struct peers *p, bool *any)
{
	for (size_t i = 0; i < ENDS; i++) {
		struct end *end = &p->ends[i];

		if (!end->late_until || end->wire.fd < 0 ||
		    end->late_until > bench_now_ms(p->bench))
			continue;
		end->late_until = 0;
		end->blameless = false;
		*any = true;
		loop_watch(p->bench->loop, end->wire.fd, channel_events(&end->wire), on_end, end);
	}
}

static int poller_step(struct peers *p, bool *any, struct err *e)
{
	struct end *end = end_of(p, ROLE_POLLER, 0);

	if (end->late_until)
		return 0;
	return look_to_the_end(p, end, any, e) < 0 || report(p, end, any, e) < 0
		   ? -1
		   : look(p, end, any, e);
}

static int step(struct peers *p, bool *ret_any, struct err *e)
{
	*ret_any = false;
	kill_leaving(p, ret_any);
	wake_late(p, ret_any);
	for (size_t i = 0; i < ENDS; i++) {
		if (!is_missing(p, &p->ends[i]))
			continue;
		*ret_any = true;
		if (p->ends[i].role == ROLE_POLLER)
			begin_again(p);
		if (end_connect(&p->ends[i], e) < 0)
			return -1;
	}
	return poller_step(p, ret_any, e);
}

int peers_step(struct peers *p, bool *ret_any, struct err *e)
{
	bool was = working(p, false);
	int result = step(p, ret_any, e);

	working(p, was);
	return result;
}
