/*
 * The reference of a sender's own ticket system in a subject: "[ABC-1234]", "Ticket 4711", "Case
 * #4711", "Ref: ABC-123", "[JIRA] (ABC-12)", "INC0012345".
 *
 * Pure.  What is found proves nothing; our own tag is none.
 */
#ifndef GATEWAYD_MAIL_REFERENCE_H
#define GATEWAYD_MAIL_REFERENCE_H

#include "gatewayd/base/arena.h"

enum { REFERENCES_MAX = 4, REFERENCE_MAX = 40 };

/*
 * Those of the subject in the order in which they stand, without the word before them, in capital
 * letters: "Ticket#4711", "[ticket 4711]" and "Ticket no. 4711" are one.  They live in the arena.
 * How many there are, at most REFERENCES_MAX.
 * known: only one that was seen before is wanted, so that "ABC-12" is one wherever it stands.
 */
size_t reference_find(struct span subject, bool known, struct arena *a,
		      struct span ret_v[REFERENCES_MAX]);

#endif
