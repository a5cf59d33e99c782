/*
 * Frames between two roles over a stream socket pair: typed put and get, descriptors beside.
 *
 * A frame is {u32 payload length, u16 type, u16 descriptors} in the machine's byte order, then the
 * payload.  What a peer may send is a table of rules: a type that is not permitted from it, a
 * payload over the rule's size or another count of descriptors ends the conversation.  A reader
 * gets each field through wire_get_*() and then asks wire_done(): the whole frame must be consumed,
 * no more, no less.
 *
 * A frame whose rule says that secrets stand in it is wiped from memory when it was sent, and by
 * wire_done() when it was read: take a copy before.
 */
#ifndef GATEWAYD_WIRE_WIRE_H
#define GATEWAYD_WIRE_WIRE_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/units.h"

enum {
	WIRE_FDS_MAX = 2,	   /* descriptors a frame */
	WIRE_QUEUE_MAX = 64 * MIB, /* bytes waiting to be sent: past it the peer is lost */
};

struct wire_rule {
	const char *name;
	uint8_t from, to; /* roles */
	uint32_t max;	  /* bytes of payload */
	uint8_t fds;	  /* exactly so many */
	bool secret;	  /* wiped after use */
};

struct wire_frame;
struct wire;

/* Hears of each frame that is sent (queued) or was received. */
typedef void wire_trace_fn(const struct wire *w, const struct wire_rule *rule, bool sent,
			   uint32_t bytes);

struct wire {
	int fd; /* owned; non-blocking; -1: not connected */
	uint8_t self, peer;
	const struct wire_rule *rules; /* by type */
	size_t rule_count;
	wire_trace_fn *trace; /* NULL: nobody */
	struct buf in;
	size_t in_done; /* bytes of it that were handed out */
	int *in_fds;
	size_t in_fd_count;
	bool gathers; /* wire_send() leaves what is sent to wire_flush(), but for descriptors */
	struct wire_frame *out_head, *out_tail;
	size_t out_bytes;
	bool full; /* the kernel took no more at the last wire_flush() */
};

void wire_init(struct wire *w, int fd, uint8_t self, uint8_t peer, const struct wire_rule *rules,
	       size_t rule_count);
void wire_release(struct wire *w); /* closes all descriptors, the unclaimed ones too */

/* --- sending --- */

struct wire_out {
	struct buf payload;
	uint16_t type;
	int fds[WIRE_FDS_MAX]; /* duplicated on wire_send(): they stay the caller's */
	size_t fd_count;
};

/* A frame that was begun is sent or dropped. */
void wire_begin(struct wire_out *o, uint16_t type);
void wire_drop(struct wire_out *o);
void wire_put_u8(struct wire_out *o, uint8_t v);
void wire_put_u32(struct wire_out *o, uint32_t v);
void wire_put_i64(struct wire_out *o, int64_t v);
void wire_put_span(struct wire_out *o, struct span s);
void wire_put_fd(struct wire_out *o, int fd);
/* Queues the frame, sends what goes without waiting, and releases o.  ERR_TEMP: the peer is gone,
 * or it was shut out: after an error that is not "later" both ends read the end, and nothing goes.
 */
int wire_send(struct wire *w, struct wire_out *o, struct err *e);
/* Sends more of the queue; call it when the descriptor is writable. */
int wire_flush(struct wire *w, struct err *e);
static inline bool wire_wants_write(const struct wire *w)
{
	return w->out_head != NULL;
}
/* Waits until the queue is empty. */
int wire_flush_all(struct wire *w, int timeout_ms, struct err *e);

/* --- receiving --- */

struct wire_in {
	uint16_t type;
	struct span rest; /* of the payload; valid until the next wire_read() */
	char *secret;	  /* the payload, when it is to be wiped; else NULL */
	size_t secret_n;
	int fds[WIRE_FDS_MAX]; /* the reader's own from here on; -1: none */
	bool bad;	       /* something was read past the end */
};

/* Reads what is there.  *ret_open is false at the end of the stream. */
int wire_read(struct wire *w, bool *ret_open, struct err *e);
/* Takes the next whole frame, if there is one; ERR_PERM for a frame that breaks its rule. */
int wire_next(struct wire *w, bool *ret_found, struct wire_in *ret_in, struct err *e);
/* Whole frames were all that came: the stream may end here. */
static inline bool wire_is_idle(const struct wire *w)
{
	return w->in.n == w->in_done;
}
/* Waits for one frame: for set-up conversations before a loop runs. */
int wire_wait(struct wire *w, int timeout_ms, struct wire_in *ret_in, struct err *e);

uint8_t wire_get_u8(struct wire_in *in);
uint32_t wire_get_u32(struct wire_in *in);
int64_t wire_get_i64(struct wire_in *in);
struct span wire_get_span(struct wire_in *in);
/* What is another value than these is as bad as a field that is missing. */
bool wire_get_bool(struct wire_in *in);
uint8_t wire_get_enum(struct wire_in *in, unsigned int count); /* 0 .. count - 1 */
int wire_take_fd(struct wire_in *in, size_t index);	       /* -1 when taken or none */
void wire_close_fds(struct wire_in *in);		       /* those not taken */
/* 0 when all was read and no more; else ERR_PERM.  Closes what was not taken, wipes secrets. */
int wire_done(struct wire_in *in, struct err *e);

/* A connected pair, close-on-exec. */
int wire_pair(int ret_fds[2], struct err *e);

#endif
