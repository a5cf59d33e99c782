#include "gatewayd/wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

enum {
	READ_CHUNK = 64 * KIB,
	IN_FDS_MAX = 64,
	FRAMES_MAX = 64, /* sent in one call */
	GATHERED_MAX = 256 * KIB,
};

struct header {
	uint32_t size;
	uint16_t type, fds;
};

struct wire_frame {
	struct wire_frame *next;
	char *bytes;
	size_t n, sent;
	int fds[WIRE_FDS_MAX];
	size_t fd_count;
	bool secret;
};

void wire_init(struct wire *w, int fd, uint8_t self, uint8_t peer, const struct wire_rule *rules,
	       size_t rule_count)
{
	*w = (struct wire){
		.fd = fd, .self = self, .peer = peer, .rules = rules, .rule_count = rule_count
	};
	buf_init(&w->in, SIZE_MAX); /* the rules bound it: see wire_next() */
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void frame_free(struct wire_frame *f)
{
	close_all(f->fds, f->fd_count);
	if (f->secret)
		crypto_wipe(f->bytes, f->n);
	free(f->bytes);
	free(f);
}

/* Releases memory that may hold secrets, or pieces of frames that did. */
static void buf_wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_release(b);
}

/* Room for n more bytes; memory that is given back on the way is wiped, as realloc() would not. */
static char *buf_grow(struct buf *b, size_t n)
{
	struct buf larger;

	if (b->cap > b->n && n < b->cap - b->n)
		return b->p + b->n;
	buf_init(&larger, b->max);
	buf_room(&larger, b->n + (n > b->n ? n : b->n));
	buf_add(&larger, buf_span(b));
	buf_wipe(b);
	*b = larger;
	return b->p + b->n;
}

void wire_release(struct wire *w)
{
	while (w->out_head) {
		struct wire_frame *f = w->out_head;

		w->out_head = f->next;
		frame_free(f);
	}
	w->out_tail = NULL;
	w->out_bytes = 0;
	close_all(w->in_fds, w->in_fd_count);
	free(w->in_fds);
	w->in_fds = NULL;
	w->in_fd_count = 0;
	buf_wipe(&w->in);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static void put(struct wire_out *o, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_grow(&o->payload, n), bytes, n);
	o->payload.n += n;
}

void wire_begin(struct wire_out *o, uint16_t type)
{
	struct header h = { .type = type };

	*o = (struct wire_out){ .type = type };
	buf_init(&o->payload, SIZE_MAX);
	put(o, &h, sizeof(h));
}

void wire_drop(struct wire_out *o)
{
	buf_wipe(&o->payload);
}

void wire_put_u8(struct wire_out *o, uint8_t v)
{
	put(o, &v, sizeof(v));
}

void wire_put_u32(struct wire_out *o, uint32_t v)
{
	put(o, &v, sizeof(v));
}

void wire_put_i64(struct wire_out *o, int64_t v)
{
	put(o, &v, sizeof(v));
}

void wire_put_span(struct wire_out *o, struct span s)
{
	if (s.n > UINT32_MAX)
		abort();
	wire_put_u32(o, (uint32_t)s.n);
	put(o, s.p, s.n);
}

void wire_put_fd(struct wire_out *o, int fd)
{
	if (o->fd_count == WIRE_FDS_MAX)
		abort();
	o->fds[o->fd_count++] = fd;
}

/* Our own rules bind us too: what the peer would refuse is our bug, and found here. */
static void check_own(const struct wire *w, const struct wire_out *o)
{
	const struct wire_rule *r;

	if (o->type >= w->rule_count)
		abort();
	r = &w->rules[o->type];
	if (r->from != w->self || r->to != w->peer || r->fds != o->fd_count ||
	    o->payload.n - sizeof(struct header) > r->max)
		abort();
}

static void trace(const struct wire *w, uint16_t type, bool sent, size_t bytes)
{
	if (w->trace)
		w->trace(w, &w->rules[type], sent, (uint32_t)bytes);
}

static int queue(struct wire *w, struct wire_out *o, struct err *e)
{
	struct wire_frame *f = mem_alloc(sizeof(*f));

	f->bytes = o->payload.p;
	f->n = o->payload.n;
	f->secret = w->rules[o->type].secret;
	buf_init(&o->payload, SIZE_MAX); /* the frame has its bytes */
	for (; f->fd_count < o->fd_count; f->fd_count++) {
		f->fds[f->fd_count] = fcntl(o->fds[f->fd_count], F_DUPFD_CLOEXEC, 3);
		if (f->fds[f->fd_count] < 0) {
			frame_free(f);
			return err_set(e, ERR_TEMP, "dup: %s", strerror(errno));
		}
	}
	if (w->out_tail)
		w->out_tail->next = f;
	else
		w->out_head = f;
	w->out_tail = f;
	w->out_bytes += f->n;
	trace(w, o->type, true, f->n - sizeof(struct header));
	return 0;
}

int wire_send(struct wire *w, struct wire_out *o, struct err *e)
{
	struct header h = { .size = (uint32_t)(o->payload.n - sizeof(h)),
			    .type = o->type,
			    .fds = (uint16_t)o->fd_count };
	int result;

	check_own(w, o);
	if (w->rules[o->type].secret)
		crypto_lock(o->payload.p, o->payload.n);
	memcpy(o->payload.p, &h, sizeof(h));
	if (w->fd < 0)
		result = err_set(e, ERR_TEMP, "the peer is gone");
	else if (w->out_bytes > WIRE_QUEUE_MAX)
		result = err_set(e, ERR_TEMP, "the peer does not read");
	else
		result = queue(w, o, e);
	wire_drop(o);
	if (result < 0)
		return -1;
	return w->gathers && !h.fds && (w->full || w->out_bytes < GATHERED_MAX) ? 0
										: wire_flush(w, e);
}

/* Frames without descriptors, in one call; how many they are. */
static size_t gather(const struct wire_frame *f, struct iovec v[FRAMES_MAX])
{
	size_t n = 0;

	for (; f && n < FRAMES_MAX && !f->fd_count; f = f->next)
		v[n++] = (struct iovec){ f->bytes + f->sent, f->n - f->sent };
	return n;
}

/* The first of them, and what goes with it.  Descriptors ride on the first byte of their frame. */
static ssize_t send_frames(int fd, const struct wire_frame *f)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec v[FRAMES_MAX] = { { f->bytes + f->sent, f->n - f->sent } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = f->fd_count ? 1 : gather(f, v) };

	if (f->sent == 0 && f->fd_count) {
		struct cmsghdr *c;

		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * f->fd_count);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * f->fd_count);
		memcpy(CMSG_DATA(c), f->fds, sizeof(int) * f->fd_count);
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

/* What is queued must not go out later: whoever put it there was told that it did not. */
static int end_both(struct wire *w, struct err *e)
{
	err_set(e, ERR_TEMP, "send: %s", strerror(errno));
	if (errno != EPIPE) /* the peer is there */
		shutdown(w->fd, SHUT_RDWR);
	return -1;
}

/* So many bytes more of the queue are with the kernel. */
static void drop_sent(struct wire *w, size_t n)
{
	while (w->out_head) {
		struct wire_frame *f = w->out_head;
		size_t part = n < f->n - f->sent ? n : f->n - f->sent;

		f->sent += part;
		n -= part;
		if (f->sent < f->n)
			return;
		w->out_head = f->next;
		if (!w->out_head)
			w->out_tail = NULL;
		frame_free(f);
	}
}

int wire_flush(struct wire *w, struct err *e)
{
	for (w->full = false; w->out_head && !w->full;) {
		ssize_t n = send_frames(w->fd, w->out_head);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			w->full = true;
			continue;
		}
		if (n < 0)
			return end_both(w, e);
		w->out_bytes -= (size_t)n;
		drop_sent(w, (size_t)n);
		w->full = w->out_head && w->out_head->sent; /* no room for the rest of it */
	}
	return 0;
}

static int wait_for(const struct wire *w, short events, int timeout_ms, struct err *e)
{
	struct pollfd p = { .fd = w->fd, .events = events };
	int n;

	do
		n = poll(&p, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(e, ERR_TEMP, "poll: %s", strerror(errno));
	return n ? 0 : err_set(e, ERR_TEMP, "no answer in %d ms", timeout_ms);
}

int wire_flush_all(struct wire *w, int timeout_ms, struct err *e)
{
	while (wire_wants_write(w))
		if (wait_for(w, POLLOUT, timeout_ms, e) < 0 || wire_flush(w, e) < 0)
			return -1;
	return 0;
}

static int keep_fds(struct wire *w, struct msghdr *m, struct err *e)
{
	size_t came = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		w->in_fds = mem_resize_n(w->in_fds, w->in_fd_count + n, sizeof(int));
		memcpy(w->in_fds + w->in_fd_count, CMSG_DATA(c), n * sizeof(int));
		w->in_fd_count += n;
		came += n;
	}
	if ((m->msg_flags & MSG_CTRUNC) && came < WIRE_FDS_MAX)
		return err_set(e, ERR_TEMP, "no descriptors left for those that the peer sent");
	if ((m->msg_flags & MSG_CTRUNC) || w->in_fd_count > IN_FDS_MAX)
		return err_set(e, ERR_PERM, "the peer sent too many descriptors");
	return 0;
}

/* What is moved to the front leaves no copy behind. */
static void drop_done(struct wire *w)
{
	buf_drop_front(&w->in, w->in_done);
	if (w->in_done)
		crypto_wipe(w->in.p + w->in.n, w->in_done);
	w->in_done = 0;
}

/* One chunk a call; the kernel ends it at each descriptor. */
int wire_read(struct wire *w, bool *ret_open, struct err *e)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_len = READ_CHUNK };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = sizeof(control.bytes) };
	ssize_t n;

	drop_done(w);
	iov.iov_base = buf_grow(&w->in, READ_CHUNK);
	n = recvmsg(w->fd, &m, MSG_CMSG_CLOEXEC);
	*ret_open = true;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0 && errno != ECONNRESET)
		return err_set(e, ERR_TEMP, "receive: %s", strerror(errno));
	if (n <= 0) {
		*ret_open = false;
		return 0;
	}
	w->in.n += (size_t)n;
	return keep_fds(w, &m, e);
}

static int check_peer(const struct wire *w, const struct header *h, struct err *e)
{
	const struct wire_rule *r;

	if (h->type >= w->rule_count)
		return err_set(e, ERR_PERM, "message %u does not exist", h->type);
	r = &w->rules[h->type];
	if (r->from != w->peer || r->to != w->self)
		return err_set(e, ERR_PERM, "message %s is not this peer's to send", r->name);
	if (h->size > r->max)
		return err_set(e, ERR_PERM, "message %s has %u bytes, over %u", r->name, h->size,
			       r->max);
	if (h->fds != r->fds)
		return err_set(e, ERR_PERM, "message %s has %u descriptors, not %u", r->name,
			       h->fds, r->fds);
	return 0;
}

static void take_fds(struct wire *w, size_t n, struct wire_in *ret_in)
{
	for (size_t i = 0; i < WIRE_FDS_MAX; i++)
		ret_in->fds[i] = i < n ? w->in_fds[i] : -1;
	if (n == 0)
		return;
	w->in_fd_count -= n;
	memmove(w->in_fds, w->in_fds + n, w->in_fd_count * sizeof(int));
}

/* The payload stays where it was received, until wire_read() makes room. */
int wire_next(struct wire *w, bool *ret_found, struct wire_in *ret_in, struct err *e)
{
	struct span left = span_sub(buf_span(&w->in), w->in_done, SIZE_MAX);
	struct header h;

	*ret_found = false;
	if (left.n < sizeof(h))
		return 0;
	memcpy(&h, left.p, sizeof(h));
	if (check_peer(w, &h, e) < 0)
		return -1;
	if (left.n - sizeof(h) < h.size)
		return 0;
	if (w->in_fd_count < h.fds)
		return err_set(e, ERR_PERM, "message %s came without its descriptors",
			       w->rules[h.type].name);
	ret_in->type = h.type;
	ret_in->bad = false;
	ret_in->rest = span_sub(left, sizeof(h), h.size);
	ret_in->secret = w->rules[h.type].secret ? w->in.p + w->in_done + sizeof(h) : NULL;
	ret_in->secret_n = h.size;
	if (ret_in->secret)
		crypto_lock(ret_in->secret, ret_in->secret_n);
	take_fds(w, h.fds, ret_in);
	w->in_done += sizeof(h) + h.size;
	*ret_found = true;
	trace(w, h.type, false, h.size);
	return 0;
}

int wire_wait(struct wire *w, int timeout_ms, struct wire_in *ret_in, struct err *e)
{
	bool found = false, open = true;

	for (;;) {
		if (wire_next(w, &found, ret_in, e) < 0)
			return -1;
		if (found)
			return 0;
		if (!open)
			return err_set(e, ERR_TEMP, "the peer is gone");
		if (wait_for(w, POLLIN, timeout_ms, e) < 0 || wire_read(w, &open, e) < 0)
			return -1;
	}
}

int wire_pair(int ret_fds[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) < 0)
		return err_set(e, ERR_TEMP, "socketpair: %s", strerror(errno));
	return 0;
}
