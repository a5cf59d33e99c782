/*
 * What a person changes in a case with a command, and who is told of it: an operation of
 * case/case_ops.h, and when something is other than before, the event of conf/notices.h.
 *
 * actor: a staff id, or case_actor().
 */
#ifndef GATEWAYD_POST_CHANGE_H
#define GATEWAYD_POST_CHANGE_H

#include "gatewayd/case/desk.h"

/* owner: a staff id, or "" for nobody.  answered: an answer to the customer goes out beside it, so
 * that they need no mail of their own. */
int change_owner(struct desk *d, int64_t number, struct span owner, struct span actor,
		 bool answered, struct err *e);
int change_queue(struct desk *d, int64_t number, struct span queue, struct span actor,
		 struct err *e);
/* phone: the record of the call that asked for it, or "". */
int change_severity(struct desk *d, int64_t number, int severity, struct span actor,
		    struct span reason, struct span phone, struct err *e);

int change_merge(struct desk *d, int64_t number, int64_t into, bool other, struct span actor,
		 struct err *e);
int change_unmerge(struct desk *d, int64_t number, struct span actor, struct err *e);
int change_split(struct desk *d, int64_t number, int64_t note, struct span subject,
		 struct span actor, int64_t *ret_number, struct err *e);

#endif
