/*
 * Staff ask, in a mail about no case: #list, #show 12.  For decide.c.
 */
#ifndef GATEWAYD_MAIL_DECIDE_ASKS_H
#define GATEWAYD_MAIL_DECIDE_ASKS_H

#include "gatewayd/mail/decide.h"

/*
 * The border's word about the sender is enough, with staff_trust = "token" the token of a
 * transcript about no case: what is answered goes to their own address, and a case changes only by
 * a mail with its token.  In a thread of a case only what needs no case is answered, and only when
 * the mail has nothing else; where it has the case's token the mail is about the case, but with
 * staff_trust = "token": so they come to such a transcript.
 */
bool decide_asks(const struct decide_in *in, struct decision *d);

#endif
