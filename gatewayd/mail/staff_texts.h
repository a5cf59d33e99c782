/*
 * Texts that commands put below an answer: #snippet NAME, #kb N.
 */
#ifndef GATEWAYD_MAIL_STAFF_TEXTS_H
#define GATEWAYD_MAIL_STAFF_TEXTS_H

#include "gatewayd/mail/staff_command.h"

/*
 * The author's words, and below them what their commands name, in their order.  *ret_failure: one
 * of them cannot be found.
 */
int staff_texts(struct desk *d, const struct staff_request *r, struct span *ret_text,
		struct staff_failure *ret_failure, struct err *e);

#endif
