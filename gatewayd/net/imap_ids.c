#include "gatewayd/net/imap_ids.h"

#include "gatewayd/net/imap_session.h"

enum {
	ID_FIELD_MAX = 1000, /* of a field Message-ID */
	HEAD_MAX = 32 * KIB, /* bytes of a mail, header first */
};

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

static void on_field_end(void *ctx, void *into, size_t k, const struct imap_said *said)
{
	struct fields *f = ctx;

	(void)into, (void)said;
	if (k != SIZE_MAX && f->field.n)
		f->fn(f->ctx, k, buf_span(&f->field));
	buf_clear(&f->field);
}

static int fetch_pieces(struct imap *i, enum imap_fetch_what what, uint32_t piece_max,
			struct fields *f, struct err *e)
{
	const struct imap_listener l = { .body = on_field_bytes,
					 .response = on_field_end,
					 .ctx = f };
	const struct imap_limits limits = {
		.answer_max = IMAP_ANSWER_MAX + (int64_t)f->n * 2 * piece_max,
		.body_max = piece_max,
	};
	int r;

	buf_init(&f->field, piece_max);
	imap_stream_command(&i->stream, &limits);
	r = imap_etpan_fetch(i->etpan, imap_mail_uids(f->mails, f->n), what, piece_max, &l, e);
	buf_release(&f->field);
	return r;
}

int imap_message_ids(struct imap *i, const struct imap_mail *mails, size_t n, imap_field_fn *fn,
		     void *ctx, struct err *e)
{
	struct fields f = { .mails = mails, .n = n, .fn = fn, .ctx = ctx };

	return fetch_pieces(i, IMAP_FETCH_MESSAGE_ID, ID_FIELD_MAX, &f, e);
}

int imap_heads(struct imap *i, const struct imap_mail *mails, size_t n, imap_field_fn *fn,
	       void *ctx, struct err *e)
{
	struct fields f = { .mails = mails, .n = n, .fn = fn, .ctx = ctx };

	return fetch_pieces(i, IMAP_FETCH_HEAD, HEAD_MAX, &f, e);
}

int imap_has(struct imap *i, const char *message_id, int64_t size, bool *ret_has, struct err *e)
{
	imap_command(i);
	return imap_etpan_has(i->etpan, message_id, size, ret_has, e);
}
