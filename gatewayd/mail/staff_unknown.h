/*
 * A name in a command of staff that is nobody's and nothing's: what it is that is not known, and
 * the near name, or all that there are.  Named is only what would do: who may own the case, all
 * queues where it may be moved, and of #list their own queues and colleagues of these.
 */
#ifndef GATEWAYD_MAIL_STAFF_UNKNOWN_H
#define GATEWAYD_MAIL_STAFF_UNKNOWN_H

#include "gatewayd/mail/staff_run.h"

/* All of them are ERR_PERM.  queue: on which that person would have to work; NULL: on one of the
 * asker's. */
int staff_unknown_person(struct run *r, struct span name, const char *queue, struct err *e);
int staff_unknown_queue(struct run *r, struct span name, struct err *e);
/* Neither a queue nor a person, as #list wants one. */
int staff_unknown_listed(struct run *r, struct span name, struct err *e);

#endif
