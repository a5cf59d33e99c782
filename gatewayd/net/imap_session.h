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
	IMAP_SAID_MAX = KIB,   /* bytes; more for each mail that it is about */
	IMAP_SEARCH_MAX = IMAP_SEARCH_LINE_MAX + IMAP_ANSWER_MAX,
};

struct imap {
	struct imap_stream stream;
	struct imap_etpan *etpan;
	struct imap_features can;
	char delimiter;
	struct buf prefix; /* of the personal namespace */
	uint32_t exists;   /* mails in the folder, when it was selected */
	uint32_t uidnext;  /* of then; 0: the server does not say */
	int64_t asked_ms;  /* when the first question went out, of clock_wait_ms() */
	int64_t round_trip_ms;
	/* imap_fetch() */
	int64_t max_bytes;
	imap_mail_fn *fn;
	void *ctx;
	struct buf body; /* of the mail under way: what is not in fd yet */
	bool has_body;
	int fd; /* of a large one; -1: none */
	int64_t length;
	struct err body_error;
};

/* A command that was sent ahead is called in its turn. */
static inline bool imap_was_ahead(const struct imap *i)
{
	return !i->stream.is_ahead && i->stream.limit_count > 0;
}

/* Before a command whose answer is small: its limits. */
static inline void imap_command(struct imap *i)
{
	const struct imap_limits limits = { .answer_max = IMAP_ANSWER_MAX };

	imap_stream_command(&i->stream, &limits);
}

/* The same, where something may be said of each of n mails, and done with each in so many ms. */
static inline void imap_command_for(struct imap *i, size_t n, int64_t each_ms)
{
	const struct imap_limits limits = {
		.extra_ms = (int64_t)n * (each_ms + 1),
		.answer_max = IMAP_ANSWER_MAX + (int64_t)n * IMAP_SAID_MAX,
	};

	imap_stream_command(&i->stream, &limits);
}

/* Rising, each once, no zero; how many are left. */
size_t imap_uids_tidy(uint32_t *uids, size_t n);

static inline struct imap_uids imap_mail_uids(const struct imap_mail *mails, size_t n)
{
	return (struct imap_uids){ &mails->uid, n, sizeof(*mails) };
}

#endif
