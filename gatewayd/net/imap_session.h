/*
 * The inside of an IMAP session, for the files that implement imap.h and imap_ids.h.
 */
#ifndef GATEWAYD_NET_IMAP_SESSION_H
#define GATEWAYD_NET_IMAP_SESSION_H

#include "gatewayd/base/units.h"
#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_etpan.h"

enum {
	IMAP_ANSWER_MAX = MIB, /* bytes; of a command that fetches no mail */
	IMAP_SEARCH_MAX = IMAP_SEARCH_LINE_MAX + IMAP_ANSWER_MAX,
};

struct imap {
	struct imap_stream stream;
	struct imap_etpan *etpan;
	struct imap_features can;
	int64_t timeout_ms;
	char delimiter;
	struct buf prefix; /* of the personal namespace */
	uint32_t exists;   /* mails in the folder, when it was selected */
};

/* Before a command whose answer is small: its limits. */
static inline void imap_command(struct imap *i)
{
	imap_stream_command(&i->stream, i->timeout_ms, IMAP_ANSWER_MAX, 0);
}

/* Rising, each once, no zero; how many are left. */
size_t imap_uids_tidy(uint32_t *uids, size_t n);

/* The index of uid among n rising ones, or SIZE_MAX. */
size_t imap_mail_find(const struct imap_mail *mails, size_t n, uint32_t uid);

static inline struct imap_uids imap_mail_uids(const struct imap_mail *mails, size_t n)
{
	return (struct imap_uids){ &mails->uid, n, sizeof(*mails) };
}

#endif
