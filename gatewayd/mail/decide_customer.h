/*
 * What becomes of a customer's mail about a case: a command, a note, or a word from outside of the
 * conversation (gatewayd/README.md, "Who is in the conversation").
 */
#ifndef GATEWAYD_MAIL_DECIDE_CUSTOMER_H
#define GATEWAYD_MAIL_DECIDE_CUSTOMER_H

#include "gatewayd/mail/decide.h"

/* What a customer would mean by it, once the cases are known: a mail that answers one is read
 * without its subject.  Nothing, in a mail of a program. */
void decide_read_command(struct decide_in *in, struct arena *a);

/* false: it opens a case. */
bool decide_customer(const struct decide_in *in, struct decision *d);

/* Where the case was that a new one follows. */
const struct conf_queue *decide_followed_queue(const struct decide_in *in,
					       const struct decision *d);

/* An answer with something of the sender's goes to the sender, or to nobody. */
bool decide_answers_sender(const struct decide_in *in);

#endif
