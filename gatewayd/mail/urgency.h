/*
 * How urgent the sender of a mail says that it is (conf/policy/README.md section 2).
 *
 * Only a statement counts: not what stands in quotes, a question, a condition or the past, nor a
 * sentence that says the opposite.  A text that says the opposite takes back what the subject says.
 * The phrases are classes of the vocabulary: urgent, no-hurry, not-stated, no-word.  Pure.
 */
#ifndef GATEWAYD_MAIL_URGENCY_H
#define GATEWAYD_MAIL_URGENCY_H

#include "conf/policy.h"
#include "gatewayd/mail/clauses.h"

enum {
	URGENCY_LINES = 10, /* of the text, those with words, that are looked at */
	URGENCY_TEXT_MAX = CLAUSES_TEXT_MAX,
	URGENCY_SUBJECT_MAX = 1024,
};

/* The severity that is wished, 1 to 4; 0: none is.  text: new words alone, without quoted mails. */
int urgency_wish(const struct policy *policy, struct span subject, struct span text);

#endif
