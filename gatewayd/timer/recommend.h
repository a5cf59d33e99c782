/*
 * Recommendations after go-live (conf/policy/README.md section 7): mailed to an account's contacts
 * once the property has been live for limits.recommend_delay_s, never to those who opted out.
 * What is imported later goes out, too; all of an account is one mail, and no other within
 * limits.recommend_pause_s.
 *
 * A property that goes live again is told of again, if anything is open then.  Changed elsewhere,
 * it loses what is open and what was sent: the import must bring it again.
 */
#ifndef GATEWAYD_TIMER_RECOMMEND_H
#define GATEWAYD_TIMER_RECOMMEND_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum { RECOMMEND_PROBLEMS_MAX = 256 * KIB };

/* Mails what is due, a bounded number of accounts a call; in transactions of its own. */
int recommend_turn(struct desk *d, struct err *e);
/* When the next one is due; INSTANT_NONE: none is. */
int recommend_next(struct desk *d, int64_t *ret_at, struct err *e);

enum recommend_what { RECOMMEND_LIVE, RECOMMEND_CHANGED };

struct recommend_event {
	enum recommend_what what;
	struct span account, property;
	int64_t at;
};
/* In a transaction.  ERR_PERM: there is no such account. */
int recommend_apply(struct desk *d, const struct recommend_event *event, struct err *e);

/*
 * Files, JSON (an array of objects) or CSV with the same names as columns; recommend_file.c:
 *
 *	events: account, property, event ("live" or "changed"), at (RFC 3339; absent: now)
 *	rows: account, property, title, link (http or https)
 *
 * In a transaction; what is wrong is a line each in problems, and then nothing was done.
 */
int recommend_import_events(struct desk *d, const char *name, struct span text,
			    struct buf *problems, size_t *ret_n, struct err *e);
int recommend_import_rows(struct desk *d, const char *name, struct span text, struct buf *problems,
			  size_t *ret_n, struct err *e);

#endif
