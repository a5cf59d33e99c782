/*
 * Which case of an address is meant where a mail names none.  Anybody can open a case in somebody's
 * name: one that the address itself is proven in goes before those.
 */
#ifndef GATEWAYD_MAIL_NEWEST_CASE_H
#define GATEWAYD_MAIL_NEWEST_CASE_H

#include "gatewayd/case/desk.h"

/* Our server vouched for the address in a mail of the case, or proven staff named it. */
int newest_case_is_proven(struct desk *d, int64_t number, struct span address, bool *ret_proven,
			  struct err *e);

/* Of the cases that the address asked for and that changed since: the newest in which it is proven,
 * among NEWEST_CASES_MAX; else the newest of all, if that one did; 0: none. */
enum { NEWEST_CASES_MAX = 200 };
int newest_case_find(struct desk *d, struct span address, int64_t since_at, int64_t *ret_number,
		     struct err *e);

#endif
