/*
 * What mails to customers say beside the facts: a confirmation known answers and the queue's pages
 * of help, those about business and billing who the account's people with us are.
 */
#ifndef GATEWAYD_POST_HELP_H
#define GATEWAYD_POST_HELP_H

#include "gatewayd/post/notice.h"

enum { HELP_EXCERPT_MAX = 200 }; /* bytes of an answer that has no link */

/* For a case of mail->c; words: what else the mail says, to look for answers with. */
int help_fill(struct desk *d, struct compose_mail *mail, struct span words, struct err *e);
int help_team(struct desk *d, struct compose_mail *mail, struct err *e);

#endif
