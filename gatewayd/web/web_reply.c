/* What the web role answers: texts, pages, files, cookies. */
#include <stdio.h>
#include <string.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/log.h"
#include "gatewayd/web/page.h"
#include "gatewayd/web/web.h"

enum {
	PAGE_MAX = 16 * 1024 * 1024,
	BROWSER_BYTES = 16,
};

void web_reply_text(struct http_request *r, unsigned int status, const char *text)
{
	http_reply(r, &(struct http_answer){ .status = status,
					     .body = span_of(text),
					     .type = "text/plain; charset=utf-8" });
}

static void reply_to(struct web *w, struct http_request *r, const char *path, const char *cookie)
{
	char location[256];

	snprintf(location, sizeof(location), SPAN_FMT "%s", SPAN_ARG(w->prefix), path);
	http_reply(r, &(struct http_answer){ .status = 303,
					     .body = SPAN("see the other page\n"),
					     .type = "text/plain; charset=utf-8",
					     .location = location,
					     .cookies = { cookie, NULL } });
}

/* What each page may say: where links lead, and what it is called. */
static struct template_data *page_data(const struct web *w, struct arena *a, const char *title)
{
	struct template_data *d = template_data_new(a);

	template_set(d, "prefix", w->prefix);
	template_set(d, "title", span_of(title));
	template_set(d, "company", span_of(w->setup.company));
	return d;
}

static void reply_page(struct http_request *r, unsigned int status, const char *name,
		       const struct template_data *d, const char *cookie)
{
	struct buf out BUF_AUTO;
	struct err e = { 0 };

	buf_init(&out, PAGE_MAX);
	if (page_write(name, d, &out, &e) < 0) {
		log_event(LOG_ERROR, "web.page-failed", log_text("page", name), log_reason(&e));
		web_reply_text(r, 500, "the page could not be made\n");
		return;
	}
	http_reply(r, &(struct http_answer){ .status = status,
					     .body = buf_span(&out),
					     .type = "text/html; charset=utf-8",
					     .cookies = { cookie, NULL } });
}

void web_reply_said(struct web *w, struct http_request *r, unsigned int status, const char *title,
		    const char *said, const char *back)
{
	struct arena a ARENA_AUTO;
	struct template_data *d;

	arena_init(&a);
	d = page_data(w, &a, title);
	template_set(d, "said", span_of(said));
	if (back) {
		template_set(d, "back", span_of(back));
		template_set(d, "back_text", SPAN("Back"));
	}
	reply_page(r, status, "said", d, NULL);
}

/* --- cookies --- */

/* until 0: it goes with the browser's session; -1: it ends now. */
static void make_cookie(const struct web *w, const char *name, struct span value, int64_t for_s,
			char *out, size_t size)
{
	char age[48] = "";

	if (for_s)
		snprintf(age, sizeof(age), "; Max-Age=%lld", (long long)(for_s > 0 ? for_s : 0));
	snprintf(out, size, "%s=" SPAN_FMT "; Path=/; HttpOnly; SameSite=Lax%s%s", name,
		 SPAN_ARG(value), age, w->secure ? "; Secure" : "");
}

static bool make_browser(const struct web *w, const struct http_request *r, char *out, size_t size)
{
	uint8_t random[BROWSER_BYTES];
	char hex[2 * BROWSER_BYTES + 1];

	if (route_cookie(http_field(r, "Cookie"), WEB_BROWSER_COOKIE).n)
		return false;
	crypto_random(random, sizeof(random));
	hex_encode(random, sizeof(random), hex);
	make_cookie(w, WEB_BROWSER_COOKIE, span_of(hex), (int64_t)365 * 86400, out, size);
	return true;
}

void web_reply_form(struct web *w, struct http_request *r, const struct route *route)
{
	struct arena a ARENA_AUTO;
	struct template_data *d;
	char cookie[512];
	bool fresh = make_browser(w, r, cookie, sizeof(cookie));

	arena_init(&a);
	d = page_data(w, &a, route->title);
	template_set(d, "button", span_of(route->title));
	reply_page(r, 200, route->template, d, fresh ? cookie : NULL);
}

/* --- what core said --- */

static void reply_file(struct http_request *r, const struct web_told *told)
{
	struct buf disposition BUF_AUTO;

	buf_init(&disposition, 4096);
	buf_adds(&disposition, "attachment; filename*=UTF-8''");
	for (size_t i = 0; i < told->name.n && i < 255; i++) {
		unsigned char c = (unsigned char)told->name.p[i];

		if (ascii_is_alpha(c) || ascii_is_digit(c) || c == '.' || c == '-' || c == '_')
			buf_addc(&disposition, (char)c);
		else
			buf_addf(&disposition, "%%%02X", c);
	}
	/* Whatever the mail says it is: a browser must not show it as ours. */
	http_reply(r, &(struct http_answer){ .status = 200,
					     .body = told->body,
					     .type = "application/octet-stream",
					     .disposition = buf_cstr(&disposition) });
}

static const char *title_of(const struct waiting *q, struct arena *a)
{
	size_t n = strlen(q->route->title);

	/* "Case #" */
	return q->route->title[n - 1] == '#'
		   ? arena_printf(a, "%s" SPAN_FMT, q->route->title, SPAN_ARG(q->piece))
		   : q->route->title;
}

static void reply_rows(struct web *w, const struct waiting *q, const struct web_told *told)
{
	struct arena a ARENA_AUTO;
	struct template_data *d;
	json_t *page JSON_AUTO = NULL;
	struct err e = { 0 };

	arena_init(&a);
	d = page_data(w, &a, title_of(q, &a));
	if (told->body.n && json_read(told->body, &page, &e) < 0) {
		log_event(LOG_ERROR, "web.page-failed", log_reason(&e));
		web_reply_text(q->request, 500, "core said something that is no page\n");
		return;
	}
	if (page)
		page_fill(d, &a, page);
	reply_page(q->request, 200, q->route->template, d, NULL);
}

static void reply_signed_in(struct web *w, const struct waiting *q, const struct web_told *told)
{
	char cookie[512];

	make_cookie(w, WEB_SESSION_COOKIE, told->session, w->setup.session_s, cookie,
		    sizeof(cookie));
	reply_to(w, q->request, "/", cookie);
}

bool web_wants_openmetrics(const struct http_request *r)
{
	return span_find_ci(http_field(r, "Accept"), SPAN("application/openmetrics-text")) !=
	       SIZE_MAX;
}

static void reply_metrics(struct http_request *r, const struct web_told *told)
{
	http_reply(r, &(struct http_answer){
			  .status = 200,
			  .body = told->body,
			  .type = web_wants_openmetrics(r)
				      ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
				      : "text/plain; version=0.0.4; charset=utf-8" });
}

static void reply_done(struct web *w, const struct waiting *q, const struct web_told *told)
{
	char cookie[512];

	switch ((int)q->route->page) {
	case WEB_READY: web_reply_text(q->request, 200, "ready\n"); break;
	case WEB_METRICS: reply_metrics(q->request, told); break;
	case WEB_FILE: reply_file(q->request, told); break;
	case WEB_SIGN_IN: reply_signed_in(w, q, told); break;
	case WEB_SIGN_OUT:
		make_cookie(w, WEB_SESSION_COOKIE, SPAN(""), -1, cookie, sizeof(cookie));
		reply_to(w, q->request, "/sign-in", cookie);
		break;
	case WEB_UNSUBSCRIBE:
		web_reply_said(w, q->request, 200, q->route->title,
			       "You get no more recommendations from us.", NULL);
		break;
	default: reply_rows(w, q, told); break;
	}
}

static void reply_not_found(struct web *w, const struct waiting *q)
{
	if (q->route->page == WEB_SIGN_IN)
		web_reply_said(
		    w, q->request, 403, "This link does not work",
		    "It was used, is older than ten minutes, or was asked for in another "
		    "browser. Ask for a new one here.",
		    "/sign-in");
	else
		web_reply_said(w, q->request, 404, "Not found", "There is no such thing here.",
			       q->route->page == WEB_UNSUBSCRIBE ? NULL : "/");
}

void web_reply_told(struct web *w, const struct waiting *q, const struct web_told *told)
{
	switch (told->outcome) {
	case WEB_DONE: reply_done(w, q, told); break;
	case WEB_STRANGER: reply_to(w, q->request, "/sign-in", NULL); break;
	case WEB_NOT_FOUND: reply_not_found(w, q); break;
	case WEB_TROUBLE:
	case WEB_OUTCOME_COUNT:
		web_reply_text(q->request, 503, "gatewayd cannot answer now; its log says why\n");
		break;
	}
}
