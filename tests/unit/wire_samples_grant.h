/* Samples of the messages about access tokens, for wire_samples.h. */
#ifndef TESTS_UNIT_WIRE_SAMPLES_GRANT_H
#define TESTS_UNIT_WIRE_SAMPLES_GRANT_H

#include <fcntl.h>
#include <unistd.h>

#include "gatewayd/wire/grant_talk.h"
#include "gatewayd/wire/parent_talk.h"
#include "gatewayd/wire/setup_tokens.h"

static struct conf *sample_conf;
static struct arena sample_arena;

static int put_tokens_setup(struct wire *w, struct err *e)
{
	struct conf_oauth office = { .name = "office",
				     .client_id = "app",
				     .client_secret_file = sample_conf->token_key_file,
				     .key_file = sample_conf->token_key_file,
				     .token_endpoint = "https://login.test/token",
				     .timeout_s = 30 };
	struct conf conf = *sample_conf;
	int folder = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;
	struct setup_keys keys;

	conf.oauth = &office;
	conf.oauth_count = 1;
	r = setup_keys_open(&conf, &keys, e);
	if (r == 0) {
		r = setup_tokens_put(w, &conf, &keys, folder, e);
		setup_keys_release(&keys);
	}
	close(folder);
	return r;
}

static int get_tokens_setup(struct wire_in *in, struct err *e)
{
	struct setup_tokens s;
	int r = setup_tokens_get(in, &sample_arena, &s, e);

	if (r == 0)
		close(s.folder);
	arena_reset(&sample_arena);
	return r;
}

static int put_access(struct wire *w, enum message type, struct err *e)
{
	struct grant_talk_access a = { SPAN("office"), 7, SPAN("an.access.token") };

	return grant_talk_access_put(w, type, &a, e);
}

static int put_tokens_access(struct wire *w, struct err *e)
{
	return put_access(w, MSG_TOKENS_ACCESS, e);
}

static int put_poller_access(struct wire *w, struct err *e)
{
	return put_access(w, MSG_POLLER_ACCESS, e);
}

static int put_sender_access(struct wire *w, struct err *e)
{
	return put_access(w, MSG_SENDER_ACCESS, e);
}

static int get_access(struct wire_in *in, struct err *e)
{
	struct grant_talk_access a;
	struct buf token BUF_AUTO;

	buf_init(&token, GRANT_ACCESS_MAX);
	return grant_talk_access_get(in, &a, &token, e);
}

static int put_refused(struct wire *w, enum message type, struct err *e)
{
	struct grant_talk_refused r = { SPAN("office"), 7 };

	return grant_talk_refused_put(w, type, &r, e);
}

static int put_poller_refused(struct wire *w, struct err *e)
{
	return put_refused(w, MSG_POLLER_REFUSED, e);
}

static int put_sender_refused(struct wire *w, struct err *e)
{
	return put_refused(w, MSG_SENDER_REFUSED, e);
}

static int put_tokens_renew(struct wire *w, struct err *e)
{
	return put_refused(w, MSG_TOKENS_RENEW, e);
}

static int get_refused(struct wire_in *in, struct err *e)
{
	struct grant_talk_refused r;

	return grant_talk_refused_get(in, &r, e);
}

static int put_login(struct wire *w, struct err *e)
{
	struct grant_talk_login l = { SPAN("office"), 7 };

	return grant_talk_login_put(w, &l, e);
}

static int get_login(struct wire_in *in, struct err *e)
{
	struct grant_talk_login l;

	return grant_talk_login_get(in, &l, e);
}

static int put_grant(struct wire *w, struct err *e)
{
	struct grant_talk_state s = { .name = SPAN("office"),
				      .good = true,
				      .text = SPAN("good"),
				      .access_until = 7,
				      .refresh_until = INSTANT_NONE,
				      .claims = SPAN("{}"),
				      .login = GRANT_LOGIN_WAITING,
				      .number = 1,
				      .login_at = SPAN("https://login.test"),
				      .code = SPAN("AB-CD"),
				      .login_text = SPAN("") };

	return grant_talk_state_put(w, &s, e);
}

static int get_grant(struct wire_in *in, struct err *e)
{
	struct grant_talk_state s;

	return grant_talk_state_get(in, &s, e);
}

static int put_tokens_ping(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_TOKENS_PING, e);
}

static int put_tokens_pong(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_TOKENS_PONG, e);
}

#endif
