#include "gatewayd/mail/mail_keep.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/header_scan.h"
#include "gatewayd/identity/mail_identity.h"

int mail_keep(struct desk *d, struct store_mail *m, struct span raw, int64_t *ret_id, bool *ret_new,
	      struct err *e)
{
	struct buf id BUF_AUTO, from BUF_AUTO;
	struct header_scan scan;

	buf_init(&id, HEADER_SCAN_ID_MAX);
	buf_init(&from, HEADER_SCAN_ID_MAX);
	header_scan(raw, d->arena, &scan);
	utf8_scrub(scan.message_id, &id);
	utf8_scrub(scan.from, &from);
	m->message_id = arena_dup(d->arena, buf_span(&id));
	m->from = arena_dup(d->arena, buf_span(&from));
	m->subject = scan.subject_short;
	m->kept_at = d->now;
	mail_identity(raw, m->identity);
	return store_mail_keep(d->store, m, raw, ret_id, ret_new, e);
}
