/* What a TLS server sent is received at once, and read from memory. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/net/read_ahead.h"

enum { RECORDS = 20, RECORD = 1000 };

#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.2:+ANON-ECDH"

struct end {
	gnutls_session_t tls;
	int fd;
};

static void end_open(struct end *e, unsigned int flags, int fd)
{
	e->fd = fd;
	assert_int_equal(gnutls_init(&e->tls, flags), 0);
	assert_int_equal(gnutls_priority_set_direct(e->tls, PRIORITY, NULL), 0);
	gnutls_transport_set_int(e->tls, fd);
}

static void end_close(struct end *e)
{
	gnutls_deinit(e->tls);
	close(e->fd);
}

static void *shake_hands(void *ctx)
{
	struct end *e = ctx;

	while (gnutls_handshake(e->tls) < 0)
		;
	return NULL;
}

static int waiting(int fd)
{
	int n;

	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return n;
}

static void connect_ends(struct end *server, struct end *client,
			 gnutls_anon_server_credentials_t *ret_server,
			 gnutls_anon_client_credentials_t *ret_client)
{
	pthread_t thread;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(gnutls_anon_allocate_server_credentials(ret_server), 0);
	assert_int_equal(gnutls_anon_allocate_client_credentials(ret_client), 0);
	end_open(server, GNUTLS_SERVER, fds[0]);
	end_open(client, GNUTLS_CLIENT, fds[1]);
	gnutls_credentials_set(server->tls, GNUTLS_CRD_ANON, *ret_server);
	gnutls_credentials_set(client->tls, GNUTLS_CRD_ANON, *ret_client);
	assert_int_equal(pthread_create(&thread, NULL, shake_hands, server), 0);
	shake_hands(client);
	pthread_join(thread, NULL);
}

/* What is left is kept, else the memory goes, and comes again with the next record. */
static void rest_between_records(const struct end *server, const struct end *client,
				 struct read_ahead *r)
{
	char bytes[2] = "xy", got[2];

	assert_int_equal(gnutls_record_send(server->tls, bytes, 1), 1);
	assert_int_equal(gnutls_record_send(server->tls, bytes + 1, 1), 1);
	read_ahead_rest(r);
	assert_null(r->bytes.p);
	assert_int_equal(gnutls_record_recv(client->tls, got, 1), 1);
	read_ahead_rest(r);
	assert_true(read_ahead_has(r));
	assert_int_equal(gnutls_record_recv(client->tls, got + 1, 1), 1);
	assert_memory_equal(got, bytes, 2);
	read_ahead_rest(r);
	assert_int_equal(gnutls_record_recv(client->tls, got, 1), GNUTLS_E_AGAIN);
	assert_null(r->bytes.p);
}

static void records_are_received_at_once_and_come_one_by_one(void **state)
{
	char sent[RECORD], got[RECORD + 1];
	gnutls_anon_server_credentials_t server_credentials;
	gnutls_anon_client_credentials_t client_credentials;
	struct end server, client;
	struct read_ahead r = { 0 };

	(void)state;
	connect_ends(&server, &client, &server_credentials, &client_credentials);
	assert_int_equal(fcntl(client.fd, F_SETFL, O_NONBLOCK), 0);
	r.tls = client.tls;
	read_ahead_begin(&r, client.fd);
	assert_int_equal(gnutls_record_recv(client.tls, got, sizeof(got)), GNUTLS_E_AGAIN);
	for (int round = 0; round < 2; round++) {
		for (int k = 0; k < RECORDS; k++) {
			memset(sent, 'a' + k, sizeof(sent));
			assert_int_equal(gnutls_record_send(server.tls, sent, RECORD), RECORD);
		}
		assert_true(waiting(client.fd) > RECORDS * RECORD);
		for (int k = 0; k < RECORDS; k++) {
			assert_int_equal(gnutls_record_recv(client.tls, got, sizeof(got)), RECORD);
			assert_true(got[0] == 'a' + k && got[RECORD - 1] == 'a' + k);
			assert_int_equal(waiting(client.fd), 0);
		}
		assert_false(read_ahead_has(&r));
		assert_int_equal(gnutls_record_recv(client.tls, got, sizeof(got)), GNUTLS_E_AGAIN);
		assert_non_null(r.bytes.p); /* for what comes next */
	}
	rest_between_records(&server, &client, &r);
	assert_int_equal(gnutls_bye(server.tls, GNUTLS_SHUT_WR), 0);
	assert_int_equal(gnutls_record_recv(client.tls, got, sizeof(got)), 0);
	end_close(&server);
	end_close(&client);
	read_ahead_release(&r);
	gnutls_anon_free_server_credentials(server_credentials);
	gnutls_anon_free_client_credentials(client_credentials);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_received_at_once_and_come_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
