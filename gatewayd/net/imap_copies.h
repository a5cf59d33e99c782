/*
 * For servers without MOVE, where a session can have died between COPY and EXPUNGE: which mails
 * have their copy already, so that it is not made twice.
 */
#ifndef GATEWAYD_NET_IMAP_COPIES_H
#define GATEWAYD_NET_IMAP_COPIES_H

#include "gatewayd/net/imap.h"

/*
 * Whether each of the n (at most IMAP_RANGE_MAX) rising UIDs of the selected folder has a copy in
 * `folder`: a mail of its Message-ID and size.  A mail without a Message-ID that can be searched
 * for counts as not copied.  `folder` is selected afterwards.
 */
int imap_find_copies(struct imap *i, const uint32_t *uids, size_t n, const char *folder,
		     bool *ret_copied, struct err *e);

#endif
