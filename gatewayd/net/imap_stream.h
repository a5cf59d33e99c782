/*
 * The bytes under an IMAP session: connect.h's stream, read through imap_guard.h, with one deadline
 * for all of a command's answer.
 *
 * After the first error the stream is dead for good and `why` says what happened.
 *
 * A command can be sent ahead, while answers to others are still to come (RFC 3501 section 5.5).
 * Those that are written together go out together, at the end of it.  When its turn comes it is
 * written once more, and nothing goes out: what is written then must be what was sent.
 */
#ifndef GATEWAYD_NET_IMAP_STREAM_H
#define GATEWAYD_NET_IMAP_STREAM_H

#include "gatewayd/net/connect.h"
#include "gatewayd/net/imap_guard.h"

/* What the answer to a command may take. */
struct imap_limits {
	int64_t extra_ms;	      /* beyond the time that each command has */
	int64_t answer_max, body_max; /* bytes; in all, and of the largest message */
};

enum { IMAP_AHEAD_MAX = 64 }; /* commands */

/* What else is done while an answer is awaited. */
struct imap_while {
	int fd;			  /* -1: nothing is done */
	void (*pause)(void *ctx); /* before each wait */
	void (*wake)(void *ctx);  /* fd is readable */
	void *ctx;
};

struct imap_stream {
	struct connect *connect; /* owned */
	struct imap_guard guard;
	struct buf in; /* passed by the guard, not yet read */
	size_t in_at;
	int64_t timeout_ms; /* that each command has */
	int64_t deadline_ms;
	bool is_ahead;				   /* what is written now is sent ahead */
	struct buf ahead;			   /* sent ahead, and not yet written in its turn */
	size_t unsent;				   /* bytes at its end that go out together */
	struct imap_limits limits[IMAP_AHEAD_MAX]; /* of those */
	size_t limit_count;
	struct imap_while meanwhile;
	bool dead;
	struct err why;
};

/* Takes over the connection; first is read before anything the server says. */
void imap_stream_init(struct imap_stream *s, struct connect *connect, int64_t timeout_ms,
		      struct span first);
void imap_stream_release(struct imap_stream *s);

/* What is written from now on is sent ahead; at the end of it all of that goes out. */
void imap_stream_ahead(struct imap_stream *s, bool on);

/* Before each command, once when it is sent ahead and once in its turn. */
void imap_stream_command(struct imap_stream *s, const struct imap_limits *l);

/* At least one byte, or -1: end of the stream, deadline, or a rule broken; ahead nothing is read.
 */
ssize_t imap_stream_read(struct imap_stream *s, void *p, size_t n);
int imap_stream_write(struct imap_stream *s, const void *p, size_t n);

/*
 * Takes in what comes until something passes the guard, wake_fd is readable or the deadline is over
 * (CONNECT_READABLE, CONNECT_WOKEN, CONNECT_TIMEOUT).  -1: the stream is dead.
 */
int imap_stream_pump(struct imap_stream *s, int wake_fd, int64_t deadline_ms);

#endif
