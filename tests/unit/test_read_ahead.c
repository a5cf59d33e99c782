/*
 * What was received ahead of TLS (net/read_ahead.h), with a server of GnuTLS in this process: what
 * it says in one piece is read without a wait for more.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/net/read_ahead.h"

static const char priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK";
static unsigned char hex[] = "01020304";
static const gnutls_datum_t secret = { hex, sizeof(hex) - 1 };

struct side {
	gnutls_session_t tls;
	gnutls_psk_server_credentials_t server;
	gnutls_psk_client_credentials_t client;
	int fd;
};

struct pair {
	struct side server, client;
	struct read_ahead ahead; /* the client's */
	struct buf corked;	 /* what the server says, as long as `corks` */
	bool corks;
};

static int key_of(gnutls_session_t tls, const char *user, gnutls_datum_t *ret_key)
{
	static const unsigned char key[] = { 1, 2, 3, 4 };

	(void)tls, (void)user;
	*ret_key = (gnutls_datum_t){ gnutls_malloc(sizeof(key)), sizeof(key) };
	memcpy(ret_key->data, key, sizeof(key));
	return 0;
}

static ssize_t push(gnutls_transport_ptr_t ctx, const void *p, size_t n)
{
	struct pair *both = ctx;

	if (!both->corks)
		return send(both->server.fd, p, n, 0);
	buf_add(&both->corked, (struct span){ p, n });
	return (ssize_t)n;
}

static ssize_t pull(gnutls_transport_ptr_t ctx, void *p, size_t n)
{
	struct pair *both = ctx;
	ssize_t got = recv(both->server.fd, p, n, MSG_DONTWAIT);

	if (got < 0)
		gnutls_transport_set_errno(both->server.tls, EAGAIN);
	return got;
}

static void begin_server(struct pair *both)
{
	struct side *s = &both->server;
	gnutls_datum_t tickets;

	assert_int_equal(
	    gnutls_init(&s->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_AUTO_SEND_TICKET), 0);
	assert_int_equal(gnutls_session_ticket_key_generate(&tickets), 0);
	assert_int_equal(gnutls_session_ticket_enable_server(s->tls, &tickets), 0);
	gnutls_free(tickets.data);
	assert_int_equal(gnutls_psk_allocate_server_credentials(&s->server), 0);
	gnutls_psk_set_server_credentials_function(s->server, key_of);
	assert_int_equal(gnutls_credentials_set(s->tls, GNUTLS_CRD_PSK, s->server), 0);
	gnutls_transport_set_ptr(s->tls, both);
	gnutls_transport_set_push_function(s->tls, push);
	gnutls_transport_set_pull_function(s->tls, pull);
}

static void begin_client(struct pair *both)
{
	struct side *s = &both->client;

	assert_int_equal(gnutls_init(&s->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK), 0);
	assert_int_equal(gnutls_psk_allocate_client_credentials(&s->client), 0);
	assert_int_equal(
	    gnutls_psk_set_client_credentials(s->client, "u", &secret, GNUTLS_PSK_KEY_HEX), 0);
	assert_int_equal(gnutls_credentials_set(s->tls, GNUTLS_CRD_PSK, s->client), 0);
	gnutls_transport_set_int(s->tls, s->fd);
}

/* True when it is done. */
static bool shake_hand(const struct side *s)
{
	int r = gnutls_handshake(s->tls);

	assert_false(r < 0 && gnutls_error_is_fatal(r));
	return r == 0;
}

static void begin(struct pair *both)
{
	bool server = false, client = false;
	int fds[2];

	*both = (struct pair){ 0 };
	buf_init(&both->corked, SIZE_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	both->server.fd = fds[0];
	both->client.fd = fds[1];
	begin_server(both);
	begin_client(both);
	assert_int_equal(gnutls_priority_set_direct(both->server.tls, priority, NULL), 0);
	assert_int_equal(gnutls_priority_set_direct(both->client.tls, priority, NULL), 0);
	while (!server || !client) {
		client = client || shake_hand(&both->client);
		server = server || shake_hand(&both->server);
	}
	both->ahead.tls = both->client.tls;
	read_ahead_begin(&both->ahead, both->client.fd);
}

static void end(struct pair *both)
{
	gnutls_deinit(both->client.tls);
	gnutls_deinit(both->server.tls);
	read_ahead_release(&both->ahead);
	gnutls_psk_free_client_credentials(both->client.client);
	gnutls_psk_free_server_credentials(both->server.server);
	buf_release(&both->corked);
	close(both->client.fd);
	close(both->server.fd);
}

static int say_nothing(gnutls_session_t tls)
{
	(void)tls;
	return 0;
}

static int send_ticket(gnutls_session_t tls)
{
	return gnutls_session_ticket_send(tls, 2, 0);
}

static int change_key(gnutls_session_t tls)
{
	return gnutls_session_key_update(tls, 0);
}

/* Of them GnuTLS says that it has nothing yet, though bytes behind them are there. */
static void what_came_with_something_of_tls_needs_no_wait(void **state)
{
	int (*const before[])(gnutls_session_t) = { say_nothing, send_ticket, change_key };
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		struct pair both;
		ssize_t got;

		begin(&both);
		both.corks = true;
		assert_int_equal(before[i](both.server.tls), 0);
		assert_int_equal(gnutls_record_send(both.server.tls, "* OK", 4), 4);
		send(both.server.fd, both.corked.p, both.corked.n, 0);
		do
			got = gnutls_record_recv(both.client.tls, text, sizeof(text));
		while (got == GNUTLS_E_AGAIN && read_ahead_has(&both.ahead));
		assert_int_equal(got, 4);
		assert_memory_equal(text, "* OK", 4);
		assert_int_equal(gnutls_record_recv(both.client.tls, text, sizeof(text)),
				 GNUTLS_E_AGAIN);
		assert_false(read_ahead_has(&both.ahead));
		end(&both);
	}
}

/* A part of a record is GnuTLS's own: who waited because of it would not wait at all. */
static void a_part_of_a_record_is_waited_for(void **state)
{
	struct pair both;
	char text[16];

	(void)state;
	begin(&both);
	both.corks = true;
	assert_int_equal(gnutls_record_send(both.server.tls, "* OK", 4), 4);
	for (size_t i = 0; i < both.corked.n; i++) {
		assert_int_equal(gnutls_record_recv(both.client.tls, text, sizeof(text)),
				 GNUTLS_E_AGAIN);
		assert_false(read_ahead_has(&both.ahead));
		send(both.server.fd, both.corked.p + i, 1, 0);
	}
	assert_int_equal(gnutls_record_recv(both.client.tls, text, sizeof(text)), 4);
	end(&both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_with_something_of_tls_needs_no_wait),
		cmocka_unit_test(a_part_of_a_record_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
