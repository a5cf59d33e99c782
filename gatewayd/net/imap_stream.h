/*
 * The bytes under an IMAP session: connect.h's stream, read through imap_guard.h, with one deadline
 * for all of a command's answer.
 *
 * After the first error the stream is dead for good and `why` says what happened.
 */
#ifndef GATEWAYD_NET_IMAP_STREAM_H
#define GATEWAYD_NET_IMAP_STREAM_H

#include "gatewayd/net/connect.h"
#include "gatewayd/net/imap_guard.h"

struct imap_stream {
	struct connect *connect; /* owned */
	struct imap_guard guard;
	struct buf in; /* passed by the guard, not yet read */
	size_t in_at;
	int64_t deadline_ms;
	bool dead;
	struct err why;
};

/* Takes over the connection; first is read before anything the server says. */
void imap_stream_init(struct imap_stream *s, struct connect *connect, struct span first);
void imap_stream_release(struct imap_stream *s);

/* What the next command's answer may take in time and bytes. */
void imap_stream_command(struct imap_stream *s, int64_t timeout_ms, int64_t answer_max,
			 int64_t body_max);

/* At least one byte, or -1: end of the stream, deadline, or a rule broken. */
ssize_t imap_stream_read(struct imap_stream *s, void *p, size_t n);
int imap_stream_write(struct imap_stream *s, const void *p, size_t n);

/*
 * Takes in what comes until something passes the guard, wake_fd is readable or the deadline is over
 * (CONNECT_READABLE, CONNECT_WOKEN, CONNECT_TIMEOUT).  -1: the stream is dead.
 */
int imap_stream_pump(struct imap_stream *s, int wake_fd, int64_t deadline_ms);

#endif
