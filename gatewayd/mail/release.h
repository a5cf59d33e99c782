/*
 * The answer of staff to a list of mails that became no case: "#case 17 18" makes cases of them.
 */
#ifndef GATEWAYD_MAIL_RELEASE_H
#define GATEWAYD_MAIL_RELEASE_H

#include "gatewayd/mail/apply_work.h"

enum { RELEASE_MAX = 100 }; /* mails of one answer */

/* The numbers behind "#case" at the beginning of a line; how many. */
size_t release_read(struct span reply, int64_t ret_mails[RELEASE_MAX]);

int apply_release(struct work *w, struct err *e);

/* It was filed or set aside. */
bool release_may(enum mail_state state);

#endif
