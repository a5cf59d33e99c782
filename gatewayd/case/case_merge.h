/* Two cases become one. */
#ifndef GATEWAYD_CASE_CASE_MERGE_H
#define GATEWAYD_CASE_CASE_MERGE_H

#include "gatewayd/case/desk.h"

/*
 * number's notes stay, it is closed and points to into; mails to it go there.  Its requester gets
 * the mails of that case where both are of one customer: one account (and one customer of it), or,
 * without any, one address or domain.  Into another customer's case only when `other`, and then its
 * requester gets none.
 */
int case_merge(struct desk *d, int64_t number, int64_t into, bool other, struct span actor,
	       struct err *e);

/* Those who were in the conversation of `from` and are not in that of `into`: "a@x, b@y"; "":
 * nobody. */
int case_merge_left(struct desk *d, int64_t from, int64_t into, struct span *ret_people,
		    struct err *e);
/* number is a case of its own again, in the state that it had; who came into the other by the merge
 * alone is out of it, and of those that it was merged into since; what came since stays there. */
int case_unmerge(struct desk *d, int64_t number, struct span actor, struct err *e);
/* The only case that was merged into that one; ERR_PERM: none, or several. */
int case_merged_one(struct desk *d, int64_t into, int64_t *ret_number, struct err *e);
/* As above: one may read what the other one wrote. */
bool case_same_customer(const struct desk *d, const struct store_case *a,
			const struct store_case *b);

#endif
