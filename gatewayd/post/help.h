/*
 * What mails to customers say beside the facts: a confirmation known answers and the queue's pages
 * of help, those about business and billing who the account's people with us are.
 */
#ifndef GATEWAYD_POST_HELP_H
#define GATEWAYD_POST_HELP_H

#include "gatewayd/post/notice.h"

enum {
	HELP_EXCERPT_MAX = 200, /* bytes of an answer that has no link */
	HELP_FOUND_MAX = 10,	/* answers to a search */
};

/* For a case of mail->c; words: what else the mail says, to look for answers with. */
int help_fill(struct desk *d, struct compose_mail *mail, struct span words, struct err *e);
int help_team(struct desk *d, struct compose_mail *mail, struct err *e);
/* The known answers to a question, whatever the mail is about. */
int help_search(struct desk *d, struct compose_mail *mail, struct span query, struct err *e);

#endif
