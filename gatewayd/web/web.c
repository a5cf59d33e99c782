/*
 * The role that browsers and Prometheus talk to: it knows nothing, and asks core (web_talk.h).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/web/page.h"
#include "gatewayd/web/web.h"

enum {
	ANSWER_MS = 10000, /* that core may take */
	LOOK_MS = 1000,
	BACKLOG = 128,
	FILES_MAX = 512, /* descriptors */
	WORD_MAX = 1000, /* bytes of what a browser says, one thing */
};

static int on_told(void *ctx, struct wire_in *in, struct err *e)
{
	struct web *w = ctx;
	struct arena a ARENA_AUTO;
	struct web_told told;

	arena_init(&a);
	if (web_told_get(in, &a, &told, e) < 0)
		return -1;
	for (size_t i = 0; i < WEB_WAITING_MAX; i++) {
		struct waiting q = w->waiting[i];

		if (!q.request || q.id != told.id)
			continue;
		w->waiting[i].request = NULL;
		web_reply_told(w, &q, &told);
	}
	web_told_release(&told);
	return 0;
}

/* --- what browsers ask --- */

static struct waiting *free_place(struct web *w)
{
	for (size_t i = 0; i < WEB_WAITING_MAX; i++)
		if (!w->waiting[i].request)
			return &w->waiting[i];
	return NULL;
}

/* What is too long, no text, or has controls in it says nothing. */
static struct span plain_word(struct span s)
{
	if (s.n > WORD_MAX || !utf8_valid(s))
		return SPAN("");
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ')
			return SPAN("");
	return s;
}

static int64_t number_of(struct span s)
{
	int64_t number;

	return span_i64(s, &number) && number > 0 ? number : 0;
}

static struct web_ask ask_of(const struct http_request *r, const struct route *route,
			     struct span piece, uint32_t id)
{
	struct span cookies = http_field(r, "Cookie");
	struct web_ask ask = {
		.id = id,
		.page = route->page,
		.session = plain_word(route_cookie(cookies, WEB_SESSION_COOKIE)),
		.browser = plain_word(route_cookie(cookies, WEB_BROWSER_COOKIE)),
		.queue = plain_word(http_query(r, "queue")),
		.owner = plain_word(http_query(r, "owner")),
		.state = plain_word(http_query(r, "state")),
		.number = number_of(piece),
		.before = number_of(http_query(r, "before")),
	};

	if (route->page == WEB_LINK)
		ask.word = plain_word(span_trim(http_form(r, "address")));
	else if (route->page == WEB_SEARCH)
		ask.word = plain_word(http_query(r, "q"));
	else if (route->page == WEB_METRICS && web_wants_openmetrics(r))
		ask.word = SPAN("openmetrics");
	else
		ask.word = plain_word(piece);
	return ask;
}

static void ask_core(struct web *w, struct http_request *r, const struct route *route,
		     struct span piece)
{
	struct waiting *q = free_place(w);
	struct web_ask ask;
	struct err e = { 0 };

	if (!q) {
		web_reply_text(r, 503, "too many questions at a time; try again\n");
		return;
	}
	ask = ask_of(r, route, piece, ++w->last_id);
	if (web_ask_put(&w->role->core, &ask, &e) < 0) {
		web_reply_text(r, 503, "gatewayd cannot answer now\n");
		return;
	}
	*q = (struct waiting){ r, route, piece, ask.id, clock_monotonic_ms(&w->role->clock) };
	role_core_update(w->role);
}

/* A form of another site must not act here: browsers say where it stands. */
static bool from_elsewhere(const struct web *w, const struct http_request *r)
{
	struct span origin = http_field(r, "Origin"), site = http_field(r, "Sec-Fetch-Site");
	struct span host = http_field(r, "Host");

	if (site.n && !span_is(site, "same-origin") && !span_is(site, "none"))
		return true;
	if (!origin.n)
		return false;
	return !span_eq_ci(route_host(origin), host) && !span_eq_ci(route_host(origin), w->host);
}

static void serve(struct web *w, struct http_request *r, const struct route *route,
		  struct span piece)
{
	bool own_form = route->page != WEB_UNSUBSCRIBE; /* that is a mail client's (RFC 8058) */

	if (strcmp(http_method(r), "POST") == 0 && own_form && from_elsewhere(w, r)) {
		web_reply_text(r, 403, "this form is not of these pages\n");
		return;
	}
	switch (route->kind) {
	case ROUTE_ASK: ask_core(w, r, route, piece); break;
	case ROUTE_FORM: web_reply_form(w, r, route); break;
	case ROUTE_ALIVE: web_reply_text(r, 200, "ok\n"); break;
	case ROUTE_STYLE:
		http_reply(r, &(struct http_answer){ .status = 200,
						     .body = page_text("style.css"),
						     .type = "text/css; charset=utf-8" });
		break;
	}
}

static void on_request(void *ctx, struct http_request *r)
{
	struct web *w = ctx;
	const struct route *route = NULL;
	struct span piece;

	if (!route_host_ok(http_field(r, "Host"), w->host)) {
		web_reply_text(r, 421, "this is not the host of these pages; see web.public_url\n");
		return;
	}
	switch (route_find(http_method(r), route_strip(http_path(r), w->prefix), &route, &piece)) {
	case ROUTE_FOUND: serve(w, r, route, piece); break;
	case ROUTE_NO_PATH:
		web_reply_said(w, r, 404, "Not found", "There is no such page.", "/");
		break;
	case ROUTE_NO_METHOD: web_reply_text(r, 405, "not by this method\n"); break;
	}
}

static void on_gone(void *ctx, struct http_request *r)
{
	struct web *w = ctx;

	for (size_t i = 0; i < WEB_WAITING_MAX; i++)
		if (w->waiting[i].request == r)
			w->waiting[i].request = NULL;
}

/* What core does not answer in time, and at the end what it never will. */
static void give_up(struct web *w, int64_t older_ms)
{
	int64_t now = clock_monotonic_ms(&w->role->clock);

	for (size_t i = 0; i < WEB_WAITING_MAX; i++) {
		struct waiting *q = &w->waiting[i];
		struct http_request *r = q->request;

		if (!r || now - q->since_ms < older_ms)
			continue;
		q->request = NULL;
		web_reply_text(r, 503, "gatewayd does not answer; try again\n");
	}
}

static void on_look(void *ctx)
{
	struct web *w = ctx;

	give_up(w, ANSWER_MS);
	loop_timer_start(w->role->loop, &w->look, LOOK_MS);
}

/* --- life --- */

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct web *w = ctx;
	struct span url;

	if (setup_web_get(in, &w->settings, &w->setup, e) < 0)
		return -1;
	url =
	    span_of(w->setup.public_url ? w->setup.public_url
					: arena_printf(&w->settings, "http://%s", w->setup.listen));
	w->prefix = route_prefix(url);
	w->host = route_host(url);
	w->secure = span_starts_ci(url, SPAN("https:"));
	return 0;
}

/* "127.0.0.1:8025", "[::1]:8025": the configuration was checked. */
static socklen_t address_of(const char *listen, struct sockaddr_storage *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	const char *colon = strrchr(listen, ':');
	uint64_t port = 0;
	char host[INET6_ADDRSTRLEN + 2];
	size_t n = (size_t)(colon - listen);

	*ret = (struct sockaddr_storage){ 0 };
	span_u64(span_of(colon + 1), &port);
	if (listen[0] == '[') {
		snprintf(host, sizeof(host), "%.*s", (int)n - 2, listen + 1);
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		inet_pton(AF_INET6, host, &v6->sin6_addr);
		return sizeof(*v6);
	}
	snprintf(host, sizeof(host), "%.*s", (int)n, listen);
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, host, &v4->sin_addr);
	return sizeof(*v4);
}

/* A port that another has is tried again later: mail goes on without these pages. */
static int open_socket(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	struct web *w = ctx;
	struct sockaddr_storage address;
	socklen_t n = address_of(w->setup.listen, &address);
	int on = 1;

	limits->files = FILES_MAX;
	w->fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return err_set(e, ERR_TEMP, "socket: %s", strerror(errno));
	setsockopt(w->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(w->fd, (struct sockaddr *)&address, n) < 0 || listen(w->fd, BACKLOG) < 0) {
		close(w->fd);
		return err_set(e, ERR_TEMP, "web.listen %s: %s", w->setup.listen, strerror(errno));
	}
	return 0;
}

static int seal(void *ctx, struct err *e)
{
	(void)ctx;
	return sandbox_serve(e);
}

static int start(void *ctx, struct err *e)
{
	struct web *w = ctx;

	w->http = http_new(w->role->loop, w->fd, on_request, on_gone, w, e);
	if (!w->http)
		return -1;
	w->look = (struct loop_timer){ .fn = on_look, .ctx = w };
	loop_timer_start(w->role->loop, &w->look, LOOK_MS);
	log_event(LOG_NOTICE, "web.ready", log_text("listen", w->setup.listen));
	return 0;
}

static void end(void *ctx, enum role_why why)
{
	struct web *w = ctx;

	(void)why;
	role_stop(w->role, EX_OK);
}

int web_main(struct role *r)
{
	struct web w = { .role = r, .fd = -1 };
	struct role_part part = { .setup = take_setup,
				  .open = open_socket,
				  .seal = seal,
				  .start = start,
				  .from_core = on_told,
				  .end = end,
				  .ctx = &w };
	int status;

	arena_init(&w.settings);
	status = role_run(r, &part);
	give_up(&w, 0); /* none may be left when the server ends */
	loop_timer_stop(r->loop, &w.look);
	http_free(&w.http);
	arena_release(&w.settings);
	role_release(r);
	return status;
}
