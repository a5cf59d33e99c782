#include "gatewayd/net/imap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/imap_name.h"
#include "gatewayd/net/imap_session.h"

enum {
	DESCRIPTION_MAX = KIB, /* of one mail */
	IDLE_MAX_MS = 28 * 60 * 1000,
};

bool imap_usable(const struct imap *i)
{
	return !i->stream.dead;
}

bool imap_can_idle(const struct imap *i)
{
	return i->can.idle;
}

bool imap_can_move(const struct imap *i)
{
	return i->can.move;
}

bool imap_can_uidplus(const struct imap *i)
{
	return i->can.uidplus;
}

/* --- opening and closing --- */

static int ask(struct imap *i, struct err *e)
{
	imap_command(i);
	if (imap_etpan_new(&i->stream, &i->etpan, e) < 0)
		return -1;
	imap_command(i);
	if (imap_etpan_capability(i->etpan, &i->can, e) < 0)
		return -1;
	imap_command(i);
	if (imap_etpan_delimiter(i->etpan, &i->delimiter, e) < 0)
		return -1;
	if (!i->can.namespace)
		return 0;
	imap_command(i);
	return imap_etpan_namespace(i->etpan, &i->prefix, &i->delimiter, e);
}

int imap_open(const struct connect_options *o, struct imap **ret_imap, struct err *e)
{
	struct connect *connect;
	struct imap *i;

	if (connect_open(CONNECT_IMAP, o, &connect, e) < 0)
		return -1;
	i = mem_alloc(sizeof(*i));
	i->timeout_ms = (int64_t)o->server->command_timeout_s * 1000;
	buf_init(&i->prefix, IMAP_NAME_MAX);
	imap_stream_init(&i->stream, connect, SPAN("* PREAUTH libcurl has logged in\r\n"));
	if (ask(i, e) < 0) {
		imap_close(&i);
		return err_prefix(e, "%s:%d: ", o->server->host, o->server->port);
	}
	*ret_imap = i;
	return 0;
}

void imap_close(struct imap **ii)
{
	struct imap *i = *ii;

	if (!i)
		return;
	if (!i->stream.dead)
		connect_send(i->stream.connect, "x LOGOUT\r\n", 10, clock_wait_ms() + 100);
	imap_etpan_free(&i->etpan);
	imap_stream_release(&i->stream);
	buf_release(&i->prefix);
	mem_free(ii);
}

/* --- folders --- */

static int wire_name(struct imap *i, const char *folder, struct buf *ret_wire, struct err *e)
{
	buf_init(ret_wire, IMAP_NAME_MAX);
	if (imap_name_encode(folder, i->delimiter, buf_cstr(&i->prefix), ret_wire, e) < 0)
		return err_prefix(e, "folder: ");
	if (memchr(ret_wire->p, '*', ret_wire->n) || memchr(ret_wire->p, '%', ret_wire->n))
		return err_set(e, ERR_PERM, "a folder's name holds * or %%");
	return 0;
}

static int enter(struct imap *i, const char *folder, bool to_look, struct imap_folder *ret_folder,
		 struct err *e)
{
	struct imap_selected selected;
	struct buf wire BUF_AUTO;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	if (imap_etpan_select(i->etpan, buf_cstr(&wire), IMAP_MARK, to_look, &selected, e) < 0)
		return -1;
	if (selected.uidvalidity == 0)
		return err_set(e, ERR_TEMP, "the IMAP server gives no UIDVALIDITY");
	i->exists = selected.exists;
	*ret_folder = (struct imap_folder){
		.uidvalidity = selected.uidvalidity,
		.exists = selected.exists,
		.uidnext = selected.uidnext,
		.keeps_mark = selected.keeps_mark,
		.read_only = selected.read_only,
	};
	return 0;
}

int imap_select(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e)
{
	return enter(i, folder, false, ret_folder, e);
}

int imap_examine(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e)
{
	return enter(i, folder, true, ret_folder, e);
}

int imap_folder_exists(struct imap *i, const char *folder, bool *ret_exists, struct err *e)
{
	struct buf wire BUF_AUTO;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	return imap_etpan_list(i->etpan, buf_cstr(&wire), ret_exists, e);
}

/* A NO is no harm when the folder is there all the same: somebody else was quicker. */
static int folder_create(struct imap *i, const char *wire, struct err *e)
{
	struct err ignored;
	bool exists = false;

	imap_command(i);
	if (imap_etpan_create(i->etpan, wire, e) == 0)
		return 0;
	imap_command(i);
	if (!imap_usable(i) || imap_etpan_list(i->etpan, wire, &exists, &ignored) < 0)
		return -1;
	return exists ? 0 : -1;
}

int imap_folder_ensure(struct imap *i, const char *folder, struct err *e)
{
	struct buf wire BUF_AUTO;
	struct err ignored;
	bool exists;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	if (imap_etpan_list(i->etpan, buf_cstr(&wire), &exists, e) < 0)
		return -1;
	if (exists)
		return 0;
	if (folder_create(i, buf_cstr(&wire), e) < 0)
		return -1;
	imap_command(i);
	/* so that people see it in their clients; a server that refuses is no harm */
	imap_etpan_subscribe(i->etpan, buf_cstr(&wire), &ignored);
	return 0;
}

/* --- what is in the folder --- */

size_t imap_mail_find(const struct imap_mail *mails, size_t n, uint32_t uid)
{
	size_t low = 0;

	for (size_t high = n; low < high;) {
		size_t mid = low + (high - low) / 2;

		if (mails[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && mails[low].uid == uid ? low : SIZE_MAX;
}

struct description {
	struct imap_mail *mails;
	size_t n;
};

static void on_description(void *ctx, const struct imap_said *said)
{
	const struct description *d = ctx;
	size_t k = imap_mail_find(d->mails, d->n, said->uid);

	if (k == SIZE_MAX || said->size < 0)
		return;
	d->mails[k] = (struct imap_mail){
		.uid = said->uid,
		.present = true,
		.received_at = said->received_at,
		.size = said->size,
		.seen = said->seen,
		.deleted = said->deleted,
		.fd = -1,
	};
}

static bool ignore_body(void *ctx, struct span bytes)
{
	(void)ctx, (void)bytes;
	return true;
}

int imap_describe(struct imap *i, struct imap_mail *ret_mails, size_t n, struct err *e)
{
	struct description d = { ret_mails, n };
	struct imap_listener l = { ignore_body, on_description, &d };

	for (size_t k = 0; k < n; k++)
		ret_mails[k] = (struct imap_mail){ .uid = ret_mails[k].uid, .fd = -1 };
	imap_stream_command(&i->stream, i->timeout_ms + (int64_t)n,
			    IMAP_ANSWER_MAX + (int64_t)n * DESCRIPTION_MAX, 0);
	return imap_etpan_fetch(i->etpan, imap_mail_uids(ret_mails, n), IMAP_FETCH_DESCRIPTION, 0,
				&l, e);
}

/* --- fetching --- */

/* One command's mails: all whole or all truncated; one of them streams in. */
struct incoming {
	const struct imap_mail *mails; /* asked for */
	size_t count;
	bool *done;
	bool truncated;
	imap_mail_fn *fn;
	void *ctx;
	int fd; /* of the body under way */
	int64_t length;
	struct err error;
};

static int write_all(int fd, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t w = write(fd, bytes.p, bytes.n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -1;
		bytes = span_sub(bytes, (size_t)w, SIZE_MAX);
	}
	return 0;
}

static bool on_body(void *ctx, struct span bytes)
{
	struct incoming *in = ctx;

	if (in->fd < 0)
		in->fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (in->fd < 0 || write_all(in->fd, bytes) < 0) {
		err_set(&in->error, ERR_TEMP, "no memory for a mail: %s", strerror(errno));
		return false;
	}
	in->length += (int64_t)bytes.n;
	return true;
}

static void drop_body(struct incoming *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
	in->length = 0;
}

static void seal(int fd)
{
	int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

	if (fcntl(fd, F_ADD_SEALS, seals) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		abort();
}

static int64_t expected_length(const struct imap_mail *m)
{
	return m->truncated && m->size > IMAP_HEAD_BYTES ? IMAP_HEAD_BYTES : m->size;
}

/* A response is complete: if it brought a body that was asked for, that is handed over. */
static void on_delivery(void *ctx, const struct imap_said *said)
{
	struct incoming *in = ctx;
	size_t k = imap_mail_find(in->mails, in->count, said->uid);
	struct imap_mail m;

	if (k != SIZE_MAX && said->body && in->fd < 0)
		on_body(in, SPAN_NONE); /* libetpan does not tell of a body without a byte */
	if (k == SIZE_MAX || in->done[k] || in->fd < 0) {
		drop_body(in);
		return;
	}
	m = in->mails[k];
	m.fd = in->fd;
	m.length = in->length;
	m.truncated = in->truncated;
	m.size_differs = m.length != expected_length(&m);
	in->done[k] = true;
	in->fd = -1;
	in->length = 0;
	seal(m.fd);
	in->fn(in->ctx, &m);
}

static int fetch_run(struct imap *i, struct incoming *in, int64_t max_bytes, struct err *e)
{
	struct imap_listener l = { on_body, on_delivery, in };
	int64_t bytes = 0, largest = 0;
	int r;

	in->truncated = in->mails[0].size > max_bytes;
	for (size_t k = 0; k < in->count; k++) {
		int64_t size = in->truncated ? IMAP_HEAD_BYTES : in->mails[k].size;

		bytes += size;
		largest = size > largest ? size : largest;
	}
	/* half as much again for servers whose RFC822.SIZE is an estimate */
	imap_stream_command(&i->stream, i->timeout_ms + bytes * 1000 / IMAP_MIN_RATE,
			    bytes + bytes / 2 + IMAP_ANSWER_MAX,
			    largest + largest / 2 + IMAP_ANSWER_MAX);
	r = imap_etpan_fetch(i->etpan, imap_mail_uids(in->mails, in->count),
			     in->truncated ? IMAP_FETCH_HEAD : IMAP_FETCH_BODY, IMAP_HEAD_BYTES, &l,
			     e);
	drop_body(in);
	if (r < 0 && in->error.class != ERR_NONE)
		*e = in->error;
	return r;
}

/* The mails [from, to) of the same kind as from; those over the limit one by one. */
static size_t run_end(const struct imap_mail *mails, size_t from, size_t n, int64_t max_bytes)
{
	size_t to = from + 1;

	if (mails[from].size > max_bytes)
		return to;
	while (to < n && mails[to].size <= max_bytes)
		to++;
	return to;
}

int imap_fetch(struct imap *i, const struct imap_mail *mails, size_t n, int64_t max_bytes,
	       imap_mail_fn *fn, void *ctx, struct err *e)
{
	bool done[IMAP_RANGE_MAX] = { false };

	if (n > IMAP_RANGE_MAX)
		return err_set(e, ERR_BUG, "more than %d mails in a fetch", IMAP_RANGE_MAX);
	for (size_t from = 0, to; from < n; from = to) {
		struct incoming in = { .fd = -1, .fn = fn, .ctx = ctx };

		to = run_end(mails, from, n, max_bytes);
		in.mails = mails + from;
		in.count = to - from;
		in.done = done + from;
		if (fetch_run(i, &in, max_bytes, e) < 0)
			return -1;
	}
	for (size_t k = 0; k < n; k++) {
		struct imap_mail gone = mails[k];

		gone.fd = -1;
		if (!done[k])
			fn(ctx, &gone);
	}
	return 0;
}

void imap_last_words(const struct imap *i, struct buf *out)
{
	imap_etpan_words(i->etpan, out);
}

/* --- moving --- */

int imap_remove(struct imap *i, const uint32_t *p, size_t count, struct err *e)
{
	struct imap_uids uids = { p, count, sizeof(*p) };

	imap_command(i);
	if (imap_etpan_flag_deleted(i->etpan, uids, e) < 0)
		return -1;
	if (!i->can.uidplus)
		return 0;
	imap_command(i);
	return imap_etpan_expunge(i->etpan, uids, e);
}

int imap_move(struct imap *i, const uint32_t *uids, size_t count, const char *folder, struct err *e)
{
	struct imap_uids set = { uids, count, sizeof(*uids) };
	struct buf wire BUF_AUTO;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	if (!i->can.move)
		return imap_etpan_copy(i->etpan, set, buf_cstr(&wire), e) < 0
			   ? -1
			   : imap_remove(i, uids, count, e);
	return imap_etpan_move(i->etpan, set, buf_cstr(&wire), e);
}

/* --- waiting --- */

/* Until the guard saw an EXISTS go by, or the end. */
static int await_change(struct imap *i, int wake_fd, int64_t deadline_ms,
			enum imap_event *ret_event)
{
	int ready = CONNECT_READABLE;

	while (!i->stream.guard.exists && ready == CONNECT_READABLE) {
		ready = imap_stream_pump(&i->stream, wake_fd, deadline_ms);
		if (ready < 0)
			return -1;
	}
	*ret_event = i->stream.guard.exists   ? IMAP_CHANGED
		     : ready == CONNECT_WOKEN ? IMAP_WOKEN
					      : IMAP_QUIET;
	return 0;
}

int imap_idle(struct imap *i, int wake_fd, int timeout_ms, enum imap_event *ret_event,
	      struct err *e)
{
	int64_t deadline_ms =
	    clock_wait_ms() + (timeout_ms < IDLE_MAX_MS ? timeout_ms : IDLE_MAX_MS);

	if (i->stream.guard.exists) {
		*ret_event = IMAP_CHANGED; /* it came between the list and now */
		return 0;
	}
	imap_command(i);
	if (imap_etpan_idle(i->etpan, e) < 0)
		return -1;
	if (await_change(i, wake_fd, deadline_ms, ret_event) < 0) {
		*e = i->stream.why;
		return -1;
	}
	imap_command(i);
	return imap_etpan_done(i->etpan, e);
}
