/*
 * What pollers hear of a mailbox that another node has: nothing is fetched, moved or compared, and
 * they ask again with the next poll, not with the next mail.  When the mailbox comes here, a poller
 * that was put off begins a session, with the look at what was moved that each session begins with.
 */
#ifndef GATEWAYD_CORE_ELSEWHERE_H
#define GATEWAYD_CORE_ELSEWHERE_H

#include "gatewayd/core/mailboxes.h"

/* wants: its uids are those of the folder, its wants are filled here. */
int elsewhere_folder(struct mailboxes *m, struct peer *from, const struct talk_wants *wants,
		     struct err *e);
int elsewhere_compared(struct mailboxes *m, struct peer *from, const struct talk_compared *c,
		       struct err *e);
/* A mail that was asked for while the mailbox was here; its descriptor is closed. */
void elsewhere_mail(struct mailboxes *m, struct peer *from, const struct talk_mail *mail);
/*
 * It is to go to another node: its poller ends, and with it what it was still to move, which the
 * other node's will.  Not from a frame of its poller.
 */
void elsewhere_soon(struct mailboxes *m, struct span mailbox);
/* Not from a frame of its poller. */
void elsewhere_no_more(struct mailboxes *m, struct span mailbox, int64_t now);

#endif
