/*
 * A token endpoint asked once by hand, for tests against servers that lie: token_probe URL
 * The environment: CA, TIMEOUT.  Prints a line; exit status 1 when there is no token.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/grant/answer.h"

struct probe {
	struct loop *loop;
	int status;
};

static void on_answer(void *ctx, const struct https_answer *a)
{
	struct probe *p = ctx;
	struct answer_tokens t;
	char code[ANSWER_CODE_MAX];
	struct err e = { 0 };

	p->status = answer_tokens(a, &t, code, &e) < 0;
	if (p->status) {
		printf("%s %s\n", err_class_name(e.class), e.text);
	} else {
		printf("good for %" PRIi64 " s\n", t.access_life_s);
		answer_wipe(&t);
	}
	loop_stop(p->loop);
}

int main(int argc, char **argv)
{
	const char *timeout = getenv("TIMEOUT");
	struct probe p = { .loop = loop_new(clock_real()), .status = 1 };
	struct https_request r = { .body =
				       SPAN("grant_type=client_credentials&client_id=gatewayd-app"),
				   .ca_file = getenv("CA"),
				   .timeout_s = timeout ? atoi(timeout) : 5,
				   .fn = on_answer,
				   .ctx = &p };
	struct https *https;
	struct err e = { 0 };

	crypto_init();
	if (argc != 2 || connect_global_init(&e) < 0)
		return 2;
	r.url = argv[1];
	https = https_new(p.loop);
	if (https_post(https, &r, &e) < 0 || loop_run(p.loop, &e) < 0)
		printf("%s\n", e.text);
	https_free(&https);
	loop_free(&p.loop);
	connect_global_cleanup();
	return p.status;
}
