/*
 * Mails by their Message-ID (RFC 5322 section 3.6.4): asks for the fields and searches for them.
 */
#ifndef GATEWAYD_NET_IMAP_IDS_H
#define GATEWAYD_NET_IMAP_IDS_H

#include "gatewayd/net/imap.h"

/* Of mails[k]; not called for a mail of which nothing came. */
typedef void imap_field_fn(void *ctx, size_t k, struct span field);
/* The field Message-ID, as it stands in the header; of a longer one the first 1000 bytes. */
int imap_message_ids(struct imap *i, const struct imap_mail *mails, size_t n, imap_field_fn *fn,
		     void *ctx, struct err *e);
/* The first 32 KiB of each: the header, mostly. */
int imap_heads(struct imap *i, const struct imap_mail *mails, size_t n, imap_field_fn *fn,
	       void *ctx, struct err *e);
/* Whether the selected folder has a mail with this Message-ID (quotable, with <>) and size. */
int imap_has(struct imap *i, const char *message_id, int64_t size, bool *ret_has, struct err *e);

#endif
