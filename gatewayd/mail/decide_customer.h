/*
 * What becomes of a customer's mail about a case: a command, a note, or a word from outside of the
 * conversation (gatewayd/README.md, "Who is in the conversation").
 */
#ifndef GATEWAYD_MAIL_DECIDE_CUSTOMER_H
#define GATEWAYD_MAIL_DECIDE_CUSTOMER_H

#include "gatewayd/mail/decide.h"

/* false: it opens a case. */
bool decide_customer(const struct decide_in *in, struct decision *d);

/* An answer with something of the sender's goes to the sender, or to nobody. */
bool decide_answers_sender(const struct decide_in *in);

#endif
