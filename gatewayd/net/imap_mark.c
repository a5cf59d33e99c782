/* Mails that we moved, by the keyword that they carry. */
#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_session.h"

int imap_mark(struct imap *i, const uint32_t *p, size_t count, struct err *e)
{
	imap_command(i);
	return imap_etpan_flag_keyword(i->etpan, (struct imap_uids){ p, count, sizeof(*p) },
				       IMAP_MARK, e);
}
