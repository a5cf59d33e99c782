/*
 * What a mail is known by beside its Message-ID (gatewayd/identity/mail_identity.h), of one that is
 * kept: said when another has its Message-ID, and before its bytes go.
 */
#ifndef GATEWAYD_MAIL_MAIL_IDENTIFY_H
#define GATEWAYD_MAIL_MAIL_IDENTIFY_H

#include "store/store_mail.h"

/* Of a mail that does not say it yet, from its bytes.  Where these cannot be read it gets that of
 * an empty mail, which is like no mail with a Message-ID. */
int mail_identify(struct store *s, int64_t id, struct err *e);
/* The same of one that may say it already; *m says it then. */
int mail_identified(struct store *s, struct store_mail *m, struct err *e);

#endif
