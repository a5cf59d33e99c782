/*
 * Short conversations with web servers on a loop: a body is posted over verified TLS, and what
 * came back goes to a callback.
 *
 * https only (unless `plain`), POST (or `head`), HTTP/1.1; no redirect is followed, no proxy, no
 * .netrc, no cookie, no compression.  The certificate is verified as for mail servers (connect.h).
 * An answer that is longer than HTTPS_ANSWER_MAX, header included, or not there in time, is none.
 */
#ifndef GATEWAYD_NET_HTTPS_H
#define GATEWAYD_NET_HTTPS_H

#include "gatewayd/base/loop.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/connect.h"

enum { HTTPS_ANSWER_MAX = 64 * KIB };

struct https_answer {
	int status;	  /* of HTTP; 0: there is no answer, and `why` says it */
	struct span type; /* the value of Content-Type; "": none */
	struct span body; /* wiped after the callback, as it may hold secrets */
	struct err why;	  /* ERR_TEMP */
	int64_t wait_s;	  /* Retry-After, as seconds from now; 0: it does not say */
};

enum { HTTPS_HEADERS_MAX = 8 };

struct https_request {
	const char *url;
	const char *name; /* of the server in errors, where url is not to be shown; NULL: url */
	struct span body; /* copied, the copy is wiped */
	const char *headers[HTTPS_HEADERS_MAX]; /* "NAME: VALUE", copied; none: it is a form */
	size_t header_count;
	bool plain;	  /* http is good, too */
	bool head;	  /* HEAD instead, without a body: only to see whether it is there */
	bool status_only; /* the body is cut off where it is too long, and the status counts */
	/* Asked of each address before it is connected to; NULL: all are good. */
	bool (*may_connect)(void *ctx, const struct sockaddr *address);
	const char *ca_file; /* NULL: the system's; must outlive the request, as must url */
	int timeout_s;	     /* for all of it */
	void (*fn)(void *ctx, const struct https_answer *a); /* once, never from https_post() */
	void *ctx;
};

struct https;
struct https *https_new(struct loop *l);
void https_free(struct https **h); /* what is under way hears nothing more */
int https_post(struct https *h, const struct https_request *r, struct err *e);

/* Adds "key=value" in that notation, with a "&" before it when out has one already. */
void https_form_add(struct buf *out, const char *key, struct span value);

#endif
