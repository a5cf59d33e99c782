/* A configuration tried before it is in its place, by `gatewayctl doctor` as a process of its own.
 */
#ifndef GATEWAYD_BEGIN_BEGIN_TRY_H
#define GATEWAYD_BEGIN_BEGIN_TRY_H

#include "gatewayd/begin/begin_write.h"

struct begin_tried {
	size_t wrong;
	bool no_outside;	  /* no mail from outside has come yet */
	size_t proposed;	  /* lines that may be put into the configuration */
	struct begin_plan better; /* the plan with them in it */
};

/* Shows what it finds.  ERR_TEMP: stopped; ERR_PERM: it could not be tried. */
int begin_try(struct begin_ask *q, const struct begin_written *w, const struct begin_plan *p,
	      struct begin_tried *ret_tried, struct err *e);

#endif
