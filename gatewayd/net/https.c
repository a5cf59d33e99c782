#include "gatewayd/net/https.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"

struct talk {
	struct https *h;
	struct https_request r;
	CURL *easy;
	struct curl_slist *headers;
	struct buf form, body;
	size_t bytes; /* of the answer, header included */
	bool too_long;
	char refused[INET6_ADDRSTRLEN]; /* an address that may not be connected to; "": none */
	char detail[CURL_ERROR_SIZE];
	struct talk *next;
};

struct https {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer timer;
	struct talk *talks;
};

/* --- libcurl on the loop --- */

static void finish_all(struct https *h);

static void act(struct https *h, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(h->multi, fd, events, &running);
	finish_all(h);
}

static void on_socket(void *ctx, int fd, unsigned int events)
{
	int mask = (events & LOOP_READ ? CURL_CSELECT_IN : 0) |
		   (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0) |
		   (events & LOOP_GONE ? CURL_CSELECT_ERR : 0);

	act(ctx, fd, mask);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *unused)
{
	struct https *h = ctx;
	unsigned int events = (what & CURL_POLL_IN ? (unsigned int)LOOP_READ : 0) |
			      (what & CURL_POLL_OUT ? (unsigned int)LOOP_WRITE : 0);

	(void)easy, (void)unused;
	if (what == CURL_POLL_REMOVE)
		loop_forget(h->loop, fd);
	else
		loop_watch(h->loop, fd, events, on_socket, h);
	return 0;
}

static void on_timer(void *ctx)
{
	act(ctx, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long ms, void *ctx)
{
	struct https *h = ctx;

	(void)multi;
	loop_timer_stop(h->loop, &h->timer);
	if (ms >= 0)
		loop_timer_start(h->loop, &h->timer, ms);
	return 0;
}

struct https *https_new(struct loop *l)
{
	struct https *h = mem_alloc(sizeof(*h));

	*h = (struct https){ .loop = l,
			     .multi = curl_multi_init(),
			     .timer = { .fn = on_timer, .ctx = h } };
	if (!h->multi)
		mem_exhausted();
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	/* No connection outlives its answer: nobody watches it. */
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 1L);
	return h;
}

/* --- one conversation --- */

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_release(b);
}

static void talk_free(struct talk *t)
{
	struct talk **at = &t->h->talks;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	if (t->easy) {
		curl_multi_remove_handle(t->h->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	curl_slist_free_all(t->headers);
	wipe(&t->form);
	wipe(&t->body);
	mem_free(&t);
}

static bool counts(struct talk *t, size_t n)
{
	t->bytes += n;
	t->too_long = t->bytes > HTTPS_ANSWER_MAX;
	return !t->too_long;
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	(void)p;
	return counts(ctx, size * n) ? size * n : 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct talk *t = ctx;

	if (!counts(t, size * n))
		return 0;
	buf_add(&t->body, (struct span){ p, size * n });
	return size * n;
}

/* The status, or 0 and why there is none. */
static int status_of(struct talk *t, CURLcode r, struct err *why)
{
	const char *name = t->r.name ? t->r.name : t->r.url;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (t->too_long && t->r.status_only && status >= 200)
		return (int)status;
	if (t->too_long)
		err_set(why, ERR_TEMP, "%s: its answer does not end", name);
	else if (r == CURLE_COULDNT_CONNECT && *t->refused)
		err_set(why, ERR_TEMP, "%s: its address %s is not public", name, t->refused);
	else if (r != CURLE_OK || status < 100)
		err_set(why, ERR_TEMP, "%s: %s", name, connect_reason((int)r, t->detail));
	else
		return (int)status;
	return 0;
}

static void give(struct talk *t, CURLcode r)
{
	struct https_answer a = { .type = SPAN("") };
	const char *type = NULL;
	curl_off_t wait_s = 0;

	a.status = status_of(t, r, &a.why);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait_s);
	a.wait_s = wait_s > 0 ? (int64_t)wait_s : 0;
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
	if (type)
		a.type = span_of(type);
	a.body = buf_span(&t->body);
	t->r.fn(t->r.ctx, &a);
}

/* The callback may post again; what it cannot do is free all of this. */
static void finish_all(struct https *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		CURLcode r = m->data.result;
		struct talk *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		give(t, r);
		talk_free(t);
	}
}

static void note_refused(struct talk *t, const struct sockaddr *a)
{
	const void *at =
	    a->sa_family == AF_INET
		? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
		: &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;

	if (!inet_ntop(a->sa_family, at, t->refused, sizeof(t->refused)))
		snprintf(t->refused, sizeof(t->refused), "(unknown)");
}

/* The address is the one that is connected to: no name is looked up after this. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct talk *t = ctx;

	(void)purpose;
	if (t->r.may_connect && !t->r.may_connect(t->r.ctx, &a->addr)) {
		note_refused(t, &a->addr);
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int refuse_handshake(gnutls_session_t session, unsigned int type, unsigned int when,
			    unsigned int incoming, const gnutls_datum_t *message)
{
	(void)session, (void)type, (void)when, (void)incoming, (void)message;
	return GNUTLS_E_UNSAFE_RENEGOTIATION_DENIED;
}

/* A server can ask to negotiate TLS 1.2 anew: libcurl would wait for that, and the loop with it. */
static int on_connected(void *ctx, char *to, char *from, int to_port, int from_port)
{
	const struct talk *t = ctx;
	const struct curl_tlssessioninfo *info = NULL;

	(void)to, (void)from, (void)to_port, (void)from_port;
	if (curl_easy_getinfo(t->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
	    info->backend == CURLSSLBACKEND_GNUTLS && info->internals)
		gnutls_handshake_set_hook_function(info->internals, GNUTLS_HANDSHAKE_CLIENT_HELLO,
						   GNUTLS_HOOK_PRE, refuse_handshake);
	return CURL_PREREQFUNC_OK;
}

static bool set_safe(struct talk *t)
{
	return curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR,
				t->r.plain ? "https,http" : "https") ||
	       curl_easy_setopt(t->easy, CURLOPT_PROXY, "") ||
	       curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
	       curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L) ||
	       curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L) ||
	       curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L) ||
	       curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L) ||
	       curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 2L) ||
	       curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ||
	       curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
	       curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) ||
	       curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t) ||
	       curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_connected) ||
	       curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t) ||
	       (t->r.ca_file && (curl_easy_setopt(t->easy, CURLOPT_CAINFO, t->r.ca_file) ||
				 curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL)));
}

/* true: libcurl does not take it. */
static bool set_request(struct talk *t)
{
	for (size_t i = 0; i < t->r.header_count; i++) {
		struct curl_slist *more = curl_slist_append(t->headers, t->r.headers[i]);

		if (!more)
			return true;
		t->headers = more;
	}
	if (t->r.head ? curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L)
		      : curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)t->form.n) ||
			    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, buf_cstr(&t->form)))
		return true;
	return curl_easy_setopt(t->easy, CURLOPT_URL, t->r.url) ||
	       (t->headers && curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers)) ||
	       curl_easy_setopt(t->easy, CURLOPT_TIMEOUT, (long)t->r.timeout_s) ||
	       curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header) ||
	       curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t) ||
	       curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body) ||
	       curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t) ||
	       curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->detail) ||
	       curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
}

int https_post(struct https *h, const struct https_request *r, struct err *e)
{
	struct talk *t = mem_alloc(sizeof(*t));

	*t = (struct talk){ .h = h, .r = *r, .easy = curl_easy_init(), .next = h->talks };
	h->talks = t;
	buf_init(&t->form, r->body.n + 1);
	buf_init(&t->body, HTTPS_ANSWER_MAX);
	buf_add(&t->form, r->body);
	if (!t->easy || set_safe(t) || set_request(t) ||
	    curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
		talk_free(t);
		return err_set(e, ERR_BUG, "libcurl does not take the request");
	}
	return 0;
}

void https_free(struct https **h)
{
	if (!*h)
		return;
	while ((*h)->talks)
		talk_free((*h)->talks);
	curl_multi_cleanup((*h)->multi);
	loop_timer_stop((*h)->loop, &(*h)->timer);
	mem_free(h);
}

static bool is_plain(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || strchr("-._~", c);
}

void https_form_add(struct buf *out, const char *key, struct span value)
{
	if (out->n)
		buf_addc(out, '&');
	buf_adds(out, key);
	buf_addc(out, '=');
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c && is_plain(c))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}
