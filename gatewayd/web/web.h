/*
 * The web role in the making: for web.c (what is asked) and web_reply.c (what is answered) only.
 */
#ifndef GATEWAYD_WEB_WEB_H
#define GATEWAYD_WEB_WEB_H

#include "gatewayd/web/http.h"
#include "gatewayd/web/route.h"
#include "gatewayd/wire/role.h"
#include "gatewayd/wire/setup_web.h"

#define WEB_SESSION_COOKIE "gatewayd_session"
#define WEB_BROWSER_COOKIE "gatewayd_browser"

/* A request that core is asked for. */
struct waiting {
	struct http_request *request; /* NULL: free */
	const struct route *route;
	struct span piece; /* in request's path */
	uint32_t id;
	int64_t since_ms;
};

struct web {
	struct role *role;
	struct arena settings;
	struct setup_web setup;
	struct span prefix, host; /* of the public address */
	bool secure;		  /* it is https */
	int fd;
	struct http *http;
	struct waiting waiting[WEB_WAITING_MAX];
	uint32_t last_id;
	struct loop_timer look;
};

/* As Prometheus asks for it, in Accept. */
bool web_wants_openmetrics(const struct http_request *r);
void web_reply_text(struct http_request *r, unsigned int status, const char *text);
/* A page that says one thing, and leads back to that path; NULL: nowhere. */
void web_reply_said(struct web *w, struct http_request *r, unsigned int status, const char *title,
		    const char *said, const char *back);
/* A form that nobody needs to be asked for; the browser gets its name with it. */
void web_reply_form(struct web *w, struct http_request *r, const struct route *route);
void web_reply_told(struct web *w, const struct waiting *q, const struct web_told *told);

#endif
