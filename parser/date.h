/*
 * Dates of mail: RFC 5322 section 3.3 and 4.3, and what else is found in Date fields (asctime, ISO
 * 8601, two-digit years, named zones, comments, month before day).
 */
#ifndef PARSER_DATE_H
#define PARSER_DATE_H

#include "gatewayd/base/clock.h"

/* False when there is no day, month and year in it, or one of the numbers is out of range. */
bool date_parse(struct span s, int64_t *ret_at);

#endif
