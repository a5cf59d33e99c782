/* Samples of the messages about webhooks, for wire_samples.h. */
#ifndef TESTS_UNIT_WIRE_SAMPLES_HOOK_H
#define TESTS_UNIT_WIRE_SAMPLES_HOOK_H

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/wire/hook_talk.h"
#include "gatewayd/wire/setup_hooks.h"

static struct conf *sample_conf;
static struct arena sample_arena;
static int sample_memfd(const char *text);
static int sample_close(int fd, int result);

static int put_hooks_setup(struct wire *w, struct err *e)
{
	static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
	static const char *nets[] = { "10.0.0.0/8", "::1" };
	char path[] = "/tmp/wire-samples-XXXXXX";
	int fd = mkstemp(path), r;
	struct conf_hook hook = { .name = "chat",
				  .url = "https://hooks.test/x",
				  .secret_file = path,
				  .secret_file_old = path,
				  .private_nets = { nets, 2 },
				  .timeout_s = 10 };
	struct conf conf = *sample_conf;

	if (write(fd, secret, sizeof(secret) - 1) < 0)
		abort();
	close(fd);
	conf.hooks = &hook;
	conf.hook_count = 1;
	r = setup_hooks_put(w, &conf, e);
	unlink(path);
	return r;
}

static int get_hooks_setup(struct wire_in *in, struct err *e)
{
	struct setup_hooks s;
	int r = setup_hooks_get(in, &sample_arena, &s, e);

	arena_reset(&sample_arena);
	return r;
}

static int put_hooks_ping(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_HOOKS_PING, e);
}

static int put_hooks_pong(struct wire *w, struct err *e)
{
	return parent_talk_word_put(w, MSG_HOOKS_PONG, e);
}

static int put_post(struct wire *w, struct err *e)
{
	struct hook_post p = { 7, SPAN("chat"), SPAN("msg_abc"), sample_memfd("{}") };

	return sample_close(p.fd, hook_post_put(w, &p, e));
}

static int get_post(struct wire_in *in, struct err *e)
{
	struct hook_post p;

	if (hook_post_get(in, &p, e) < 0)
		return -1;
	close(p.fd);
	return 0;
}

static int put_posted(struct wire *w, struct err *e)
{
	struct hook_posted p = { { 7, TALK_RETRY, 503, SPAN("status 503"), true, 0, 0 }, 60 };

	return hook_posted_put(w, &p, e);
}

static int get_posted(struct wire_in *in, struct err *e)
{
	struct hook_posted p;

	return hook_posted_get(in, &p, e);
}

#endif
