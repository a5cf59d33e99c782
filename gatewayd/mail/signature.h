/*
 * What people, or their mail programs, put below a mail: a name, a title, a company, telephone
 * numbers.  Pure; the words are of the phrases that customers write (conf/phrasebook.h).
 */
#ifndef GATEWAYD_MAIL_SIGNATURE_H
#define GATEWAYD_MAIL_SIGNATURE_H

#include "conf/phrasebook.h"

enum { SIGNATURE_LINES_MAX = 12 };

/* "Ann Miller", "Customer Ltd", "+49 30 1234": at most so many words, each a name or short. */
bool signature_are_names(struct span s, size_t most);

/* "Ann", "ann miller", "i. V. Ann Miller", "Ann Miller (she/her)": `own` is the name of who writes,
 * in any order; "": nobody's. */
bool signature_is_own(struct span line, struct span own);

/* A line as they have it, trimmed and not empty: names, a title, a number with its label, a rule.
 * One that asks or says something is none. */
bool signature_is_line(const struct phrasebook *book, struct span line);

#endif
