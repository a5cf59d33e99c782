/*
 * A short mail without its greeting and without the name below.  For customer_read.c and
 * notice_words.c only.
 */
#ifndef GATEWAYD_MAIL_CUSTOMER_STRIP_H
#define GATEWAYD_MAIL_CUSTOMER_STRIP_H

#include "conf/phrasebook.h"
#include "gatewayd/base/arena.h"

struct stripped {
	struct span core; /* of the text */
	bool thanks;	  /* what was left out says thanks */
};

/* `own`: the name of who writes; "": not known. */
void customer_strip(const struct phrasebook *book, struct span text, struct span own,
		    struct arena *a, struct stripped *ret_stripped);

#endif
