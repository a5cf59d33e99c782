/* What the server says of mails, and their bodies. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_session.h"

static void on_description(void *ctx, void *into, size_t k, const struct imap_said *said)
{
	struct imap_mail *mails = into;

	(void)ctx;
	mails[k] = (struct imap_mail){
		.uid = said->uid,
		.present = true,
		.received_at = said->received_at,
		.size = said->size,
		.fd = -1,
	};
}

int imap_describe(struct imap *i, struct imap_mail *ret_mails, size_t n, struct err *e)
{
	const struct imap_listener l = { .response = on_description, .into = ret_mails };

	for (size_t k = 0; k < n && !imap_was_ahead(i); k++)
		ret_mails[k] = (struct imap_mail){ .uid = ret_mails[k].uid, .fd = -1 };
	imap_command_for(i, n, 0);
	return imap_etpan_fetch(i->etpan, imap_mail_uids(ret_mails, n), IMAP_FETCH_DESCRIPTION, 0,
				&l, e);
}

/* --- bodies: one at a time streams in --- */

static int write_out(struct imap *i)
{
	if (i->fd < 0 && memfd_new(&i->fd, &i->body_error) < 0)
		return -1;
	if (memfd_write(i->fd, buf_span(&i->body), &i->body_error) < 0)
		return -1;
	buf_clear(&i->body);
	return 0;
}

static bool on_body(void *ctx, struct span bytes)
{
	struct imap *i = ctx;

	i->has_body = true;
	i->length += (int64_t)bytes.n;
	buf_add(&i->body, bytes);
	return i->body.n <= IMAP_HERE_MAX || write_out(i) == 0;
}

static void drop_body(struct imap *i)
{
	if (i->fd >= 0)
		close(i->fd);
	i->fd = -1;
	i->has_body = false;
	i->length = 0;
	buf_release(&i->body);
	buf_init(&i->body, SIZE_MAX);
}

static void seal(int fd)
{
	int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

	if (fcntl(fd, F_ADD_SEALS, seals) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		abort();
}

/* The mail's own from then on. */
static int take_body(struct imap *i, struct imap_mail *m)
{
	if (i->fd >= 0 && write_out(i) < 0)
		return -1;
	m->length = i->length;
	m->fd = i->fd;
	if (m->fd >= 0) {
		seal(m->fd);
	} else {
		m->here = i->body.p;
		buf_init(&i->body, SIZE_MAX);
	}
	i->fd = -1;
	return 0;
}

void imap_mail_release(struct imap_mail *mail)
{
	if (mail->fd >= 0)
		close(mail->fd);
	mail->fd = -1;
	mem_free(&mail->here);
}

static int64_t expected_length(const struct imap_mail *m)
{
	return m->truncated && m->size > IMAP_HEAD_BYTES ? IMAP_HEAD_BYTES : m->size;
}

/* A response is complete: if it brought a body that was asked for, that is handed over. */
static void on_delivery(void *ctx, void *into, size_t k, const struct imap_said *said)
{
	struct imap *i = ctx;
	struct imap_mail *m = k == SIZE_MAX ? NULL : (struct imap_mail *)into + k;

	if (m && said->body && !i->has_body)
		on_body(i, SPAN_NONE); /* libetpan does not tell of a body without a byte */
	if (!m || m->came || !i->has_body || take_body(i, m) < 0) {
		drop_body(i);
		return;
	}
	drop_body(i);
	m->truncated = m->size > i->max_bytes;
	m->size_differs = m->length != expected_length(m);
	m->came = true;
	i->fn(i->ctx, m);
	m->fd = -1;
	m->here = NULL;
}

/* All whole or all truncated. */
static int fetch_run(struct imap *i, struct imap_mail *mails, size_t n, struct err *e)
{
	const struct imap_listener l = { on_body, on_delivery, i, mails };
	bool truncated = mails[0].size > i->max_bytes;
	int64_t bytes = 0, largest = 0;
	struct imap_limits limits;
	int r;

	for (size_t k = 0; k < n; k++) {
		int64_t size = truncated ? IMAP_HEAD_BYTES : mails[k].size;

		bytes += size;
		largest = size > largest ? size : largest;
	}
	/* half as much again for servers whose RFC822.SIZE is an estimate */
	limits = (struct imap_limits){ .extra_ms = bytes * 1000 / IMAP_MIN_RATE,
				       .answer_max = bytes + bytes / 2 + IMAP_ANSWER_MAX,
				       .body_max = largest + largest / 2 + IMAP_ANSWER_MAX };
	imap_stream_command(&i->stream, &limits);
	r = imap_etpan_fetch(i->etpan, imap_mail_uids(mails, n),
			     truncated ? IMAP_FETCH_HEAD : IMAP_FETCH_BODY, IMAP_HEAD_BYTES, &l, e);
	if (i->body_error.class == ERR_NONE)
		return r;
	*e = i->body_error;
	return -1;
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

int imap_fetch(struct imap *i, struct imap_mail *mails, size_t n, int64_t max_bytes,
	       imap_mail_fn *fn, void *ctx, struct err *e)
{
	if (n > IMAP_RANGE_MAX)
		return err_set(e, ERR_BUG, "more than %d mails in a fetch", IMAP_RANGE_MAX);
	i->max_bytes = max_bytes;
	i->fn = fn;
	i->ctx = ctx;
	for (size_t from = 0, to; from < n; from = to) {
		to = run_end(mails, from, n, max_bytes);
		if (fetch_run(i, mails + from, to - from, e) < 0)
			return -1;
	}
	return 0;
}
