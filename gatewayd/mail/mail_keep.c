#include "gatewayd/mail/mail_keep.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/mail_alike.h"
#include "gatewayd/identity/mail_identity.h"

/* A copy of a mail that was erased: its place is known from now on, and nothing else. */
static int keep_erased(struct desk *d, struct store_mail *m, int64_t *ret_id, bool *ret_new,
		       struct err *e)
{
	m->message_id = m->from = m->subject = SPAN("");
	memset(m->identity, 0, sizeof(m->identity));
	m->again = AGAIN_NO;
	if (store_mail_keep(d->store, m, SPAN(""), ret_id, ret_new, e) < 0)
		return -1;
	return *ret_new ? store_mail_finish(d->store, *ret_id, MAIL_DROPPED,
					    SPAN("a copy of a mail that was erased"), 0, 0, e)
			: 0;
}

/* The same mail, or what a list made of it. */
static int was_erased(struct desk *d, struct store_mail *m, struct span raw,
		      const struct header_scan *scan, bool *ret_was, struct err *e)
{
	struct span alike[MAIL_ALIKE_MAX];
	size_t n;

	if (store_erased_any(d->store, ret_was, e) < 0)
		return -1;
	if (!*ret_was)
		return 0;
	mail_identity(raw, m->identity);
	if (store_erased_has(d->store, m, ret_was, e) < 0)
		return -1;
	n = mail_alike(raw, scan, true, d->arena, alike);
	for (size_t i = 0; i < n && !*ret_was; i++)
		if (store_erased_has_text(d->store, alike[i], ret_was, e) < 0)
			return -1;
	return 0;
}

int mail_keep(struct desk *d, struct store_mail *m, struct span raw, int64_t *ret_id, bool *ret_new,
	      struct err *e)
{
	struct buf id BUF_AUTO, from BUF_AUTO;
	struct header_scan scan;
	bool erased;

	buf_init(&id, HEADER_SCAN_ID_MAX);
	buf_init(&from, HEADER_SCAN_ID_MAX);
	header_scan(raw, d->arena, &scan);
	utf8_scrub(scan.message_id, &id);
	utf8_scrub(scan.from, &from);
	m->message_id = arena_dup(d->arena, buf_span(&id));
	m->from = arena_dup(d->arena, buf_span(&from));
	m->subject = scan.subject_short;
	m->kept_at = d->now;
	memset(m->identity, 0, sizeof(m->identity));
	if (!m->message_id.n)
		mail_identity(raw, m->identity);
	if (was_erased(d, m, raw, &scan, &erased, e) < 0)
		return -1;
	if (erased)
		return keep_erased(d, m, ret_id, ret_new, e);
	return store_mail_keep(d->store, m, raw, ret_id, ret_new, e);
}
