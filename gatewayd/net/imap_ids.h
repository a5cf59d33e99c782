/*
 * Mails by their Message-ID (RFC 5322 section 3.6.4): asks for the fields and searches for them.
 */
#ifndef GATEWAYD_NET_IMAP_IDS_H
#define GATEWAYD_NET_IMAP_IDS_H

#include "gatewayd/net/imap.h"

/* The field Message-ID of mails[k], as it stands in the header, in pieces of no more than 1000
 * bytes; not called for a mail that has none. */
typedef void imap_field_fn(void *ctx, size_t k, struct span field);
int imap_message_ids(struct imap *i, const struct imap_mail *mails, size_t n, imap_field_fn *fn,
		     void *ctx, struct err *e);
/* Whether the selected folder has a mail with this Message-ID (quotable, with <>) and size. */
int imap_has(struct imap *i, const char *message_id, int64_t size, bool *ret_has, struct err *e);

#endif
