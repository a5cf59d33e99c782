/*
 * What core knows of itself, for `gatewayctl status`:
 *
 *	{ wrong: [{what, since, text}],
 *	  mailboxes: [{name, good, text, at, looked_at, waiting, oldest, set_aside, seen, kept}],
 *	  oauth: [{name, good, text, at, access_until, refresh_until, claims}],
 *	  roles: [{role, wanted, running, good, rss_bytes}],
 *	  committed_at, clock: {stepped_at, seconds, held_seconds} or null,
 *	  meters: what meters_view() says, or null }
 *
 * wrong is empty only when all is well.  Instants are RFC 3339, or null.
 */
#ifndef GATEWAYD_CORE_REPORT_H
#define GATEWAYD_CORE_REPORT_H

#include "gatewayd/base/json.h"
#include "gatewayd/core/grant_list.h"
#include "gatewayd/core/mailboxes.h"

json_t *report_make(struct bench *b, const struct mailboxes *mailboxes,
		    const struct grant_list *grants);

/* The same in pieces, between which others have their turn. */
struct report {
	json_t *all;   /* the caller's */
	json_t *wrong; /* in it */
	const struct mailboxes *mailboxes;
	const struct grant_list *grants;
	size_t at;
};
void report_begin(struct report *r, const struct mailboxes *mailboxes,
		  const struct grant_list *grants);
bool report_step(struct report *r, struct bench *b); /* true: r->all has everything */

/* A log-in: {state: "asked", "waiting", "done" or "failed", address, code, text}; seen may be NULL.
 */
json_t *report_login(const struct grant_seen *seen, uint32_t number);

#endif
