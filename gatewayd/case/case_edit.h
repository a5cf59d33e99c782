/*
 * What a case is called and what it is linked with: changes that no clock depends on.
 *
 * As case_ops.h, inside an open transaction.
 */
#ifndef GATEWAYD_CASE_CASE_EDIT_H
#define GATEWAYD_CASE_CASE_EDIT_H

#include "gatewayd/case/desk.h"

int case_set_subject(struct desk *d, int64_t number, struct span subject, struct span actor,
		     struct err *e);
/* Takes back case_link() of that kind, whichever of the two it was made from.  ERR_PERM: they are
 * not linked so. */
int case_unlink(struct desk *d, int64_t number, int64_t other, enum link_kind kind,
		struct span actor, struct err *e);

#endif
