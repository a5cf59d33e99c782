/*
 * What would become of a mail: all of it is done, in a transaction that is taken back.
 */
#ifndef GATEWAYD_MAIL_SIMULATE_H
#define GATEWAYD_MAIL_SIMULATE_H

#include "gatewayd/mail/mail_job.h"

/*
 * As JSON text: the decision with trust, queue and each rule's score; state and reason of the mail;
 * the case as `case show` has it, with its deadlines; and each mail that would go out, with its
 * text.  Nothing of it stays.  job->mail needs mailbox, received_at and size.
 */
int simulate(struct desk *d, struct mail_job *job, struct buf *out, struct err *e);

#endif
