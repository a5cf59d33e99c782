/*
 * The mails of a folder that core wants: asked about, then fetched, in sets of many, of which
 * several are under way at once (poll_pipe.h).
 *
 * What is fetched or asked for and not yet kept stays below the window (poll_window.h).  After a
 * session died while fetching, mails go one by one and nothing else with them, so that the one that
 * it dies at is known (troubles.h).  In place; see poll_fetch_init().
 */
#ifndef GATEWAYD_POLLER_POLL_FETCH_H
#define GATEWAYD_POLLER_POLL_FETCH_H

#include "gatewayd/poller/poll_known.h"
#include "gatewayd/poller/poll_pipe.h"
#include "gatewayd/poller/poll_post.h"
#include "gatewayd/poller/poll_window.h"
#include "gatewayd/poller/troubles.h"
#include "gatewayd/poller/uids.h"

struct poll_fetch {
	struct poll_sender *sender; /* borrowed */
	int64_t mail_bytes;
	struct uids wanted; /* to be described, where they are not known */
	struct poll_known known;
	struct imap_mail *described; /* to be fetched */
	size_t n, cap;
	struct poll_window under_way; /* asked for, and not yet kept by core */
	struct troubles troubles;
	bool solo;    /* a session died while fetching: one at a time */
	bool look_on; /* a look goes on: more may be wanted soon */
	struct handoff_item *held_first, *held_last; /* mails that came, not yet given */
	size_t held_count;
};

struct poll_fetch_limits {
	int64_t mail_bytes;
	size_t near, most; /* mails under way (poll_window.h) */
	int64_t under_way_bytes;
};
void poll_fetch_init(struct poll_fetch *f, struct poll_sender *sender,
		     const struct poll_fetch_limits *l);
void poll_fetch_release(struct poll_fetch *f);
void poll_fetch_forget(struct poll_fetch *f); /* with the session, but for troubles and solo */

/* A look at the folder found these, in their order: they need not be asked about once more. */
void poll_fetch_know(struct poll_fetch *f, const struct imap_mail *mails, size_t n);
/* Core wants it.  Nothing happens where it is under way already or is left alone for now. */
void poll_fetch_want(struct poll_fetch *f, const struct poll_pipe *pipe, uint32_t uid);
void poll_fetch_tidy(struct poll_fetch *f); /* after some were wanted */

/* Nothing is to be done: what the work needed goes back. */
void poll_fetch_rest(struct poll_fetch *f);
/* Something is wanted and there is room for it. */
bool poll_fetch_ready(const struct poll_fetch *f);
size_t poll_fetch_backlog(const struct poll_fetch *f); /* mails that are wanted and not asked for */
/* The next one goes with nothing else under way. */
bool poll_fetch_is_lone(const struct poll_fetch *f);
/* The next step to send, the caller's; NULL: none now. */
struct poll_step *poll_fetch_next(struct poll_fetch *f, const struct poll_pipe *pipe);
/* Sends it, or takes its answer.  -1 with e filled: the session must end. */
int poll_fetch_run(struct poll_fetch *f, struct imap *imap, const struct poll_step *s,
		   struct err *e);
/* What came goes to the poller now: before each wait and behind each answer. */
void poll_fetch_give(struct poll_fetch *f);
/* Its answer is there.  -1 with e filled: the server wants us to go. */
int poll_fetch_answered(struct poll_fetch *f, const struct imap *imap, const struct poll_step *s,
			struct err *e);
/* The session died at it; `with` are the others that were under way. */
void poll_fetch_died(struct poll_fetch *f, const struct poll_step *s, const struct poll_pipe *with,
		     struct err *e);

#endif
