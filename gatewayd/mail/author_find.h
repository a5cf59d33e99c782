/*
 * What the head of a mail says of its author beside From, and what in it could mislead: a name that
 * shows an address, a domain of several scripts or one that looks like an account's or ours.
 */
#ifndef GATEWAYD_MAIL_AUTHOR_FIND_H
#define GATEWAYD_MAIL_AUTHOR_FIND_H

#include "gatewayd/case/author.h"
#include "gatewayd/mail/requester.h"

/*
 * Of From; of who asks instead, when that is another (then nothing is proven, and what stands in
 * the head is not theirs).  account_known: the address or its domain is an account's, and is not
 * compared with others.
 */
int author_find(struct desk *d, const struct requester_mail *m, const struct requester *requester,
		bool account_known, struct author *ret_author, struct err *e);

#endif
