/*
 * What mails of a case have in common with those that come later, besides our own marks: the
 * Message-IDs of an outside thread that we never saw, and the reference of the sender's own ticket
 * system in the subject (reference.h).
 *
 * Only mails of proven senders teach them, and they prove nothing: they name a case
 * (gatewayd/mail/decide.h), rights are looked up as always.
 */
#ifndef GATEWAYD_MAIL_THREAD_H
#define GATEWAYD_MAIL_THREAD_H

#include "gatewayd/case/desk.h"
#include "gatewayd/identity/header_scan.h"

int thread_learn(struct desk *d, const struct header_scan *scan, struct span subject,
		 int64_t number, struct err *e);
/* The case; 0: none. */
int thread_find(struct desk *d, const struct header_scan *scan, struct span subject,
		int64_t *ret_number, struct err *e);

#endif
