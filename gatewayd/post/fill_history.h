/*
 * What was written in a case, for its customer: notes of customers and answers of staff.  Notes of
 * staff, what is not proven to be of the conversation, and what was said on the phone are left out.
 */
#ifndef GATEWAYD_POST_FILL_HISTORY_H
#define GATEWAYD_POST_FILL_HISTORY_H

#include "gatewayd/post/notice.h"

enum {
	HISTORY_NOTES_MAX = 50,	   /* the last ones */
	HISTORY_NOTE_BYTES = 8000, /* of each */
};

/* A notice_fill. */
int fill_history(struct desk *d, struct compose_mail *mail, const struct notice *n, struct err *e);

#endif
