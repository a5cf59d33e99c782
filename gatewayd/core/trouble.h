/*
 * What operators are told of by mail: the troubles that there are now, one look at a time.
 *
 * Each is an event of conf/notices.h and, where there may be several of it, a name.  What comes
 * and goes within a minute or two is none yet.
 */
#ifndef GATEWAYD_CORE_TROUBLE_H
#define GATEWAYD_CORE_TROUBLE_H

#include "conf/notices.h"
#include "gatewayd/core/grant_list.h"
#include "gatewayd/core/mailboxes.h"

enum {
	TROUBLE_SHORT_S = 120,	     /* that a mailbox, the mail server, a token or a room is bad */
	TROUBLE_ROLE_S = 60,	     /* that a process does not run */
	TROUBLE_UNSEEN_S = 900,	     /* that nobody looked at a mailbox */
	TROUBLE_UNDECIDED_S = 600,   /* that a kept mail waits for its decision */
	TROUBLE_CLOCK_S = 3600,	     /* after the clock was set */
	TROUBLE_ENDS = 5,	     /* of processes of one role ... */
	TROUBLE_ENDS_WITHIN_S = 600, /* ... in so long */
	TROUBLES_MAX = 100,
};

struct trouble {
	enum notice_event event;
	const char *name; /* of the mailbox, the role, the row of oauth, the room; "": one only */
	int64_t since_at;
	const char *text; /* what is known of it; "": nothing */
};

/* Kept from look to look; zeroed to begin. */
struct trouble_roles {
	int64_t missing_at[ROLE_COUNT];		/* 0: all run */
	int64_t ends[ROLE_COUNT][TROUBLE_ENDS]; /* that were no orderly ones, the oldest next */
	int next_end[ROLE_COUNT];
};
void trouble_role_ended(struct trouble_roles *r, enum role_id role, int64_t now);

/* What is looked at. */
struct trouble_view {
	const struct mailboxes *mailboxes;
	const struct grant_list *grants;
	struct trouble_roles *roles;
};
/* What the store could not answer. */
struct trouble_gaps {
	bool any;
	bool of[NOTICE_EVENT_COUNT]; /* such a trouble that is not found may be there */
};
/* In the bench's arena. */
size_t trouble_look(struct bench *b, const struct trouble_view *view,
		    struct trouble ret_v[TROUBLES_MAX], struct trouble_gaps *ret_gaps);

#endif
