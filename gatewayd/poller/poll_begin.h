/*
 * The beginning of a session: the folders that mails are moved to are looked for, selected and,
 * where one is missing, made, and the mailbox is selected and listed, each in one round trip for
 * all.
 *
 * Nothing is changed in a folder by it.  What was not found out so is left to who needs it, whose
 * own command then says why.
 */
#ifndef GATEWAYD_POLLER_POLL_BEGIN_H
#define GATEWAYD_POLLER_POLL_BEGIN_H

#include "conf/conf.h"
#include "gatewayd/net/imap.h"
#include "gatewayd/wire/talk.h"

struct poll_begin { /* in place: zeroed knows nothing */
	bool full;  /* the mailbox was, when it was last selected: it is not listed ahead */
	bool selected[TALK_PLACE_COUNT];
	struct imap_folder folder[TALK_PLACE_COUNT]; /* of those, as they were selected */
	bool listed;	/* what is in the mailbox, which is the folder that is selected now */
	uint32_t *uids; /* of that, rising; owned */
	size_t n;
};

/* The name of a place; NULL: there is no such folder. */
const char *poll_place_name(const struct conf_mailbox *conf, enum talk_place place);

/* -1 with e filled: the session must end. */
int poll_begin(struct imap *imap, const struct conf_mailbox *conf, struct poll_begin *b,
	       struct err *e);
/* The list is no use any more: another folder was selected since, or time has passed. */
void poll_begin_unlist(struct poll_begin *b);
void poll_begin_release(struct poll_begin *b); /* knows nothing then but `full` */

/* Selects and lists the mailbox, as above.  -1 with e filled: one of the two failed. */
int poll_begin_list(struct imap *imap, const struct conf_mailbox *conf, struct poll_begin *b,
		    struct err *e);

#endif
