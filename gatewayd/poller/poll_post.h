/*
 * What goes between the poller and the thread of a mailbox: orders in, posts out, through handoffs.
 */
#ifndef GATEWAYD_POLLER_POLL_POST_H
#define GATEWAYD_POLLER_POLL_POST_H

#include "gatewayd/base/handoff.h"
#include "gatewayd/net/imap.h"
#include "gatewayd/poller/troubles.h"
#include "gatewayd/wire/talk.h"

struct poll_mailbox;

/* What to do with UIDs (talk.h): core's answer to a POLL_FOLDER, or that mails were kept; or which
 * UIDs to compare, the answer to a POLL_COMPARED. */
struct poll_order {
	struct handoff_item link;
	bool answer; /* to a POLL_FOLDER */
	bool compare;
	uint32_t from; /* compare; as are all, store and wait */
	bool all;
	uint32_t store;
	bool wait;
	uint32_t uidvalidity, session; /* another one's is passed over */
	size_t n;
	uint32_t *uids; /* on the heap, the order's */
	uint8_t *wants; /* enum talk_want */
};
void poll_order_free(struct poll_order **o);

enum poll_kind { POLL_FOLDER, POLL_MAIL, POLL_STATUS, POLL_ASIDE, POLL_COMPARED, POLL_REFUSED };

struct poll_post {
	struct handoff_item link;
	enum poll_kind kind;
	const struct poll_mailbox *from;
	uint32_t uidvalidity, session;
	enum talk_place place;
	struct talk_compared compared; /* POLL_COMPARED, but for its session */
	char *ids;		    /* POLL_FOLDER: what the spans of listed point to; the post's */
	struct talk_listed *listed; /* POLL_FOLDER; the post's */
	bool first, last;	    /* POLL_FOLDER: of a look */
	size_t n;		    /* of them; POLL_STATUS: how many mails are set aside */
	struct imap_mail mail;	    /* POLL_MAIL, its bytes are the post's; POLL_ASIDE: its UID */
	int64_t serial;		    /* POLL_REFUSED: of the access token */
	bool good;		    /* POLL_STATUS */
	char text[ERR_TEXT_MAX];
	char aside[ERR_TEXT_MAX]; /* POLL_STATUS: the first that is set aside */
};
void poll_post_free(struct poll_post **p);

/* What a mailbox says of itself in each post. */
struct poll_sender {
	struct handoff *posts; /* borrowed, as is from */
	const struct poll_mailbox *from;
	uint32_t uidvalidity, session;
	enum talk_place place;
	char status[ERR_TEXT_MAX]; /* as last posted, with how many were set aside */
	size_t status_aside;
	bool bad; /* so it was posted last */
};

/* Posts nothing when it is the same as last time. */
void poll_post_status(struct poll_sender *s, bool good, const char *text,
		      const struct troubles *troubles);
/* Those that the server describes: the others are gone meanwhile. */
void poll_post_folder(const struct poll_sender *s, const struct imap_mail *mails, size_t n,
		      bool first, bool last);
/* Takes its bytes; to be given by the caller. */
struct poll_post *poll_post_mail(const struct poll_sender *s, const struct imap_mail *mail);
/* The same with the field Message-ID of each: n texts of `size` bytes each, with a NUL. */
void poll_post_moved(const struct poll_sender *s, const struct imap_mail *mails, size_t n,
		     const char *ids, size_t size);
/* A question, or how far it is compared now (talk.h, MSG_PLACE). */
void poll_post_compared(const struct poll_sender *s, const struct talk_compared *c);
void poll_post_refused(const struct poll_sender *s, int64_t serial);
void poll_post_aside(const struct poll_sender *s, uint32_t uid, const char *words);

#endif
