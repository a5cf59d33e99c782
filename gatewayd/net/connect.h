/*
 * The home of libcurl: one way to reach a server, for IMAP and for SMTP alike.
 *
 * What every connection made here has in common: the certificate is verified for the host's name
 * against the configured CA file (and only that) or the system's; STARTTLS is demanded, not tried;
 * plain text goes to loopback addresses only; no proxy, no .netrc, no redirect from the environment
 * is looked at.  A credential therefore leaves this process only inside a verified TLS session, or
 * over loopback.  Nothing here prints: libcurl's own trace is read for its first word at most.
 *
 * libcurl connects, negotiates TLS and logs in (SASL PLAIN or LOGIN, XOAUTH2, OAUTHBEARER), then
 * this is a plain stream.
 *
 * A stream is used by one thread at a time.  Errors are ERR_TEMP: a server that refuses today may
 * not tomorrow; ERR_PERM is a setting that can never work.
 */
#ifndef GATEWAYD_NET_CONNECT_H
#define GATEWAYD_NET_CONNECT_H

#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "conf/conf.h"
#include "gatewayd/base/err.h"

enum connect_protocol { CONNECT_IMAP, CONNECT_SMTP };

/*
 * For a caller that wants to know how far it got before the stream is its own.  The timeouts are
 * the caller's then.
 */
struct connect_watch {
	void (*command)(void *ctx, struct span command); /* goes out; it may hold a credential */
	void (*line)(void *ctx, struct span line);	 /* came */
	bool (*late)(void *ctx); /* asked now and then: it has taken too long */
	void *ctx;
};

struct connect_options {
	const struct conf_server *server;
	const char *secret;	 /* password or token; NULL: none.  Libcurl keeps a copy */
	const char *helo;	 /* SMTP: our name in EHLO; NULL: the machine's */
	bool *login_refused;	 /* set when the server refuses the log-in; may be NULL */
	const atomic_bool *stop; /* set by another thread: give up within a second; may be NULL */
	const struct connect_watch *watch; /* NULL: nobody watches */
};

/* Once a process, before the first thread: libcurl, GnuTLS, and SIGPIPE ignored. */
int connect_global_init(struct err *e);
void connect_global_cleanup(void);

/* Whether this address may be connected to at all: without TLS only this machine itself. */
bool connect_allowed(enum conf_tls tls, const struct sockaddr *address);

/* Why a libcurl code came, for a person, without anything secret. */
const char *connect_reason(int curl_code, const char *detail);

struct connect;

/* Connected, TLS up, logged in, or -1; within connect_timeout_s + command_timeout_s in all, or,
 * where somebody watches, command_timeout_s for each step. */
int connect_open(enum connect_protocol protocol, const struct connect_options *o,
		 struct connect **ret_connect, struct err *e);
void connect_close(struct connect **c);
/* What the server can, as the answer to the log-in named it (login_said.h); the caller frees it
 * with mem_free().  NULL: it did not. */
char *connect_take_capability(struct connect *c);

enum { CONNECT_AGAIN = -2 };

/* 1 or more bytes; 0 at the end of the stream; CONNECT_AGAIN: nothing there now; -1: broken.  It
 * never waits: a server that wants to negotiate TLS anew (TLS 1.2) has broken it. */
ssize_t connect_recv(struct connect *c, void *p, size_t n);
/* So many bytes as go now, 1 or more; CONNECT_AGAIN: none; -1: broken. */
ssize_t connect_send_some(struct connect *c, const void *p, size_t n);
/* All n bytes before the deadline, else -1. */
int connect_send(struct connect *c, const void *p, size_t n, int64_t deadline_ms);

/* To wait for, with others; what was already received is not seen there. */
int connect_fd(const struct connect *c);

/* Before connect_wait(): nothing is complete before so many bytes more have come (low_water.h); 0:
 * each byte may matter. */
void connect_expect(struct connect *c, uint64_t bytes);

/* Nothing is awaited for a while: memory that was kept for reading is given back. */
void connect_rest(struct connect *c);

enum connect_ready { CONNECT_READABLE, CONNECT_TIMEOUT, CONNECT_WOKEN, CONNECT_STOPPED };

/*
 * Waits until the socket is readable, wake_fd (-1: none) is, or the deadline.  Ask connect_recv()
 * first: what TLS has already decrypted is not seen here.
 */
enum connect_ready connect_wait(struct connect *c, int wake_fd, int64_t deadline_ms);

#endif
