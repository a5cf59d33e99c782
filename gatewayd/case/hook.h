/*
 * What webhooks are told of a case: a row of the outbox for each hook that wants the event, in the
 * transaction that wrote it, so that none is lost or told twice.
 *
 * Nothing internal is in it: no text of any note, no event of an internal note, nobody's name or
 * address, no reason.  What is told is what the customer of the case knows or decided (its
 * subject), and numbers.  Row: kind "hook", recipient the hook's name, subject the event,
 * message_id the id of the POST, which stays the same however often it is tried.
 */
#ifndef GATEWAYD_CASE_HOOK_H
#define GATEWAYD_CASE_HOOK_H

#include "gatewayd/case/case_log.h"

enum { HOOK_BODY_MAX = 64 * 1024 };

/* Inside the transaction, right after the event was added. */
int hook_tell(struct desk *d, int64_t number, const struct case_event *ev, struct err *e);

const char *hook_event_name(enum conf_hook_event event);

#endif
