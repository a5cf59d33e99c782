/*
 * The arguments of IMAP commands (RFC 3501 section 6.4) as libetpan wants them: what to search for,
 * which UIDs, what to fetch, which flags to store.
 *
 * What a function returns is the caller's, who frees it with libetpan's function for its type.
 */
#ifndef GATEWAYD_NET_IMAP_ARGS_H
#define GATEWAYD_NET_IMAP_ARGS_H

#include "gatewayd/net/imap_etpan.h"

struct mailimap_search_key *imap_args_search(const struct imap_search *what);
/* The mails of this Message-ID (to be quoted, with <>) and size in bytes. */
struct mailimap_search_key *imap_args_copy(const char *message_id, int64_t size);

/* Neighbours become ranges. */
struct mailimap_set *imap_args_set(struct imap_uids uids);

/* Never ENVELOPE or BODYSTRUCTURE: what a customer writes must not reach libetpan's parser. */
struct mailimap_fetch_type *imap_args_fetch(enum imap_fetch_what what, uint32_t head_bytes);

/* Adds \Deleted; the server does not answer with the new flags. */
struct mailimap_store_att_flags *imap_args_deleted(void);
/* The same for keywords (NULL ends them), which are set or taken away. */
struct mailimap_store_att_flags *imap_args_keywords(bool set, const char *const keywords[2]);

#endif
