#include "gatewayd/core/rooms.h"

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/core/board.h"
#include "gatewayd/core/delivery.h"
#include "gatewayd/core/grant_list.h"
#include "gatewayd/core/intake.h"
#include "gatewayd/core/nodes.h"
#include "gatewayd/core/parse_pool.h"
#include "gatewayd/core/posting.h"
#include "gatewayd/core/timer.h"
#include "gatewayd/core/watch.h"

struct rooms {
	struct bench *bench;
	struct nodes *nodes;
	struct intake *intake;
	struct parse_pool *pool;
	struct timer *timer;
	struct delivery *delivery;
	struct posting *posting;
	struct watch *watch;
	struct control *control;
	struct board *board;
	struct grant_list grants;
};

/* What is due, and what was parsed. */
static void decide(struct rooms *r)
{
	timer_turn(r->timer, intake_mailboxes(r->intake)); /* which comes once a minute at least */
	watch_turn(r->watch);
	r->bench->room = delivery_room(r->delivery);
	if (parse_pool_turn(r->pool))
		delivery_join(r->delivery);
}

static void post_and_show(struct rooms *r)
{
	posting_turn(r->posting);
	board_turn(r->board);
}

/* Sending neither waits for the turns of other nodes nor makes them wait. */
static void turn_beside_others(struct rooms *r)
{
	delivery_turn(r->delivery);
	decide(r);
	post_and_show(r);
	bench_end_turn(r->bench);
	delivery_turn(r->delivery);
}

/* The order is the way of a mail, so that one turn carries it as far as it goes. */
static void turn(void *ctx)
{
	struct rooms *r = ctx;

	nodes_turn(r->nodes);
	intake_turn(r->intake);
	if (r->bench->holding.has_others) {
		turn_beside_others(r);
		return;
	}
	decide(r);
	delivery_turn(r->delivery);
	parse_pool_settle(r->pool);
	post_and_show(r);
}

/* --- peers --- */

static void came(void *ctx, struct peer *p)
{
	struct rooms *r = ctx;

	if (p->role == ROLE_PARSE)
		parse_pool_peer_new(r->pool, p);
	else if (p->role == ROLE_SENDER)
		delivery_peer_new(r->delivery, p);
	else if (p->role == ROLE_TOKENS)
		grant_list_came(&r->grants, p);
	else if (p->role == ROLE_HOOKS)
		posting_peer_new(r->posting, p);
}

static void gone(void *ctx, struct peer *p)
{
	struct rooms *r = ctx;

	if (p->role == ROLE_PARSE)
		parse_pool_peer_gone(r->pool, p);
	else if (p->role == ROLE_SENDER)
		delivery_peer_gone(r->delivery, p);
	else if (p->role == ROLE_POLLER)
		intake_peer_gone(r->intake, p);
	else if (p->role == ROLE_HOOKS)
		posting_peer_gone(r->posting, p);
	else if (p->role == ROLE_WEB)
		board_peer_gone(r->board, p);
	else if (p->role == ROLE_TOKENS && p == r->grants.tokens)
		grant_list_gone(&r->grants, clock_now(&r->bench->clock));
}

static int on_folder(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_folder folder;

	if (talk_folder_get(in, &r->bench->arena, &folder, e) < 0 ||
	    served_check(&p->served, folder.session.mailbox, e) < 0)
		return -1;
	bench_later(r->bench); /* frees the turn's arena */
	return intake_folder(r->intake, p, &folder, e);
}

static int on_place(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_compared compared;

	if (talk_compared_get(in, &compared, e) < 0 ||
	    served_check(&p->served, compared.session.mailbox, e) < 0)
		return -1;
	return intake_compared(r->intake, p, &compared, e);
}

static int on_mail(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_mail mail;

	if (talk_mail_get(in, &mail, e) < 0)
		return -1;
	if (served_check(&p->served, mail.at.session.mailbox, e) == 0)
		return intake_mail(r->intake, p, &mail, e);
	if (mail.fd >= 0)
		close(mail.fd);
	return -1;
}

static int on_status(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_status status;

	if (talk_status_get(in, &status, e) < 0 || served_check(&p->served, status.mailbox, e) < 0)
		return -1;
	intake_status(r->intake, p, &status);
	return 0;
}

static int on_sent(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_sent sent;

	if (talk_sent_get(in, &sent, e) < 0)
		return -1;
	return delivery_sent(r->delivery, p, &sent, e);
}

static int on_back(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	int64_t row;

	if (talk_back_get(in, &row, e) < 0)
		return -1;
	return delivery_back(r->delivery, p, row, e);
}

static int on_lanes(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct talk_lanes lanes;

	if (talk_lanes_get(in, &lanes, e) < 0)
		return -1;
	delivery_lanes(r->delivery, p, &lanes);
	return 0;
}

static int on_posted(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct hook_posted posted;

	if (hook_posted_get(in, &posted, e) < 0)
		return -1;
	return posting_posted(r->posting, p, &posted, e);
}

static int on_parsed(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct parse_talk_answer answer;

	if (parse_talk_answer_get(in, &answer, e) < 0)
		return -1;
	return parse_pool_answer(r->pool, p, &answer, e);
}

static int on_ask(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct web_ask ask;

	if (web_ask_get(in, &r->bench->arena, &ask, e) < 0)
		return -1;
	return board_ask(r->board, p, &ask, e);
}

static int on_grant(struct rooms *r, struct peer *p, struct wire_in *in, struct err *e)
{
	struct grant_talk_state state;

	(void)p;
	if (grant_talk_state_get(in, &state, e) < 0)
		return -1;
	if (conf_oauth_find(r->bench->conf, arena_cstr(&r->bench->arena, state.name)))
		grant_list_state(&r->grants, &state, clock_now(&r->bench->clock));
	bench_later(r->bench); /* frees the turn's arena */
	return 0;
}

/* Which role may send which stands in messages.h, and the wire has seen to it. */
static int frame(void *ctx, struct peer *p, struct wire_in *in, struct err *e)
{
	static int (*const readers[MESSAGE_COUNT])(struct rooms *, struct peer *, struct wire_in *,
						   struct err *) = {
		[MSG_PLACE] = on_place,	   [MSG_FOLDER] = on_folder,
		[MSG_MAIL] = on_mail,	   [MSG_POLLER_STATUS] = on_status,
		[MSG_SENT] = on_sent,	   [MSG_PARSED] = on_parsed,
		[MSG_ASK] = on_ask,	   [MSG_GRANT] = on_grant,
		[MSG_POSTED] = on_posted,  [MSG_BACK] = on_back,
		[MSG_LANES] = on_lanes,	   [MSG_PARSED_HERE] = on_parsed,
		[MSG_MAIL_HERE] = on_mail,
	};

	if (!readers[in->type])
		return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	return readers[in->type](ctx, p, in, e);
}

/* --- beginning and end --- */

struct rooms *rooms_new(struct bench *b)
{
	struct rooms *r = mem_alloc(sizeof(*r));
	struct bench_rooms calls = {
		.turn = turn, .came = came, .frame = frame, .gone = gone, .ctx = r
	};

	bench_init(b, &calls);
	r->bench = b;
	r->delivery = delivery_new(b);
	r->posting = posting_new(b);
	r->timer = timer_new(b, r->delivery);
	r->pool = parse_pool_new(b, r->timer);
	r->intake = intake_new(b, r->pool);
	r->nodes = nodes_new(b, r->intake, r->pool, r->timer);
	r->watch = watch_new(b, r->intake, &r->grants, r->delivery);
	r->control = control_new(b, r->intake, r->pool, r->timer, &r->grants);
	r->board = board_new(b, r->intake, r->timer, &r->grants);
	bench_later(b);
	return r;
}

void rooms_free(struct rooms **r)
{
	struct rooms *it = *r;

	if (!it)
		return;
	control_free(&it->control);
	bench_release(it->bench); /* the peers, while their rooms are there */
	board_free(&it->board);
	watch_free(&it->watch);
	nodes_free(&it->nodes);
	intake_free(&it->intake);
	parse_pool_free(&it->pool);
	timer_free(&it->timer);
	delivery_free(&it->delivery);
	posting_free(&it->posting);
	grant_list_release(&it->grants);
	mem_free(r);
}

int rooms_join(struct rooms *r, struct err *e)
{
	return nodes_join(r->nodes, e);
}

void rooms_leave(struct rooms *r)
{
	nodes_leave(r->nodes);
}

struct control *rooms_control(struct rooms *r)
{
	return r->control;
}

void rooms_reload(struct rooms *r, struct conf *conf)
{
	conf_free(&r->bench->conf);
	r->bench->conf = conf;
	bench_reloaded(r->bench);
	timer_reloaded(r->timer);
}

void rooms_ended(struct rooms *r, const struct parent_talk_ended *ended)
{
	watch_ended(r->watch, ended);
	if (ended->role == ROLE_PARSE)
		parse_pool_ended(r->pool, ended);
	else if (ended->role == ROLE_CORE)
		parse_pool_careful(r->pool, ended);
}

bool rooms_sending(const struct rooms *r)
{
	return delivery_busy(r->delivery);
}
