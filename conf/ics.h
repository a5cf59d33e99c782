#ifndef CONF_ICS_H
#define CONF_ICS_H

#include "conf/loader.h"

/*
 * The holidays of an .ics file, in the conf's arena.  Problems inside are added at its lines; a
 * file that cannot be read at all is told by the result, NULL otherwise.
 */
const char *ics_read(struct loader *l, const char *file, struct policy_holiday **ret_v,
		     size_t *ret_n);

#endif
