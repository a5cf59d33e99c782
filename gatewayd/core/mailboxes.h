/*
 * The mailboxes as they were last heard of, for `gatewayctl status` and its log lines: what the
 * poller said, when it looked last, and the tally of their mails.
 *
 * In place: zeroed is empty.  A mailbox that left the configuration stays until core ends.
 */
#ifndef GATEWAYD_CORE_MAILBOXES_H
#define GATEWAYD_CORE_MAILBOXES_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/looks.h"
#include "gatewayd/core/mail_tally.h"
#include "gatewayd/wire/talk.h"

struct mailbox {
	char *name;
	struct peer *put_off; /* a poller that asked while another node has it; NULL */
	struct peer *from;    /* its poller; NULL: that ended, and no other has said anything */
	bool good;
	bool said, said_good; /* in the log, and so */
	char *text;
	unsigned int aside; /* mails that the server does not give; aside_text is of the first */
	char *aside_text;
	int64_t at;	    /* of the text */
	int64_t renewed_at; /* a reload ended its poller, which had it good; 0: none did */
	int64_t bad_at;	    /* it is not good since; 0: it is, or is not heard of yet */
	int64_t looked_at;  /* the last look to the end of the folder; INSTANT_NONE: none yet */
	bool unread;	    /* it was not good, and not looked at to its end since */
	struct mail_tally tally;
	struct looks looks;
	bool looks_read; /* from the store */
	bool look_whole; /* the one under way began here, with the folder */
};

struct mailboxes {
	struct mailbox *v;
	size_t n;
};

void mailboxes_release(struct mailboxes *m);
const struct mailbox *mailboxes_find(const struct mailboxes *m, const char *name); /* or NULL */
/* The same, made where there is none; valid until the next is made. */
struct mailbox *mailboxes_of(struct mailboxes *m, struct span name);

void mailboxes_status(struct mailboxes *m, struct peer *from, const struct talk_status *s,
		      int64_t now);
void mailbox_looked(struct mailbox *m, int64_t now); /* to the end of the folder */
/* It is good, or was until a reload that is no longer ago than BENCH_RELOAD_GRACE_S. */
bool mailbox_is_good(const struct mailbox *m, const struct bench *b);
/* Its poller ended: what that said holds no more. */
void mailboxes_gone(struct mailboxes *m, const struct peer *from, int64_t now);
/* A mail waits that a server would give to this node: not behind that server's own trouble. */
bool mailboxes_wait(const struct mailboxes *m, const struct holding *ours);
/* The queues whose customers may have written what this node could not read yet. */
void mailboxes_unread(const struct mailboxes *m, struct bench *b, struct desk_unread *ret_unread);
/* The store can say what of its looks is still to be read. */
bool mailboxes_can_look(const struct mailboxes *m, struct bench *b);

#endif
