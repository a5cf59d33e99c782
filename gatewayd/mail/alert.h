/*
 * What the subjects of alerts say: how something is, and of what.
 *
 * An ending says that what its sender told of before is over: "OK: edge7", "[RESOLVED] edge7",
 * "RECOVERY - edge7", "edge7 is up", "Entwarnung: edge7".  A word counts where it is marked as one
 * that says so (a bracket or colon beside it, capital letters, the end of a sentence), and the
 * first such word decides.
 */
#ifndef GATEWAYD_MAIL_ALERT_H
#define GATEWAYD_MAIL_ALERT_H

#include "gatewayd/case/desk.h"
#include "gatewayd/identity/identity.h"

/* A word that says how it is and not of what: "PROBLEM", "OK". */
bool alert_says_how(struct span word);

bool alert_is_over(struct span subject);
/* Likewise, that it is not well: "PROBLEM: edge7", "[CRITICAL] disk". */
bool alert_is_trouble(struct span subject);

/* How well two subjects are about the same, whatever they say of it. */
enum alert_fit {
	ALERT_OTHER,
	ALERT_PARTLY, /* all that the first names stands in the second */
	ALERT_ALIKE,  /* the same but for numbers and times */
	ALERT_SAME,
};
enum alert_fit alert_fits(struct span ending, struct span subject);

/* The open case of this sender that the ending fits best, the newest of several; 0: none.  A mail
 * that proves less than what opened the case ends nothing. */
int alert_find(struct desk *d, struct span ending, const struct identity *id, int64_t *ret_number,
	       struct err *e);

#endif
