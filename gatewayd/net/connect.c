#include "gatewayd/net/connect.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/locked.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/net/anchor.h"
#include "gatewayd/net/login_said.h"
#include "gatewayd/net/low_water.h"
#include "gatewayd/net/read_ahead.h"
#include "gatewayd/net/sasl_said.h"

enum {
	WORDS_MAX = 256,
	STOP_MS = 1000,		/* so often stop is looked at */
	STEPS = 6,		/* to the end of a log-in; who watches asks after each */
	BUFFER_BYTES = 4 * KIB, /* libcurl's, for lines before the stream is ours to read */
};

struct connect {
	CURL *easy;
	curl_socket_t socket;
	bool is_plain; /* without TLS: libcurl need not carry what is said */
	struct read_ahead ahead;
	struct low_water low;
	const atomic_bool *stop;
	const struct connect_watch *watch; /* NULL: nobody, or the stream is the caller's */
	struct anchor_use anchor;
	bool unverified;       /* its certificate, which is why it failed */
	char words[WORDS_MAX]; /* the server's last line */
	struct login_said said;
};

/*
 * The modules of name resolution are loaded here and stay: a sealed role cannot map code.  Those
 * that are part of the C library have no file.
 */
static void load_resolver(void)
{
	FILE *f = fopen("/etc/nsswitch.conf", "re");
	char line[1024];

	while (f && fgets(line, sizeof(line), f)) {
		struct span rest = span_of(line), word;

		if (!span_is(span_trim(span_cut(&rest, ':')), "hosts"))
			continue;
		while ((rest = span_trim(rest)).n) {
			char name[64];

			word = span_cut(&rest, ' ');
			snprintf(name, sizeof(name), "libnss_" SPAN_FMT ".so.2", SPAN_ARG(word));
			(void)dlopen(name, RTLD_NOW | RTLD_NODELETE);
		}
	}
	if (f)
		fclose(f);
}

int connect_global_init(struct err *e)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (sigaction(SIGPIPE, &ignore, NULL) < 0)
		return err_set(e, ERR_BUG, "cannot ignore SIGPIPE: %s", strerror(errno));
	/* It keeps copies of passwords, and builds the commands that carry them. */
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, locked_malloc, locked_free, locked_realloc,
				 locked_strdup, locked_calloc) != CURLE_OK)
		return err_set(e, ERR_TEMP, "cannot start libcurl");
	load_resolver();
	return 0;
}

void connect_global_cleanup(void)
{
	curl_global_cleanup();
}

static bool is_loopback(const struct sockaddr *a)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a;

	if (a->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

bool connect_allowed(enum conf_tls tls, const struct sockaddr *address)
{
	return tls != CONF_TLS_NONE || is_loopback(address);
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct conf_server *server = ctx;

	(void)purpose;
	if (!connect_allowed(server->tls, &a->addr))
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static const char *scheme_of(enum connect_protocol protocol, enum conf_tls tls)
{
	static const char *const schemes[2][2] = {
		[CONNECT_IMAP] = { "imap", "imaps" },
		[CONNECT_SMTP] = { "smtp", "smtps" },
	};

	return schemes[protocol][tls == CONF_TLS_IMPLICIT];
}

/* The URL is put together by libcurl, so that a strange host cannot become a path or a user. */
static int set_url(CURL *easy, enum connect_protocol protocol, const struct connect_options *o,
		   struct err *e)
{
	const struct conf_server *server = o->server;
	CURLU *url = curl_url();
	char port[8], *text = NULL;
	bool bad;

	snprintf(port, sizeof(port), "%d", server->port);
	bad = curl_url_set(url, CURLUPART_SCHEME, scheme_of(protocol, server->tls), 0) ||
	      curl_url_set(url, CURLUPART_HOST, server->host, 0) ||
	      curl_url_set(url, CURLUPART_PORT, port, 0) ||
	      (o->helo && curl_url_set(url, CURLUPART_PATH, o->helo, CURLU_URLENCODE)) ||
	      curl_url_get(url, CURLUPART_URL, &text, 0) ||
	      curl_easy_setopt(easy, CURLOPT_URL, text);
	curl_free(text);
	curl_url_cleanup(url);
	return bad ? err_set(e, ERR_PERM, "%s:%d is no server's address", server->host,
			     server->port)
		   : 0;
}

static bool set_tls(CURL *easy, const struct conf_server *server)
{
	bool bad = curl_easy_setopt(easy, CURLOPT_USE_SSL,
				    server->tls == CONF_TLS_NONE ? (long)CURLUSESSL_NONE
								 : (long)CURLUSESSL_ALL) ||
		   curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) ||
		   curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) ||
		   curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);

	if (!bad && server->ca_file)
		bad = curl_easy_setopt(easy, CURLOPT_CAINFO, server->ca_file) ||
		      curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	return !bad;
}

/* Which SASL mechanisms libcurl may choose among; it never falls back to another. */
static const char *login_options(enum conf_auth auth)
{
	static const char *const options[] = {
		[CONF_AUTH_PLAIN] = "AUTH=PLAIN;AUTH=LOGIN",
		[CONF_AUTH_XOAUTH2] = "AUTH=XOAUTH2",
		[CONF_AUTH_OAUTHBEARER] = "AUTH=OAUTHBEARER",
		[CONF_AUTH_NONE] = "",
	};

	return options[auth];
}

static int set_login(CURL *easy, const struct connect_options *o, struct err *e)
{
	enum conf_auth auth = o->server->auth;
	bool bad;

	if (auth == CONF_AUTH_NONE)
		return 0;
	if (!o->server->user || !o->secret || !*o->secret)
		return err_set(e, ERR_PERM, "%s: a user and a secret are needed to log in",
			       o->server->host);
	bad = curl_easy_setopt(easy, CURLOPT_USERNAME, o->server->user) ||
	      curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, login_options(auth)) ||
	      curl_easy_setopt(easy,
			       auth == CONF_AUTH_PLAIN ? CURLOPT_PASSWORD : CURLOPT_XOAUTH2_BEARER,
			       o->secret);
	return bad ? err_set(e, ERR_BUG, "libcurl does not take the log-in") : 0;
}

/* Sets up a handle as told in connect.h, but for timeouts other than the connection's. */
static int prepare(CURL *easy, enum connect_protocol protocol, const struct connect_options *o,
		   struct err *e)
{
	const struct conf_server *server = o->server;
	bool bad =
	    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "imap,imaps,smtp,smtps") ||
	    curl_easy_setopt(easy, CURLOPT_PROXY, "") ||
	    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
	    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) ||
	    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) ||
	    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, server) ||
	    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L) ||
	    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)server->connect_timeout_s) ||
	    !set_tls(easy, server);

	if (bad)
		return err_set(e, ERR_BUG, "libcurl does not take the settings");
	if (set_url(easy, protocol, o, e) < 0)
		return -1;
	return set_login(easy, o, e);
}

const char *connect_reason(int curl_code, const char *detail)
{
	return detail && *detail ? detail : curl_easy_strerror((CURLcode)curl_code);
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct connect *connect = ctx;

	(void)a, (void)b, (void)c, (void)d;
	return (connect->stop && atomic_load(connect->stop)) ||
	       (connect->watch && connect->watch->late(connect->watch->ctx));
}

/* libcurl's trace, of which nothing is kept or shown. */
static int on_trace(CURL *easy, curl_infotype type, char *p, size_t n, void *ctx)
{
	const struct connect *c = ctx;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT && c->watch)
		c->watch->command(c->watch->ctx, (struct span){ p, n });
	return 0;
}

static size_t discard(char *p, size_t size, size_t n, void *ctx)
{
	(void)p, (void)ctx;
	return size * n;
}

/* Each line of the server, in the time before it is ours to read; what must not be shown is taken
 * out. */
static size_t on_line(char *p, size_t size, size_t n, void *ctx)
{
	struct connect *c = ctx;
	struct span line = span_trim((struct span){ p, size * n });
	struct buf clean BUF_AUTO;

	anchor_verified(&c->anchor, c->easy);
	read_ahead_see(&c->ahead, c->easy);
	login_said_hear(&c->said, line);
	if (c->watch)
		c->watch->line(c->watch->ctx, line);
	buf_init(&clean, 4 * WORDS_MAX);
	sasl_said(utf8_prefix(line, WORDS_MAX - 1), &clean);
	snprintf(c->words, sizeof(c->words), SPAN_FMT,
		 SPAN_ARG(utf8_prefix(buf_span(&clean), WORDS_MAX - 1)));
	return size * n;
}

/* libcurl's word for it, and what the server said. */
static int refused(const struct connect *c, const struct conf_server *server, const char *why,
		   struct err *e)
{
	return err_set(e, ERR_TEMP, "%s:%d: %s%s%s", server->host, server->port, why,
		       c->words[0] ? "; the server said: " : "", c->words);
}

static int log_in(struct connect *c, const struct connect_options *o, struct err *e)
{
	char detail[CURL_ERROR_SIZE] = "";
	long seconds = (long)o->server->connect_timeout_s +
		       (long)o->server->command_timeout_s * (c->watch ? STEPS : 1);
	CURLcode r;

	if (curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, detail) ||
	    curl_easy_setopt(c->easy, CURLOPT_CONNECT_ONLY, 1L) ||
	    curl_easy_setopt(c->easy, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES) ||
	    curl_easy_setopt(c->easy, CURLOPT_TIMEOUT, seconds) ||
	    curl_easy_setopt(c->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds) ||
	    curl_easy_setopt(c->easy, CURLOPT_NOPROGRESS, 0L) ||
	    curl_easy_setopt(c->easy, CURLOPT_VERBOSE, c->watch ? 1L : 0L) ||
	    curl_easy_setopt(c->easy, CURLOPT_DEBUGFUNCTION, on_trace) ||
	    curl_easy_setopt(c->easy, CURLOPT_DEBUGDATA, c) ||
	    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, discard) ||
	    curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_line) ||
	    curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c) ||
	    curl_easy_setopt(c->easy, CURLOPT_XFERINFODATA, c) ||
	    curl_easy_setopt(c->easy, CURLOPT_XFERINFOFUNCTION, on_progress))
		return err_set(e, ERR_BUG, "libcurl does not take the settings");
	r = curl_easy_perform(c->easy);
	curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(c->easy, CURLOPT_VERBOSE, 0L);
	c->watch = NULL;
	c->unverified = r == CURLE_PEER_FAILED_VERIFICATION || r == CURLE_SSL_CACERT_BADFILE;
	if (r == CURLE_LOGIN_DENIED && o->login_refused)
		*o->login_refused = true;
	if (r != CURLE_OK)
		return refused(c, o->server, connect_reason((int)r, detail), e);
	if (curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &c->socket) != CURLE_OK ||
	    c->socket == CURL_SOCKET_BAD)
		return err_set(e, ERR_TEMP, "%s:%d: no connection", o->server->host,
			       o->server->port);
	return 0;
}

/* TLS 1.2 can be negotiated anew: libcurl would wait for that, in a call that must not. */
static int forbid_waits(CURL *easy, struct err *e)
{
	return curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 1L)
		   ? err_set(e, ERR_BUG, "libcurl does not take the settings")
		   : 0;
}

/* One certificate for the whole store. */
static int narrow(struct connect *c, struct err *e)
{
	if (c->anchor.file[0] && (curl_easy_setopt(c->easy, CURLOPT_CAINFO, c->anchor.file) ||
				  curl_easy_setopt(c->easy, CURLOPT_CAPATH, NULL)))
		return err_set(e, ERR_BUG, "libcurl does not take the settings");
	return 0;
}

/* *again: it failed for want of a certificate, and there are more. */
static int open_one(enum connect_protocol protocol, const struct connect_options *o,
		    struct connect **ret_connect, bool *again, struct err *e)
{
	struct connect *c = mem_alloc(sizeof(*c));

	*c = (struct connect){ .easy = curl_easy_init(),
			       .socket = CURL_SOCKET_BAD,
			       .is_plain = o->server->tls == CONF_TLS_NONE,
			       .stop = o->stop,
			       .watch = o->watch };
	if (!c->easy) {
		connect_close(&c);
		return err_set(e, ERR_TEMP, "cannot start libcurl");
	}
	anchor_begin(&c->anchor, o->server, o->stop);
	if (prepare(c->easy, protocol, o, e) < 0 || narrow(c, e) < 0 || log_in(c, o, e) < 0 ||
	    forbid_waits(c->easy, e) < 0) {
		*again = c->unverified && anchor_refused(&c->anchor);
		connect_close(&c);
		return -1;
	}
	anchor_end(&c->anchor);
	if (protocol == CONNECT_IMAP) /* SMTP has little to read, and asks what is hidden in TLS */
		read_ahead_begin(&c->ahead, c->socket);
	*ret_connect = c;
	return 0;
}

int connect_open(enum connect_protocol protocol, const struct connect_options *o,
		 struct connect **ret_connect, struct err *e)
{
	bool again = false;

	if (open_one(protocol, o, ret_connect, &again, e) == 0)
		return 0;
	return again ? open_one(protocol, o, ret_connect, &again, e) : -1;
}

char *connect_take_capability(struct connect *c)
{
	char *capability = c->said.capability;

	c->said.capability = NULL;
	return capability;
}

void connect_close(struct connect **c)
{
	if (!*c)
		return;
	curl_easy_cleanup((*c)->easy);
	login_said_release(&(*c)->said);
	read_ahead_release(&(*c)->ahead);
	anchor_end(&(*c)->anchor);
	mem_free(c);
}

/* Of a call that did so many bytes, or failed. */
static ssize_t done_plain(ssize_t n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? CONNECT_AGAIN : -1;
}

ssize_t connect_recv(struct connect *c, void *p, size_t n)
{
	size_t got = 0;
	CURLcode r;

	if (c->is_plain)
		return done_plain(recv(c->socket, p, n, MSG_DONTWAIT));
	r = curl_easy_recv(c->easy, p, n, &got);
	if (r == CURLE_AGAIN)
		return CONNECT_AGAIN;
	return r == CURLE_OK ? (ssize_t)got : -1;
}

static bool stopped(const struct connect *c)
{
	return c->stop && atomic_load(c->stop);
}

/* One poll of at most so long; its result, or 0. */
static int poll_once(struct pollfd *fds, nfds_t n, int64_t deadline_ms, int64_t most_ms)
{
	int64_t left = deadline_ms - clock_wait_ms();
	int r;

	r = poll(fds, n, left < 0 ? 0 : (int)(left < most_ms ? left : most_ms));
	return r < 0 ? 0 : r; /* EINTR: look again */
}

ssize_t connect_send_some(struct connect *c, const void *p, size_t n)
{
	size_t sent = 0;
	CURLcode r;

	if (c->is_plain)
		return done_plain(send(c->socket, p, n, MSG_DONTWAIT | MSG_NOSIGNAL));
	r = curl_easy_send(c->easy, p, n, &sent);
	if (r == CURLE_OK && sent > n)
		return -1; /* of another call: what it was for is not known any more */
	if (r == CURLE_OK && sent > 0)
		return (ssize_t)sent;
	return r == CURLE_OK || r == CURLE_AGAIN ? CONNECT_AGAIN : -1;
}

int connect_send(struct connect *c, const void *p, size_t n, int64_t deadline_ms)
{
	const char *at = p;

	while (n > 0) {
		struct pollfd fd = { .fd = c->socket, .events = POLLOUT };
		ssize_t sent = connect_send_some(c, at, n);

		if (sent == -1)
			return -1;
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
			continue;
		}
		if (stopped(c) || clock_wait_ms() >= deadline_ms)
			return -1;
		poll_once(&fd, 1, deadline_ms, STOP_MS);
	}
	return 0;
}

int connect_fd(const struct connect *c)
{
	return c->socket;
}

void connect_expect(struct connect *c, uint64_t bytes)
{
	low_water_set(&c->low, c->socket, bytes);
}

void connect_rest(struct connect *c)
{
	read_ahead_rest(&c->ahead);
}

/* Who stops a session wakes it, too, where it can.  What came at the last moment counts. */
enum connect_ready connect_wait(struct connect *c, int wake_fd, int64_t deadline_ms)
{
	int64_t most_ms = wake_fd < 0 ? STOP_MS : INT32_MAX;

	while (!stopped(c)) {
		struct pollfd fds[] = { { .fd = c->socket, .events = POLLIN },
					{ .fd = wake_fd, .events = POLLIN } };

		if (read_ahead_has(&c->ahead))
			return CONNECT_READABLE;
		poll_once(fds, 2, deadline_ms, most_ms);
		if (fds[0].revents)
			return CONNECT_READABLE;
		if (stopped(c))
			break;
		if (fds[1].revents)
			return CONNECT_WOKEN;
		if (clock_wait_ms() >= deadline_ms)
			return CONNECT_TIMEOUT;
	}
	return CONNECT_STOPPED;
}
