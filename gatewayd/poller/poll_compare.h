/*
 * Beginning of a session: the folders that mails were moved to, compared with what core knows.
 *
 * A mail that is there and that core does not know was lost by its store, and is fetched again.
 * Core says from which UID on, and whether all or only those with our keyword; to it are told the
 * size, INTERNALDATE and Message-ID of each.  A folder that cannot be read is no reason to stand
 * still: it is compared at the next session.  One of which core could not say what it wants, as its
 * store is in trouble, is left, and compared again in the same session.
 *
 * What poll_begin.h knows of a folder is enough to ask core; it is selected again when there are
 * mails to report.
 */
#ifndef GATEWAYD_POLLER_POLL_COMPARE_H
#define GATEWAYD_POLLER_POLL_COMPARE_H

#include "gatewayd/poller/poll_begin.h"
#include "gatewayd/poller/poll_post.h"

struct poll_compare_answer { /* of core */
	bool told;
	uint32_t from; /* 0: nothing is compared */
	bool all;      /* else those with IMAP_MARK */
};

/* Of enum talk_place, a bit each. */
enum { POLL_COMPARE_ALL = 1 << TALK_PROCESSED | 1 << TALK_QUARANTINE };

struct poll_compare { /* all borrowed */
	struct imap *imap;
	const struct conf_mailbox *conf;
	struct poll_begin *begin; /* used up, a folder at a time */
	struct poll_sender *sender;
	struct poll_compare_answer *answer; /* filled while `work` runs */
	/* What is posted from now on is of that folder. */
	void (*enter)(void *ctx, enum talk_place place, uint32_t uidvalidity);
	/* Until core has answered one post, and what it wants is fetched and kept. */
	int (*work)(void *ctx, struct err *e);
	bool (*is_whole)(void *ctx); /* nothing was left to a later session since `enter` */
	bool (*waits)(void *ctx);    /* as core could not say what it wants */
	void *ctx;
};

/* Of the places in *left, which then has those that are to be compared again.  -1 with e filled:
 * the session must end. */
int poll_compare_all(const struct poll_compare *c, unsigned *left, struct err *e);

#endif
