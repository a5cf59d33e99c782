/*
 * The home of libmicrohttpd: requests with a bounded head and a small form, answers of bytes.
 *
 * On the role's loop, no thread.  Bounded: HTTP_CLIENTS connections (of those without a request the
 * longest silent gives way to a new one when few places are left), HTTP_HEAD_MAX bytes of a head,
 * HTTP_FORM_MAX of a body, HTTP_IDLE_S without a byte, HTTP_REQUEST_S for a whole request however
 * it drips.
 */
#ifndef GATEWAYD_WEB_HTTP_H
#define GATEWAYD_WEB_HTTP_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/loop.h"

enum {
	HTTP_CLIENTS = 256,
	HTTP_CLIENTS_FREE = 64,
	HTTP_HEAD_MAX = 16 * 1024,
	HTTP_FORM_MAX = 4 * 1024,
	HTTP_IDLE_S = 5,
	HTTP_REQUEST_S = 30,
};

struct http;
struct http_request;

/* A whole request: answer it now, or later. */
typedef void http_request_fn(void *ctx, struct http_request *r);
/* Its client is gone before it was answered: forget it. */
typedef void http_gone_fn(void *ctx, struct http_request *r);

/* Takes the listening socket. */
struct http *http_new(struct loop *loop, int fd, http_request_fn *on_request, http_gone_fn *on_gone,
		      void *ctx, struct err *e);
void http_free(struct http **h);

const char *http_method(const struct http_request *r);
struct span http_path(const struct http_request *r); /* decoded, without the query */
/* "" when it is not there. */
struct span http_field(const struct http_request *r, const char *name);
struct span http_query(const struct http_request *r, const char *name);
struct span http_form(const struct http_request *r, const char *name); /* urlencoded */

/* The caller's, from the first call on_request() on. */
void http_set_mark(struct http_request *r, uint32_t mark);
uint32_t http_mark(const struct http_request *r);

struct http_answer {
	unsigned int status;
	struct span body;	 /* copied */
	const char *type;	 /* Content-Type */
	const char *location;	 /* NULL: none */
	const char *disposition; /* Content-Disposition; NULL: none */
	const char *cookies[2];	 /* Set-Cookie; NULL: none */
	const char *allow;	 /* NULL: none */
};
void http_reply(struct http_request *r, const struct http_answer *a);

#endif
