/* A server that begins to negotiate TLS 1.2 anew (RFC 5246 section 7.4.1.1), and says no more. */
#include "tests/unit/net_unit.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gatewayd/base/loop.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/https.h"
#include "gatewayd/net/smtp_talk.h"

enum { TOO_LONG_S = 60 };

struct server {
	gnutls_certificate_credentials_t pair;
	const char *const
	    *answers; /* to the beginning and each command after it, then it begins anew */
	char ca[32];
	int listens, fd;
	gnutls_session_t tls;
	pthread_t thread;
};

static void *serve(void *ctx)
{
	struct server *s = ctx;
	char line[256];

	s->fd = accept(s->listens, NULL, NULL);
	gnutls_init(&s->tls, GNUTLS_SERVER);
	gnutls_priority_set_direct(s->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL);
	gnutls_credentials_set(s->tls, GNUTLS_CRD_CERTIFICATE, s->pair);
	gnutls_transport_set_int(s->tls, s->fd);
	assert_int_equal(gnutls_handshake(s->tls), 0);
	for (const char *const *a = s->answers; *a; a++) {
		assert_true(gnutls_record_send(s->tls, *a, strlen(*a)) > 0);
		assert_true(!a[1] || gnutls_record_recv(s->tls, line, sizeof(line)) > 0);
	}
	gnutls_rehandshake(s->tls);
	return NULL;
}

static void sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
	static const unsigned char address[] = { 127, 0, 0, 1 };

	assert_int_equal(gnutls_x509_crt_set_version(crt, 3), 0);
	gnutls_x509_crt_set_key(crt, key);
	gnutls_x509_crt_set_serial(crt, "\1", 1);
	gnutls_x509_crt_set_activation_time(crt, time(NULL) - DAY_S);
	gnutls_x509_crt_set_expiration_time(crt, time(NULL) + DAY_S);
	gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, sizeof(address),
					     GNUTLS_FSAN_SET);
	gnutls_x509_crt_set_basic_constraints(crt, 1, -1);
	assert_int_equal(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), 0);
}

/* A certificate of its own, which is also written where a client finds it. */
static void make_pair(struct server *s)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	gnutls_datum_t pem;
	int fd = mkstemp(strcpy(s->ca, "/tmp/test_tls_again.XXXXXX"));

	gnutls_x509_privkey_init(&key);
	gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
				     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	gnutls_x509_crt_init(&crt);
	sign(crt, key);
	gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
	assert_int_equal(write(fd, pem.data, pem.size), pem.size);
	close(fd);
	gnutls_free(pem.data);
	gnutls_certificate_allocate_credentials(&s->pair);
	gnutls_certificate_set_x509_key(s->pair, &crt, 1, key);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
}

static void start(struct server *s, struct conf_server *ret_at)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	make_pair(s);
	s->listens = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listens, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(s->listens, 1), 0);
	assert_int_equal(getsockname(s->listens, (struct sockaddr *)&a, &n), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	*ret_at = (struct conf_server){ .host = "127.0.0.1",
					.port = ntohs(a.sin_port),
					.tls = CONF_TLS_IMPLICIT,
					.auth = CONF_AUTH_NONE,
					.ca_file = s->ca,
					.connect_timeout_s = 1,
					.command_timeout_s = 1 };
	alarm(TOO_LONG_S);
}

static void stop(struct server *s)
{
	alarm(0);
	pthread_join(s->thread, NULL);
	gnutls_deinit(s->tls);
	close(s->fd);
	close(s->listens);
	gnutls_certificate_free_credentials(s->pair);
	unlink(s->ca);
}

/* Each byte that comes is asked for in a loop that leads other conversations, too. */
static void on_a_stream_nothing_waits_for_it(void **state)
{
	static const char *const answers[] = { "220 here\r\n", "250 here\r\n", NULL };
	struct server s = { .answers = answers };
	struct connect *c = NULL;
	struct conf_server at;
	struct pollfd p;
	char byte;
	struct err e;

	(void)state;
	start(&s, &at);
	at.connect_timeout_s = at.command_timeout_s = TOO_LONG_S;
	if (connect_open(CONNECT_SMTP, &(struct connect_options){ .server = &at }, &c, &e) < 0)
		fail_msg("%s", e.text);
	p = (struct pollfd){ .fd = connect_fd(c), .events = POLLIN };
	assert_int_equal(poll(&p, 1, -1), 1);
	assert_int_equal(connect_recv(c, &byte, 1), -1);
	connect_close(&c);
	stop(&s);
}

/* There libcurl waits; who opens for a mail has asked it to keep to what all its steps may take. */
static void in_a_log_in_it_ends(void **state)
{
	static const char *const none[] = { NULL };
	struct server s = { .answers = none };
	struct conf_server at;
	struct smtp_talk t;
	struct err e;

	(void)state;
	start(&s, &at);
	smtp_talk_init(&t, &(struct connect_options){ .server = &at }, 1, 256);
	assert_int_equal(smtp_talk_open(&t, &(struct connect_options){ .server = &at }, &e), -1);
	smtp_talk_release(&t);
	stop(&s);
}

static void on_answer(void *ctx, const struct https_answer *a)
{
	assert_int_equal(a->status, 0);
	loop_stop(ctx);
}

/* Others are posted to from the same loop. */
static void no_post_waits_for_it(void **state)
{
	static const char *const none[] = { NULL };
	struct server s = { .answers = none };
	struct loop *loop = loop_new(clock_real());
	struct https *h = https_new(loop);
	struct conf_server at;
	char url[64];
	struct https_request r = { .url = url,
				   .body = SPAN("{}"),
				   .ca_file = s.ca,
				   .timeout_s = 2 * TOO_LONG_S,
				   .fn = on_answer,
				   .ctx = loop };
	struct err e;

	(void)state;
	start(&s, &at);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", at.port);
	assert_int_equal(https_post(h, &r, &e), 0);
	assert_int_equal(loop_run(loop, &e), 0);
	https_free(&h);
	loop_free(&loop);
	stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_stream_nothing_waits_for_it),
		cmocka_unit_test(in_a_log_in_it_ends),
		cmocka_unit_test(no_post_waits_for_it),
	};

	return cmocka_run_group_tests(tests, net_begin, net_end);
}
