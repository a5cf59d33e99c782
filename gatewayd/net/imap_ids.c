#include "gatewayd/net/imap_ids.h"

#include "gatewayd/net/imap_session.h"

enum { ID_FIELD_MAX = 1000 }; /* of a field Message-ID */

struct fields {
	const struct imap_mail *mails;
	size_t n;
	struct buf field;
	imap_field_fn *fn;
	void *ctx;
};

static bool on_field_bytes(void *ctx, struct span bytes)
{
	struct fields *f = ctx;

	buf_add(&f->field, bytes);
	return true;
}

static void on_field_end(void *ctx, const struct imap_said *said)
{
	struct fields *f = ctx;
	size_t k = imap_mail_find(f->mails, f->n, said->uid);

	if (k != SIZE_MAX && f->field.n)
		f->fn(f->ctx, k, buf_span(&f->field));
	buf_clear(&f->field);
}

int imap_message_ids(struct imap *i, const struct imap_mail *mails, size_t n, imap_field_fn *fn,
		     void *ctx, struct err *e)
{
	struct fields f = { .mails = mails, .n = n, .fn = fn, .ctx = ctx };
	struct imap_listener l = { on_field_bytes, on_field_end, &f };
	int r;

	buf_init(&f.field, ID_FIELD_MAX);
	imap_stream_command(&i->stream, i->timeout_ms,
			    IMAP_ANSWER_MAX + (int64_t)n * 2 * ID_FIELD_MAX, 0);
	r = imap_etpan_fetch(i->etpan, imap_mail_uids(mails, n), IMAP_FETCH_MESSAGE_ID,
			     ID_FIELD_MAX, &l, e);
	buf_release(&f.field);
	return r;
}

int imap_has(struct imap *i, const char *message_id, int64_t size, bool *ret_has, struct err *e)
{
	imap_command(i);
	return imap_etpan_has(i->etpan, message_id, size, ret_has, e);
}
