/*
 * Dates as clients write them above an earlier mail, in the languages of the tables: "Montag, 23.
 * November 2026 10:00", "2026年11月23日 10:00", "11/23/2026 10:00 AM".
 */
#ifndef PARSER_FORWARD_DATE_H
#define PARSER_FORWARD_DATE_H

#include "gatewayd/base/str.h"

/* s is UTF-8.  A time without a zone is taken for UTC; false when there is no whole date in it. */
bool forward_date(struct span s, int64_t *ret_at);

#endif
