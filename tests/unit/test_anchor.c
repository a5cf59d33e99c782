/*
 * The one certificate of a trust store (net/anchor.h), without a server: libcurl and GnuTLS, as
 * far as it asks them, are played.
 */
#include "tests/unit/unit.h"

#include <curl/curl.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/net/anchor.h"

static const char pem_text[] = "the one certificate";

#undef curl_easy_getinfo
CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
	static struct curl_tlssessioninfo session = { CURLSSLBACKEND_GNUTLS, &session };
	va_list args;

	(void)easy;
	va_start(args, info);
	if (info == CURLINFO_TLS_SSL_PTR)
		*va_arg(args, const struct curl_tlssessioninfo **) = &session;
	va_end(args);
	return CURLE_OK;
}

int gnutls_credentials_get(gnutls_session_t session, gnutls_credentials_type_t type, void **cred)
{
	(void)type;
	*cred = session;
	return 0;
}

const gnutls_datum_t *gnutls_certificate_get_peers(gnutls_session_t session, unsigned int *n)
{
	static const gnutls_datum_t chain;

	(void)session;
	*n = 1;
	return &chain;
}

int gnutls_x509_crt_init(gnutls_x509_crt_t *crt)
{
	*crt = NULL;
	return 0;
}

void gnutls_x509_crt_deinit(gnutls_x509_crt_t crt)
{
	(void)crt;
}

int gnutls_x509_crt_import(gnutls_x509_crt_t crt, const gnutls_datum_t *data,
			   gnutls_x509_crt_fmt_t format)
{
	(void)crt, (void)data, (void)format;
	return 0;
}

int gnutls_certificate_get_issuer(gnutls_certificate_credentials_t store, gnutls_x509_crt_t crt,
				  gnutls_x509_crt_t *issuer, unsigned int flags)
{
	(void)store, (void)crt, (void)flags;
	*issuer = NULL;
	return 0;
}

int gnutls_x509_crt_export2(gnutls_x509_crt_t crt, gnutls_x509_crt_fmt_t format,
			    gnutls_datum_t *out)
{
	(void)crt, (void)format;
	out->data = (unsigned char *)strdup(pem_text);
	out->size = sizeof(pem_text) - 1;
	return 0;
}

int gnutls_x509_trust_list_init(gnutls_x509_trust_list_t *list, unsigned int size)
{
	(void)size;
	*list = NULL;
	return 0;
}

void gnutls_certificate_set_trust_list(gnutls_certificate_credentials_t res,
				       gnutls_x509_trust_list_t list, unsigned int flags)
{
	(void)res, (void)list, (void)flags;
}

/* --- */

static char path[] = "/tmp/test_anchor.XXXXXX";

static void write_store(const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static struct conf_server server(int port)
{
	return (struct conf_server){
		.host = "mail.example.test", .port = port, .tls = CONF_TLS_IMPLICIT, .ca_file = path
	};
}

/* A connection that is verified; between its beginning and that the store becomes this one. */
static bool was_alone(const struct conf_server *s, const char *meanwhile)
{
	struct anchor_use u;
	bool alone;

	anchor_begin(&u, s, NULL);
	alone = u.file[0];
	if (meanwhile)
		write_store(meanwhile);
	anchor_verified(&u, &u);
	anchor_end(&u);
	return alone;
}

static void the_second_connection_has_the_one_alone(void **state)
{
	const struct conf_server s = server(1);

	(void)state;
	write_store("a store");
	assert_false(was_alone(&s, NULL));
	assert_true(was_alone(&s, NULL));
	write_store("another store");
	assert_false(was_alone(&s, NULL));
	assert_true(was_alone(&s, NULL));
}

/* What was found is of the store of before: an authority that was taken out meanwhile is not
 * trusted. */
static void a_store_that_changes_while_it_is_read_is_read_again(void **state)
{
	const struct conf_server s = server(2);

	(void)state;
	write_store("with an authority");
	assert_false(was_alone(&s, "without"));
	assert_false(was_alone(&s, NULL));
	assert_true(was_alone(&s, NULL));
}

/* Waits for who leads: the calls that a wait needs, in which `stop` is set. */
static atomic_bool stop;
static int waits;

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
			   const struct timespec *end)
{
	(void)cond, (void)mutex, (void)clock, (void)end;
	waits++;
	atomic_store(&stop, true);
	return ETIMEDOUT;
}

static void who_is_stopped_waits_no_more_for_the_first(void **state)
{
	const struct conf_server s = server(3);
	struct anchor_use first, second;

	(void)state;
	write_store("a store");
	anchor_begin(&first, &s, &stop);
	assert_true(first.leads);
	anchor_begin(&second, &s, &stop);
	assert_int_equal(waits, 1);
	assert_false(second.leads || second.file[0]);
	anchor_end(&second);
	anchor_begin(&second, &s, &stop); /* it was stopped before */
	assert_int_equal(waits, 1);
	anchor_end(&second);
	anchor_end(&first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_connection_has_the_one_alone),
		cmocka_unit_test(a_store_that_changes_while_it_is_read_is_read_again),
		cmocka_unit_test(who_is_stopped_waits_no_more_for_the_first),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
