/*
 * Which request is for what: one table, pure.
 *
 * A path is compared as it came, after percent decoding, with the prefix of the public address
 * taken off when it is there: proxies may leave it or not.  Nothing of it names a file.
 */
#ifndef GATEWAYD_WEB_ROUTE_H
#define GATEWAYD_WEB_ROUTE_H

#include "gatewayd/base/str.h"
#include "gatewayd/wire/web_talk.h"

enum route_kind {
	ROUTE_ASK,   /* core is asked for `page` */
	ROUTE_STYLE, /* the style sheet */
	ROUTE_ALIVE, /* "ok" */
	ROUTE_FORM,  /* `template`, with nothing to ask */
};

struct route {
	const char *method; /* "GET" (HEAD too), "POST" */
	const char *path;   /* a star at its end: one more piece */
	enum route_kind kind;
	enum web_page page;
	const char *template; /* pages/NAME.html; NULL: no page */
	const char *title;
};

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/* *ret_piece: what stands for "*". */
enum route_found route_find(const char *method, struct span path, const struct route **ret_route,
			    struct span *ret_piece);

/* The path without the prefix ("": none), when it stands before it as a whole. */
struct span route_strip(struct span path, struct span prefix);
/* "/a/b" of "https://host/a/b/"; "" */
struct span route_prefix(struct span url);
/* "host:8443" of it. */
struct span route_host(struct span url);

/*
 * A Host field that a page of a stranger cannot have brought a browser to: an address, localhost,
 * or the host of the public address (DNS rebinding).
 */
bool route_host_ok(struct span host, struct span public_host);

/* The value of a cookie of that name in a Cookie field; "" when it is not there. */
struct span route_cookie(struct span field, const char *name);

#endif
