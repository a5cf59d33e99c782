/* Core is told what a look at a mailbox's folder found. */
#ifndef GATEWAYD_POLLER_POLL_LIST_H
#define GATEWAYD_POLLER_POLL_LIST_H

#include "gatewayd/poller/poll_fetch.h"

struct poll_list { /* all borrowed */
	struct imap *imap;
	struct poll_sender *sender;
	struct poll_fetch *fetch;
};

/*
 * UID, size and INTERNALDATE of the mails of these UIDs, in pieces that a message takes; an empty
 * folder is one, too.  add_answers is raised by one for each piece that core answers: one whose
 * mails are all gone by now has no answer.  -1 with e filled: the session must end.
 */
int poll_list_post(const struct poll_list *l, const uint32_t *uids, size_t n, size_t *add_answers,
		   struct err *e);

#endif
