#include "tests/scenario/peers.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "tests/scenario/peers_inside.h"

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
	free((*p)->poller.mails);
	free((*p)->sender.late);
	free((*p)->sender.taken);
	free((*p)->hook.posts);
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
	p->sender.late_count = 0;
	p->bench = NULL;
}

void peers_on_work(struct peers *p, bool (*works)(bool))
{
	p->working = works;
}

bool peers_working(struct peers *p, bool on)
{
	return p->working && p->working(on);
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

int peers_on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	static int (*const readers[MESSAGE_COUNT])(struct end *, struct wire_in *, struct err *) = {
		[MSG_WANT] = poller_on_want,	    [MSG_KEPT] = poller_on_kept,
		[MSG_PARSE] = child_on_parse,	    [MSG_PARSE_HERE] = child_on_parse,
		[MSG_PARSE_THERE] = child_on_parse, [MSG_SEND] = sender_on_send,
		[MSG_SEND_HERE] = sender_on_send,   [MSG_ANSWER] = on_answer,
		[MSG_WRITTEN] = sender_on_written,  [MSG_POST] = sender_on_post,
		[MSG_SEND_AREA] = sender_on_area,   [MSG_SEND_THERE] = sender_on_send,
	};

	return readers[in->type](ctx, in, e);
}

/* The second sender is there only where a script wants it. */
static bool is_missing(const struct peers *p, const struct end *end)
{
	if (end->wire.fd >= 0 || end->role == ROLE_CONTROL)
		return false;
	if (end->role == ROLE_PARSE && p->child.how == CHILD_GONE)
		return false;
	if (end->role == ROLE_HOOKS)
		return p->bench->conf->hook_count > 0 && p->hook.script.how != SENDER_HOLD;
	if (end->role == ROLE_TOKENS)
		return p->bench->conf->oauth_count > 0;
	if (end->role == ROLE_SENDER && end->instance == SPARE)
		return p->bench->conf->operators_smtp.server.host != NULL;
	return end->role != ROLE_SENDER ||
	       ((end->instance == 0 || end->second) && p->sender.script.how != SENDER_HOLD);
}

static int step(struct peers *p, bool *ret_any, struct err *e)
{
	*ret_any = false;
	end_kill_leaving(p, ret_any);
	end_wake_late(p, ret_any);
	for (size_t i = 0; i < ENDS; i++) {
		if (!is_missing(p, &p->ends[i]))
			continue;
		*ret_any = true;
		if (p->ends[i].role == ROLE_POLLER)
			poller_begin_again(p);
		if (end_connect(&p->ends[i], e) < 0)
			return -1;
	}
	return poller_step(p, ret_any, e);
}

int peers_step(struct peers *p, bool *ret_any, struct err *e)
{
	bool was = peers_working(p, false);
	int result = step(p, ret_any, e);

	peers_working(p, was);
	return result;
}
