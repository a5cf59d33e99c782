/*
 * Whether an answer of staff says nothing but what is for us, not for a customer: "Send it",
 * "Don't send it", "OK, thanks".  So people answer a mail that says NOT SENT, and other notices.  A
 * table.  Pure.
 */
#ifndef GATEWAYD_MAIL_NOTICE_WORDS_H
#define GATEWAYD_MAIL_NOTICE_WORDS_H

#include "conf/conf.h"
#include "gatewayd/base/arena.h"

enum { NOTICE_WORDS_BYTES_MAX = 200 }; /* without greeting and name; a longer text is no such one */

/* `own`: the name of its author; "": not known. */
bool notice_words_only(const struct conf *conf, struct span text, struct span own, struct arena *a);

#endif
