#include "gatewayd/web/http.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"

struct http_request {
	struct http *http;
	struct MHD_Connection *connection;
	char *method, *path;
	struct buf form;
	uint32_t mark;
	bool asked;	      /* on_request() has it */
	bool suspended;	      /* waits for http_reply() */
	unsigned int refused; /* the status, when it is not to be asked; 0 */
	unsigned int status;
	struct MHD_Response *response;
};

/* A connection, and since when its client may have said a whole request. */
struct client {
	int fd;
	int64_t since_ms;
	bool busy; /* its request is here, and not answered */
	bool shut; /* its socket, by us: it is going */
	struct client *next, **at;
};

struct http {
	struct loop *loop;
	struct MHD_Daemon *daemon;
	int fd; /* of the daemon's epoll */
	http_request_fn *on_request;
	http_gone_fn *on_gone;
	void *ctx;
	struct loop_timer run, slow;
	struct client *clients;
	struct clock clock;
};

enum { SLOW_LOOK_MS = 2000 };

/* --- what is asked --- */

const char *http_method(const struct http_request *r)
{
	return r->method;
}

struct span http_path(const struct http_request *r)
{
	return span_of(r->path);
}

static struct span lookup(const struct http_request *r, enum MHD_ValueKind kind, const char *name)
{
	const char *value = NULL;
	size_t n = 0;

	if (MHD_lookup_connection_value_n(r->connection, kind, name, strlen(name), &value, &n) !=
		MHD_YES ||
	    !value)
		return SPAN("");
	return (struct span){ value, n };
}

struct span http_field(const struct http_request *r, const char *name)
{
	return lookup(r, MHD_HEADER_KIND, name);
}

struct span http_query(const struct http_request *r, const char *name)
{
	return lookup(r, MHD_GET_ARGUMENT_KIND, name);
}

/* Decodes in place: a form is read once. */
static struct span urldecode(char *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t byte;

		if (p[i] == '%' && i + 2 < n &&
		    hex_decode((struct span){ p + i + 1, 2 }, &byte, 1)) {
			p[out++] = (char)byte;
			i += 2;
		} else {
			p[out++] = p[i];
			if (p[i] == '+')
				p[out - 1] = ' ';
		}
	}
	return (struct span){ p, out };
}

struct span http_form(const struct http_request *r, const char *name)
{
	struct span rest = buf_span(&r->form);

	while (rest.n) {
		struct span value = span_cut(&rest, '&');

		if (span_is(span_cut(&value, '='), name))
			return urldecode(r->form.p + (value.p - r->form.p), value.n);
	}
	return SPAN("");
}

void http_set_mark(struct http_request *r, uint32_t mark)
{
	r->mark = mark;
}

uint32_t http_mark(const struct http_request *r)
{
	return r->mark;
}

/* --- what is answered --- */

static void add(struct MHD_Response *m, const char *name, const char *value)
{
	if (value)
		MHD_add_response_header(m, name, value);
}

/* What every answer says: nothing runs, nothing is loaded from elsewhere, nothing is kept. */
static void add_policy(struct MHD_Response *m)
{
	add(m, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'none'");
	add(m, "X-Content-Type-Options", "nosniff");
	add(m, "X-Frame-Options", "DENY");
	/* Without any, browsers name no Origin to our own forms either ("null"). */
	add(m, "Referrer-Policy", "same-origin");
	add(m, "Cross-Origin-Resource-Policy", "same-origin");
	add(m, "Cross-Origin-Opener-Policy", "same-origin");
	add(m, "Cache-Control", "no-store");
}

static void run_soon(struct http *h)
{
	loop_timer_start(h->loop, &h->run, 0);
}

void http_reply(struct http_request *r, const struct http_answer *a)
{
	void *bytes = (void *)(uintptr_t)(a->body.n ? a->body.p : "");

	if (r->response)
		return;
	r->response = MHD_create_response_from_buffer(a->body.n, bytes, MHD_RESPMEM_MUST_COPY);
	if (!r->response)
		abort();
	r->status = a->status;
	add(r->response, "Content-Type", a->type);
	add(r->response, "Location", a->location);
	add(r->response, "Content-Disposition", a->disposition);
	add(r->response, "Allow", a->allow);
	add(r->response, "Set-Cookie", a->cookies[0]);
	add(r->response, "Set-Cookie", a->cookies[1]);
	add_policy(r->response);
	if (!r->suspended)
		return;
	r->suspended = false;
	MHD_resume_connection(r->connection);
	run_soon(r->http);
}

/* --- libmicrohttpd's calls --- */

static struct http_request *request_new(struct http *h, struct MHD_Connection *c, const char *url,
					const char *method)
{
	struct http_request *r = mem_alloc(sizeof(*r));

	r->http = h;
	r->connection = c;
	r->path = mem_strdup(url);
	r->method = mem_strdup(method);
	buf_init(&r->form, HTTP_FORM_MAX);
	return r;
}

/* NULL when memory for it is gone, which ends the connection. */
static enum MHD_Result queue(struct http_request *r)
{
	enum MHD_Result result = MHD_queue_response(r->connection, r->status, r->response);

	MHD_destroy_response(r->response);
	r->response = NULL;
	return result;
}

struct head {
	int hosts, lengths;
	bool chunks;
};

static enum MHD_Result look_at_field(void *ctx, enum MHD_ValueKind kind, const char *name,
				     const char *value)
{
	struct head *h = ctx;
	struct span field = span_of(name);

	(void)kind, (void)value;
	h->hosts += span_is_ci(field, "Host");
	h->lengths += span_is_ci(field, "Content-Length");
	h->chunks = h->chunks || span_is_ci(field, "Transfer-Encoding");
	return MHD_YES;
}

/* What a proxy before us may have read in another way than we do (RFC 9112 section 11.2). */
static bool is_clear(struct http_request *r)
{
	struct head head = { 0 };

	MHD_get_connection_values(r->connection, MHD_HEADER_KIND, look_at_field, &head);
	return head.hosts < 2 && head.lengths < 2 && !head.chunks;
}

static void ask(struct http_request *r)
{
	static const struct http_answer large = { .status = MHD_HTTP_CONTENT_TOO_LARGE,
						  .body = { "too large\n", 10 },
						  .type = "text/plain" };
	static const struct http_answer unclear = { .status = MHD_HTTP_BAD_REQUEST,
						    .body = { "no such form\n", 13 },
						    .type = "text/plain" };

	r->asked = true;
	if (r->form.full)
		http_reply(r, &large);
	else if (!is_clear(r))
		http_reply(r, &unclear);
	else
		r->http->on_request(r->http->ctx, r);
}

static struct client *client_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static enum MHD_Result on_access(void *http, struct MHD_Connection *c, const char *url,
				 const char *method, const char *version, const char *upload,
				 size_t *upload_n, void **request)
{
	struct http_request *r = *request;

	(void)version;
	if (!r) {
		*request = request_new(http, c, url, method);
		client_of(c)->busy = true;
		return MHD_YES;
	}
	if (*upload_n) {
		buf_add(&r->form, (struct span){ upload, *upload_n });
		*upload_n = 0;
		return MHD_YES;
	}
	if (!r->asked)
		ask(r);
	if (r->response)
		return queue(r);
	r->suspended = true;
	MHD_suspend_connection(c);
	return MHD_YES;
}

static void on_completed(void *http, struct MHD_Connection *c, void **request,
			 enum MHD_RequestTerminationCode why)
{
	struct http_request *r = *request;
	struct http *h = http;
	struct client *client = client_of(c);

	(void)why;
	client->since_ms = clock_monotonic_ms(&h->clock); /* the next request has its own time */
	client->busy = false;
	if (!r)
		return;
	h->on_gone(h->ctx, r);
	if (r->response)
		MHD_destroy_response(r->response);
	buf_release(&r->form);
	mem_free(&r->path);
	mem_free(&r->method);
	mem_free(&r);
	*request = NULL;
}

static void shut(struct client *c)
{
	c->shut = true;
	shutdown(c->fd, SHUT_RDWR);
}

/* Who asks nothing gives way, the longest silent first: however many connect, who has something to
 * ask finds a place. */
static void make_room(struct http *h)
{
	struct client *oldest = NULL;
	size_t n = 0;

	for (struct client *c = h->clients; c; c = c->next) {
		n += !c->shut;
		if (!c->shut && !c->busy && (!oldest || c->since_ms <= oldest->since_ms))
			oldest = c;
	}
	if (n > HTTP_CLIENTS - HTTP_CLIENTS_FREE && oldest)
		shut(oldest);
}

static void on_connection(void *http, struct MHD_Connection *c, void **client,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *h = http;
	struct client *it = *client;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		it = mem_alloc(sizeof(*it));
		it->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		it->since_ms = clock_monotonic_ms(&h->clock);
		it->next = h->clients;
		if (it->next)
			it->next->at = &it->next;
		it->at = &h->clients;
		h->clients = it;
		*client = it;
		make_room(h);
		return;
	}
	*it->at = it->next;
	if (it->next)
		it->next->at = it->at;
	mem_free(&it);
	*client = NULL;
}

/* --- the loop --- */

static void turn(struct http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_run(h->daemon) == MHD_YES && MHD_get_timeout(h->daemon, &ms) == MHD_YES)
		loop_timer_start(h->loop, &h->run, ms < 1000 ? (int64_t)ms : 1000);
}

static void on_ready(void *http, int fd, unsigned int events)
{
	(void)fd, (void)events;
	turn(http);
}

static void on_run(void *http)
{
	turn(http);
}

/* Who drips is never idle: past the time for a request the socket is shut under them. */
static void on_slow(void *http)
{
	struct http *h = http;
	int64_t now = clock_monotonic_ms(&h->clock);

	for (struct client *c = h->clients; c; c = c->next)
		if (now - c->since_ms > (int64_t)HTTP_REQUEST_S * 1000)
			shut(c);
	loop_timer_start(h->loop, &h->slow, SLOW_LOOK_MS);
}

static void no_log(void *ctx, const char *format, va_list args)
{
	(void)ctx, (void)format, (void)args;
}

struct http *http_new(struct loop *loop, int fd, http_request_fn *on_request, http_gone_fn *on_gone,
		      void *ctx, struct err *e)
{
	struct http *h = mem_alloc(sizeof(*h));

	*h = (struct http){ .loop = loop,
			    .on_request = on_request,
			    .on_gone = on_gone,
			    .ctx = ctx,
			    .clock = clock_real(),
			    .run = { .fn = on_run, .ctx = h },
			    .slow = { .fn = on_slow, .ctx = h } };
	h->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_access,
	    h, MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)HTTP_CLIENTS, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned int)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_MAX,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_NOTIFY_CONNECTION,
	    on_connection, h, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	if (!h->daemon) {
		close(fd);
		mem_free(&h);
		err_set(e, ERR_TEMP, "libmicrohttpd does not start");
		return NULL;
	}
	h->fd = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	loop_watch(loop, h->fd, LOOP_READ, on_ready, h);
	loop_timer_start(loop, &h->slow, SLOW_LOOK_MS);
	return h;
}

void http_free(struct http **h)
{
	if (!*h)
		return;
	loop_forget((*h)->loop, (*h)->fd);
	loop_timer_stop((*h)->loop, &(*h)->run);
	loop_timer_stop((*h)->loop, &(*h)->slow);
	MHD_stop_daemon((*h)->daemon);
	mem_free(h);
}
