/*
 * What a mail about a case answers in its reader's client: In-Reply-To and References hold only ids
 * of mails that this reader wrote or got, so that nobody learns of others' mails or of the tokens
 * in them.
 */
#ifndef GATEWAYD_POST_THREAD_H
#define GATEWAYD_POST_THREAD_H

#include "gatewayd/case/desk.h"
#include "gatewayd/post/mime_write.h"

/* Their own mails and those that they were named in (Cc); without any, ours to them. */
int thread_of(struct desk *d, int64_t number, struct span address, struct mime_thread *ret_thread,
	      struct err *e);

#endif
