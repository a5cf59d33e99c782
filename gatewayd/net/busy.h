/*
 * What servers say when they want less of us, or want it later: no mail is to blame.
 *
 * IMAP: response codes of RFC 5530 (UNAVAILABLE, INUSE, LIMIT) and of providers (Gmail:
 * OVERQUOTA, THROTTLED; Exchange Online says it in words, with the time to wait).  SMTP: the limits
 * of an account, which some providers refuse with 5xx though they end by themselves; not what a
 * recipient's server said to ours, whose words are anybody's and concern that recipient alone.
 */
#ifndef GATEWAYD_NET_BUSY_H
#define GATEWAYD_NET_BUSY_H

#include "gatewayd/base/str.h"

enum { BUSY_WAIT_MAX_MS = 30 * 60 * 1000 };

bool busy_imap(struct span words);
bool busy_smtp(struct span words);
/* As the words say, at most BUSY_WAIT_MAX_MS; 0: they say no time. */
int64_t busy_wait_ms(struct span words);

#endif
