#include "gatewayd/net/anchor.h"

#include <curl/curl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"

enum {
	FOUND_MAX = 16, /* times that a server's certificate is looked for */
	/* For the first to have it: a busy machine takes seconds for forty log-ins. */
	WAIT_MS = 5000,
	STOP_MS = 500, /* so often stop is looked at */
};

/* A server with a store.  As long as the process lives. */
struct anchor {
	char *host, *ca_file; /* NULL: the system's */
	char *path;	      /* of the store; NULL: libcurl does not say */
	int port;
	int fd;		   /* of the certificate; -1: it is not known */
	struct stat store; /* as it was before that was looked for in it */
	int found;
	bool led;
	struct anchor *next;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t found;
	struct anchor *first;
} anchors = { .lock = PTHREAD_MUTEX_INITIALIZER, .found = PTHREAD_COND_INITIALIZER };

/* --- with the lock held --- */

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static char *system_store(void)
{
	CURL *easy = curl_easy_init();
	char *path = NULL;

	if (easy && curl_easy_getinfo(easy, CURLINFO_CAINFO, &path) == CURLE_OK && path)
		path = mem_strdup(path);
	curl_easy_cleanup(easy);
	return path;
}

static struct anchor *anchor_of(const struct conf_server *s)
{
	struct anchor *a = anchors.first;

	while (a &&
	       (a->port != s->port || !same(a->host, s->host) || !same(a->ca_file, s->ca_file)))
		a = a->next;
	if (a)
		return a;
	a = mem_alloc(sizeof(*a));
	*a = (struct anchor){ .host = mem_strdup(s->host),
			      .ca_file = s->ca_file ? mem_strdup(s->ca_file) : NULL,
			      .path = s->ca_file ? mem_strdup(s->ca_file) : system_store(),
			      .port = s->port,
			      .fd = -1,
			      .next = anchors.first };
	anchors.first = a;
	return a;
}

static bool store_of(const struct anchor *a, struct stat *ret_now)
{
	return a->path && stat(a->path, ret_now) == 0;
}

static bool is_fresh(const struct anchor *a)
{
	struct stat now;

	return store_of(a, &now) && now.st_ino == a->store.st_ino &&
	       now.st_dev == a->store.st_dev && now.st_size == a->store.st_size &&
	       now.st_mtim.tv_sec == a->store.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == a->store.st_mtim.tv_nsec;
}

/* Its descriptor stays open: another file under its number could be taken for a certificate. */
static void forget(struct anchor *a)
{
	a->fd = -1;
}

static void await_leader(const struct anchor *a, const atomic_bool *stop)
{
	int64_t until_ms = clock_wait_ms() + WAIT_MS, left;

	while (a->fd < 0 && a->led && !(stop && atomic_load(stop)) &&
	       (left = until_ms - clock_wait_ms()) > 0) {
		struct timespec end = clock_wait_end((int)(left < STOP_MS ? left : STOP_MS));

		pthread_cond_clockwait(&anchors.found, &anchors.lock, CLOCK_MONOTONIC, &end);
	}
}

static void use(struct anchor_use *u, const atomic_bool *stop)
{
	struct anchor *a = u->of;

	if (a->fd >= 0 && !is_fresh(a))
		forget(a);
	if (a->fd < 0)
		await_leader(a, stop);
	u->fd = a->fd;
	if (a->fd >= 0)
		snprintf(u->file, sizeof(u->file), "/proc/self/fd/%d", a->fd);
	u->leads = a->fd < 0 && !a->led && a->found < FOUND_MAX && store_of(a, &a->store);
	a->led = a->led || u->leads;
}

static void take(struct anchor *a, const gnutls_datum_t *pem)
{
	struct span text = { (const char *)pem->data, pem->size };
	struct err e;
	int fd;

	a->found++;
	if (memfd_of(text, &fd, &e) == 0)
		a->fd = fd;
}

/* --- GnuTLS --- */

static gnutls_session_t session_of(CURL *easy, gnutls_certificate_credentials_t *ret_credentials)
{
	const struct curl_tlssessioninfo *info = NULL;
	void *credentials = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || !info ||
	    info->backend != CURLSSLBACKEND_GNUTLS || !info->internals ||
	    gnutls_credentials_get(info->internals, GNUTLS_CRD_CERTIFICATE, &credentials) < 0 ||
	    !credentials)
		return NULL;
	*ret_credentials = credentials;
	return info->internals;
}

static bool issuer_of(gnutls_certificate_credentials_t store, const gnutls_datum_t *der,
		      gnutls_datum_t *ret_pem)
{
	gnutls_x509_crt_t crt, issuer;
	bool found;

	if (gnutls_x509_crt_init(&crt) < 0)
		return false;
	found = gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) >= 0 &&
		gnutls_certificate_get_issuer(store, crt, &issuer, 0) >= 0 &&
		gnutls_x509_crt_export2(issuer, GNUTLS_X509_FMT_PEM, ret_pem) >= 0;
	gnutls_x509_crt_deinit(crt);
	return found;
}

static void look(struct anchor_use *u, gnutls_session_t session,
		 gnutls_certificate_credentials_t store)
{
	unsigned int n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);
	gnutls_datum_t pem;

	for (unsigned int i = 0; i < n; i++) {
		if (!issuer_of(store, &chain[i], &pem))
			continue;
		pthread_mutex_lock(&anchors.lock);
		take(u->of, &pem);
		pthread_mutex_unlock(&anchors.lock);
		gnutls_free(pem.data);
		return;
	}
}

static void free_store(gnutls_certificate_credentials_t credentials)
{
	gnutls_x509_trust_list_t none;

	if (gnutls_x509_trust_list_init(&none, 1) >= 0)
		gnutls_certificate_set_trust_list(credentials, none, 0); /* has it from now on */
}

/* --- for connections --- */

void anchor_begin(struct anchor_use *u, const struct conf_server *server, const atomic_bool *stop)
{
	*u = (struct anchor_use){ 0 };
	if (server->tls == CONF_TLS_NONE)
		return;
	pthread_mutex_lock(&anchors.lock);
	u->of = anchor_of(server);
	use(u, stop);
	pthread_mutex_unlock(&anchors.lock);
}

static void lead_no_more(struct anchor_use *u)
{
	if (!u->leads)
		return;
	u->leads = false;
	pthread_mutex_lock(&anchors.lock);
	u->of->led = false;
	pthread_cond_broadcast(&anchors.found);
	pthread_mutex_unlock(&anchors.lock);
}

void anchor_verified(struct anchor_use *u, void *easy)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;

	if (!u->of || u->done || !(session = session_of(easy, &credentials)))
		return;
	if (u->leads)
		look(u, session, credentials);
	free_store(credentials);
	u->done = true;
	lead_no_more(u);
}

bool anchor_refused(struct anchor_use *u)
{
	if (!u->of || !u->file[0])
		return false;
	pthread_mutex_lock(&anchors.lock);
	if (u->of->fd == u->fd) /* else another one was found meanwhile */
		forget(u->of);
	pthread_mutex_unlock(&anchors.lock);
	return true;
}

void anchor_end(struct anchor_use *u)
{
	if (u->of)
		lead_no_more(u);
	u->of = NULL;
}
