#include "gatewayd/mail/mail_identify.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/identity/mail_identity.h"

int mail_identified(struct store *s, struct store_mail *m, struct err *e)
{
	struct buf raw BUF_AUTO = { 0 };

	if (store_mail_is_identified(m))
		return 0;
	buf_init(&raw, SIZE_MAX); /* intake bounded it by limits.mail_bytes */
	if (store_mail_raw(s, m->id, &raw, e) < 0) {
		if (e->class != ERR_PERM)
			return -1;
		buf_clear(&raw);
	}
	mail_identity(buf_span(&raw), m->identity);
	return store_mail_identify(s, m, e);
}

int mail_identify(struct store *s, int64_t id, struct err *e)
{
	struct store_mail m = { .id = id };

	return mail_identified(s, &m, e);
}
