/* A message of each type: how it is put, and how the role that gets it reads it. */
#ifndef TESTS_UNIT_WIRE_SAMPLES_H
#define TESTS_UNIT_WIRE_SAMPLES_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/wire/control_talk.h"
#include "gatewayd/wire/parent_talk.h"
#include "gatewayd/wire/parse_talk.h"
#include "gatewayd/wire/setup.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"
#include "gatewayd/wire/setup_web.h"
#include "gatewayd/wire/talk.h"
#include "gatewayd/wire/web_talk.h"
#include "tests/unit/wire_samples_grant.h"
#include "tests/unit/wire_samples_hook.h"

#define SAMPLE_CONF "tests/scenarios/conf/base.conf"

static struct arena sample_arena; /* of what a get reads */
static struct conf *sample_conf;

static int sample_memfd(const char *text)
{
	struct err e;
	int fd;

	assert_int_equal(memfd_of(span_of(text), &fd, &e), 0);
	return fd;
}

/* The put of a message with one descriptor, which stays the caller's. */
static int sample_close(int fd, int result)
{
	close(fd);
	return result;
}

static int put_peer(struct wire *w, struct err *e)
{
	struct parent_talk_peer p = { ROLE_POLLER, 7, 4711, sample_memfd(""),
				      SPAN("imap.test:993") };

	return sample_close(p.fd, parent_talk_peer_put(w, &p, e));
}

static int get_peer(struct wire_in *in, struct err *e)
{
	struct parent_talk_peer p;

	if (parent_talk_peer_get(in, &p, e) < 0)
		return -1;
	close(p.fd);
	return 0;
}

static int put_core_setup(struct wire *w, struct err *e)
{
	struct setup_keys keys;
	int r;

	if (setup_keys_open(sample_conf, &keys, e) < 0)
		return -1;
	r = setup_core_put(w, sample_conf, &keys, e);
	setup_keys_release(&keys);
	return r;
}

static int get_core_setup(struct wire_in *in, struct err *e)
{
	struct token_keys keys = { 0 };
	struct conf *conf = NULL;
	int result = setup_core_get(in, SAMPLE_CONF, &keys, &conf, e);

	conf_free(&conf);
	token_keys_wipe(&keys);
	return result;
}

static int put_ready(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_READY, e);
}

static int put_ping(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_PING, e);
}

static int put_pong(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_PONG, e);
}

static int put_poller_ping(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_POLLER_PING, e);
}

static int put_poller_pong(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_POLLER_PONG, e);
}

static int put_sender_ping(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_SENDER_PING, e);
}

static int put_sender_pong(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_SENDER_PONG, e);
}

static int put_reload(struct wire *w, struct err *e)
{
	return setup_reload_put(w, sample_conf, e);
}

static int get_reload(struct wire_in *in, struct err *e)
{
	struct conf *conf = NULL;
	int result = setup_reload_get(in, SAMPLE_CONF, &conf, e);

	conf_free(&conf);
	return result;
}

static int put_reloaded(struct wire *w, struct err *e)
{
	struct parent_talk_reloaded r = { false, SPAN("a calendar is missing") };

	return parent_talk_reloaded_put(w, &r, e);
}

static int get_reloaded(struct wire_in *in, struct err *e)
{
	struct parent_talk_reloaded r;

	return parent_talk_reloaded_get(in, &r, e);
}

static int put_replace(struct wire *w, struct err *e)
{
	struct parent_talk_replace r = { ROLE_PARSE, 1, 4711 };

	return parent_talk_replace_put(w, &r, e);
}

static int get_replace(struct wire_in *in, struct err *e)
{
	struct parent_talk_replace r;

	return parent_talk_replace_get(in, &r, e);
}

static int put_ended(struct wire *w, struct err *e)
{
	struct parent_talk_ended d = {
		.role = ROLE_PARSE, .pid = 4711, .signal = 9, .cpu_ms = 5, .ago_s = 6
	};

	return parent_talk_ended_put(w, &d, e);
}

static int get_ended(struct wire_in *in, struct err *e)
{
	struct parent_talk_ended d;

	return parent_talk_ended_get(in, &d, e);
}

static int put_poller_setup(struct wire *w, struct err *e)
{
	return setup_poller_put(w, sample_conf, 0, 0, e);
}

static int get_poller_setup(struct wire_in *in, struct err *e)
{
	struct setup_poller s;
	int result = setup_poller_get(in, &sample_arena, &s, e);

	if (result == 0)
		close(s.note);
	arena_reset(&sample_arena);
	return result;
}

static const struct talk_session sample_session = { { "support", 7 }, 9, 2, TALK_PROCESSED };

static int put_folder(struct wire *w, struct err *e)
{
	struct talk_listed mails[] = { { 3, 1000, 5, SPAN("") },
				       { 70000, INSTANT_NONE, 0, SPAN("Message-ID: <x@y>") },
				       { 4, 1000, 6, SPAN("") } };
	struct talk_folder f = { sample_session, true, false, mails, 3 };

	return talk_folder_put(w, &f, e);
}

static int get_folder(struct wire_in *in, struct err *e)
{
	struct talk_folder f;
	int result = talk_folder_get(in, &sample_arena, &f, e);

	arena_reset(&sample_arena);
	return result;
}

static int put_place(struct wire *w, struct err *e)
{
	struct talk_compared c = { sample_session, true, true, 70000 };

	return talk_compared_put(w, &c, e);
}

static int get_place(struct wire_in *in, struct err *e)
{
	struct talk_compared c;

	return talk_compared_get(in, &c, e);
}

static int put_place_from(struct wire *w, struct err *e)
{
	struct talk_compare c = { sample_session, 12, true, 0xfeed1234, true };

	return talk_compare_put(w, &c, e);
}

static int get_place_from(struct wire_in *in, struct err *e)
{
	struct talk_compare c;

	return talk_compare_get(in, &c, e);
}

static int put_want(struct wire *w, struct err *e)
{
	uint32_t uids[] = { 3, 4 };
	uint8_t wants[] = { TALK_FETCH, TALK_MOVE };
	struct talk_wants t = { sample_session, uids, wants, 2 };

	return talk_wants_put(w, &t, e);
}

static int get_want(struct wire_in *in, struct err *e)
{
	struct talk_wants t;
	int result = talk_wants_get(in, &sample_arena, &t, e);

	arena_reset(&sample_arena);
	return result;
}

static int put_mail(struct wire *w, struct err *e)
{
	struct talk_mail m = {
		{ sample_session, 3 }, 1000, 5, 5, sample_memfd("Hello"), SPAN_NONE
	};

	return sample_close(m.fd, talk_mail_put(w, &m, e));
}

static int put_mail_here(struct wire *w, struct err *e)
{
	struct talk_mail m = { { sample_session, 3 }, 1000, 5, 5, -1, SPAN("Hello") };

	return talk_mail_put(w, &m, e);
}

static int get_mail(struct wire_in *in, struct err *e)
{
	struct talk_mail m;

	if (talk_mail_get(in, &m, e) < 0)
		return -1;
	if (m.fd >= 0)
		close(m.fd);
	return 0;
}

static int put_kept(struct wire *w, struct err *e)
{
	struct talk_kept k = { { sample_session, 3 }, TALK_MOVE_ASIDE };

	return talk_kept_put(w, &k, e);
}

static int get_kept(struct wire_in *in, struct err *e)
{
	struct talk_kept k;

	return talk_kept_get(in, &k, e);
}

static int put_poller_status(struct wire *w, struct err *e)
{
	struct talk_status s = { SPAN("support"), true, SPAN("idle"), 1, SPAN("UID 3: no body") };

	return talk_status_put(w, &s, e);
}

static int get_poller_status(struct wire_in *in, struct err *e)
{
	struct talk_status s;

	return talk_status_get(in, &s, e);
}

static int put_sender_setup(struct wire *w, struct err *e)
{
	int fd = sample_memfd("taken");

	return sample_close(fd, setup_sender_put(w, sample_conf, 0, fd, e));
}

static int get_sender_setup(struct wire_in *in, struct err *e)
{
	struct setup_sender s;
	int result = setup_sender_get(in, &sample_arena, &s, e);

	arena_reset(&sample_arena);
	return result == 0 ? sample_close(s.taken, 0) : result;
}

static int put_send(struct wire *w, struct err *e)
{
	struct talk_send s = { 12,
			       7,
			       4711,
			       SPAN("gw@support.test"),
			       SPAN("ann@customer.test"),
			       SPAN("customer.test"),
			       sample_memfd("Subject: x\r\n\r\n"),
			       SPAN_NONE,
			       0,
			       0 };

	return sample_close(s.fd, talk_send_put(w, &s, e));
}

static int put_send_here(struct wire *w, struct err *e)
{
	struct talk_send s = { 12,
			       7,
			       4711,
			       SPAN("gw@support.test"),
			       SPAN("ann@customer.test"),
			       SPAN("customer.test"),
			       -1,
			       SPAN("Subject: x\r\n\r\n"),
			       0,
			       0 };

	return talk_send_put(w, &s, e);
}

static int put_send_there(struct wire *w, struct err *e)
{
	struct talk_send s = { .row = 12,
			       .sender = SPAN("gw@support.test"),
			       .recipient = SPAN("ann@customer.test"),
			       .domain = SPAN("customer.test"),
			       .fd = -1,
			       .slot = 3,
			       .size = 14 };

	return talk_send_put(w, &s, e);
}

static int put_send_area(struct wire *w, struct err *e)
{
	struct area area;
	int fd, result;

	if (area_make(&area, &fd, e) < 0)
		return -1;
	result = sample_close(fd, talk_send_area_put(w, fd, e));
	area_release(&area);
	return result;
}

static int get_send_area(struct wire_in *in, struct err *e)
{
	struct area area = { 0 };
	int result = talk_send_area_get(in, &area, e);

	area_release(&area);
	return result;
}

static int get_send(struct wire_in *in, struct err *e)
{
	struct talk_send s;

	if (talk_send_get(in, &s, e) < 0)
		return -1;
	if (s.fd >= 0)
		close(s.fd);
	return 0;
}

static int put_sent(struct wire *w, struct err *e)
{
	struct talk_sent s = { 12, TALK_RETRY, 451, SPAN("4.3.0 later"), true, 3, 4 };

	return talk_sent_put(w, &s, e);
}

static int get_sent(struct wire_in *in, struct err *e)
{
	struct talk_sent s;

	return talk_sent_get(in, &s, e);
}

static int put_written(struct wire *w, struct err *e)
{
	return talk_written_put(w, 12, e);
}

static int get_written(struct wire_in *in, struct err *e)
{
	int64_t row;

	return talk_written_get(in, &row, e);
}

static int put_back(struct wire *w, struct err *e)
{
	return talk_back_put(w, 12, e);
}

static int get_back(struct wire_in *in, struct err *e)
{
	int64_t row;

	return talk_back_get(in, &row, e);
}

static int put_lanes(struct wire *w, struct err *e)
{
	struct talk_lanes l = { 5, 16, 12, 8, { { SPAN("slow.test"), 5000, 1 } }, 1 };

	return talk_lanes_put(w, &l, e);
}

static int get_lanes(struct wire_in *in, struct err *e)
{
	struct talk_lanes l;

	return talk_lanes_get(in, &l, e);
}

static int put_parse_setup(struct wire *w, struct err *e)
{
	return parse_talk_setup_put(w, &sample_conf->limits, e);
}

static int get_parse_setup(struct wire_in *in, struct err *e)
{
	struct parse_talk_setup s;

	return parse_talk_setup_get(in, &s, e);
}

static int put_parse(struct wire *w, struct err *e)
{
	struct parse_talk_order o = { 4, 5, sample_memfd("Hello"), sample_memfd(""), SPAN_NONE };
	int result = parse_talk_order_put(w, &o, e);

	close(o.raw_fd);
	return sample_close(o.out_fd, result);
}

static int get_parse(struct wire_in *in, struct err *e)
{
	struct parse_talk_order o;

	if (parse_talk_order_get(in, &o, e) < 0)
		return -1;
	parse_talk_order_close(&o);
	return 0;
}

static int put_parse_here(struct wire *w, struct err *e)
{
	struct parse_talk_order o = { 4, 5, -1, -1, SPAN("Hello") };

	return parse_talk_order_put(w, &o, e);
}

static int put_parse_there(struct wire *w, struct err *e)
{
	struct parse_talk_order o = { 4, 5, sample_memfd("Hello"), -1, SPAN_NONE };

	return sample_close(o.raw_fd, parse_talk_order_put(w, &o, e));
}

static int put_parsed(struct wire *w, struct err *e)
{
	struct parse_talk_answer a = { .mail = 4, .body = 100, .facts = 200 };

	return parse_talk_answer_put(w, &a, e);
}

static int put_parsed_here(struct wire *w, struct err *e)
{
	struct parse_talk_answer a = { 4, 2, 3, .is_here = true, .here = SPAN("Hello") };

	return parse_talk_answer_put(w, &a, e);
}

static int get_parsed(struct wire_in *in, struct err *e)
{
	struct parse_talk_answer a;

	return parse_talk_answer_get(in, &a, e);
}

static int put_web_ping(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_WEB_PING, e);
}

static int put_web_pong(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_WEB_PONG, e);
}

static int put_web_setup(struct wire *w, struct err *e)
{
	return setup_web_put(w, sample_conf, e);
}

static int get_web_setup(struct wire_in *in, struct err *e)
{
	struct setup_web s;
	int result = setup_web_get(in, &sample_arena, &s, e);

	arena_reset(&sample_arena);
	return result;
}

static int put_ask(struct wire *w, struct err *e)
{
	struct web_ask ask = { .id = 7,
			       .page = WEB_CASES,
			       .session = SPAN("a session"),
			       .browser = SPAN("a browser"),
			       .word = SPAN("printer"),
			       .queue = SPAN("technical"),
			       .owner = SPAN("sam"),
			       .state = SPAN("open"),
			       .number = 12,
			       .before = 34 };

	return web_ask_put(w, &ask, e);
}

static int get_ask(struct wire_in *in, struct err *e)
{
	struct web_ask ask;
	int result = web_ask_get(in, &sample_arena, &ask, e);

	arena_reset(&sample_arena);
	return result;
}

static int put_told(struct wire *w, struct err *e)
{
	struct web_told told = { .id = 7,
				 .outcome = WEB_DONE,
				 .session = SPAN("a session"),
				 .name = SPAN("log.txt"),
				 .body = SPAN("{}") };

	return web_told_put(w, &told, e);
}

static int get_told(struct wire_in *in, struct err *e)
{
	struct web_told told;
	int result = web_told_get(in, &sample_arena, &told, e);

	if (result == 0)
		web_told_release(&told);
	arena_reset(&sample_arena);
	return result;
}

static int put_request(struct wire *w, struct err *e)
{
	struct control_request r = {
		.columns = 80, .words = { "case", "list" }, .n = 2, .input = SPAN("input")
	};

	return control_request_put(w, &r, e);
}

static int get_request(struct wire_in *in, struct err *e)
{
	struct control_request r;
	int result = control_request_get(in, &sample_arena, &r, e);

	if (result == 0)
		control_request_release(&r);
	arena_reset(&sample_arena);
	return result;
}

static int put_answer(struct wire *w, struct err *e)
{
	return control_answer_put(w, 64, SPAN("out"), SPAN("err"), -1, e);
}

static int get_answer(struct wire_in *in, struct err *e)
{
	struct buf out BUF_AUTO, err BUF_AUTO;
	int status;

	buf_init(&out, 100);
	buf_init(&err, 100);
	return control_answer_get(in, &status, &out, &err, NULL, e);
}

static const struct {
	int (*put)(struct wire *w, struct err *e);
	int (*get)(struct wire_in *in, struct err *e);
} wire_samples[MESSAGE_COUNT] = {
	[MSG_PEER] = { put_peer, get_peer },
	[MSG_CORE_SETUP] = { put_core_setup, get_core_setup },
	[MSG_READY] = { put_ready, wire_done },
	[MSG_PING] = { put_ping, wire_done },
	[MSG_PONG] = { put_pong, wire_done },
	[MSG_POLLER_PING] = { put_poller_ping, wire_done },
	[MSG_POLLER_PONG] = { put_poller_pong, wire_done },
	[MSG_SENDER_PING] = { put_sender_ping, wire_done },
	[MSG_SENDER_PONG] = { put_sender_pong, wire_done },
	[MSG_RELOAD] = { put_reload, get_reload },
	[MSG_RELOADED] = { put_reloaded, get_reloaded },
	[MSG_ENDED] = { put_ended, get_ended },
	[MSG_REPLACE] = { put_replace, get_replace },
	[MSG_POLLER_SETUP] = { put_poller_setup, get_poller_setup },
	[MSG_FOLDER] = { put_folder, get_folder },
	[MSG_PLACE] = { put_place, get_place },
	[MSG_PLACE_FROM] = { put_place_from, get_place_from },
	[MSG_WANT] = { put_want, get_want },
	[MSG_MAIL] = { put_mail, get_mail },
	[MSG_KEPT] = { put_kept, get_kept },
	[MSG_POLLER_STATUS] = { put_poller_status, get_poller_status },
	[MSG_SENDER_SETUP] = { put_sender_setup, get_sender_setup },
	[MSG_SEND] = { put_send, get_send },
	[MSG_SENT] = { put_sent, get_sent },
	[MSG_WRITTEN] = { put_written, get_written },
	[MSG_BACK] = { put_back, get_back },
	[MSG_LANES] = { put_lanes, get_lanes },
	[MSG_TOKENS_SETUP] = { put_tokens_setup, get_tokens_setup },
	[MSG_TOKENS_PING] = { put_tokens_ping, wire_done },
	[MSG_TOKENS_PONG] = { put_tokens_pong, wire_done },
	[MSG_TOKENS_ACCESS] = { put_tokens_access, get_access },
	[MSG_POLLER_ACCESS] = { put_poller_access, get_access },
	[MSG_SENDER_ACCESS] = { put_sender_access, get_access },
	[MSG_POLLER_REFUSED] = { put_poller_refused, get_refused },
	[MSG_SENDER_REFUSED] = { put_sender_refused, get_refused },
	[MSG_TOKENS_RENEW] = { put_tokens_renew, get_refused },
	[MSG_GRANT] = { put_grant, get_grant },
	[MSG_LOGIN] = { put_login, get_login },
	[MSG_HOOKS_SETUP] = { put_hooks_setup, get_hooks_setup },
	[MSG_HOOKS_PING] = { put_hooks_ping, wire_done },
	[MSG_HOOKS_PONG] = { put_hooks_pong, wire_done },
	[MSG_POST] = { put_post, get_post },
	[MSG_POSTED] = { put_posted, get_posted },
	[MSG_PARSE_SETUP] = { put_parse_setup, get_parse_setup },
	[MSG_PARSE] = { put_parse, get_parse },
	[MSG_PARSED] = { put_parsed, get_parsed },
	[MSG_MAIL_HERE] = { put_mail_here, get_mail },
	[MSG_SEND_HERE] = { put_send_here, get_send },
	[MSG_SEND_AREA] = { put_send_area, get_send_area },
	[MSG_SEND_THERE] = { put_send_there, get_send },
	[MSG_PARSE_HERE] = { put_parse_here, get_parse },
	[MSG_PARSED_HERE] = { put_parsed_here, get_parsed },
	[MSG_PARSE_THERE] = { put_parse_there, get_parse },
	[MSG_WEB_PING] = { put_web_ping, wire_done },
	[MSG_WEB_PONG] = { put_web_pong, wire_done },
	[MSG_WEB_SETUP] = { put_web_setup, get_web_setup },
	[MSG_ASK] = { put_ask, get_ask },
	[MSG_TOLD] = { put_told, get_told },
	[MSG_REQUEST] = { put_request, get_request },
	[MSG_ANSWER] = { put_answer, get_answer },
};

/* The scenarios' configuration, with secrets of its own in a file. */
static void wire_samples_open(void)
{
	static char path[] = "/tmp/wire-samples-XXXXXX";
	static const char secret[] = "a secret of forty characters, so to say\n";
	struct conf_problems problems;
	int fd = mkstemp(path);

	crypto_init();
	arena_init(&sample_arena);
	conf_problems_init(&problems);
	sample_conf = conf_load(SAMPLE_CONF, CONF_POLICY_ONLY, &problems);
	if (!sample_conf || write(fd, secret, sizeof(secret) - 1) < 0)
		abort();
	conf_problems_release(&problems);
	close(fd);
	sample_conf->token_key_file = path;
	sample_conf->web = (struct conf_web){ .listen = "127.0.0.1:8025", .session_s = 60 };
	for (size_t i = 0; i < sample_conf->mailbox_count; i++)
		sample_conf->mailboxes[i].server.secret_file = path;
	sample_conf->smtp.server.secret_file = path;
}

#endif
