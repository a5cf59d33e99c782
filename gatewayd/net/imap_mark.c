/* Mails that we moved, by the keyword that they carry. */
#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_session.h"

/* "N:*" names the last mail, whatever its UID. */
static size_t drop_below(uint32_t *uids, size_t n, uint32_t from)
{
	size_t kept = 0;

	for (size_t k = 0; k < n; k++)
		if (uids[k] >= from)
			uids[kept++] = uids[k];
	return kept;
}

int imap_list_from(struct imap *i, uint32_t from, bool marked, uint32_t **ret_uids,
		   size_t *ret_count, struct err *e)
{
	imap_stream_command(&i->stream, i->timeout_ms, IMAP_SEARCH_MAX, 0);
	if (imap_etpan_search_from(i->etpan, from, marked ? IMAP_MARK : NULL, ret_uids, ret_count,
				   e) < 0)
		return -1;
	*ret_count = drop_below(*ret_uids, imap_uids_tidy(*ret_uids, *ret_count), from);
	return 0;
}

int imap_mark(struct imap *i, const uint32_t *p, size_t count, struct err *e)
{
	imap_command(i);
	return imap_etpan_flag_keyword(i->etpan, (struct imap_uids){ p, count, sizeof(*p) },
				       IMAP_MARK, e);
}
