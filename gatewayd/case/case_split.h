/* A note becomes a case of its own. */
#ifndef GATEWAYD_CASE_CASE_SPLIT_H
#define GATEWAYD_CASE_CASE_SPLIT_H

#include "gatewayd/case/desk.h"

/*
 * What a customer wrote, with its files and its mail: it leaves its case.  The new one is its
 * author's, has queue, severity, owner and account of the old one, counts from when the note came,
 * and is linked with it.  subject "": that of the old one.  ERR_PERM: no such note, or staff wrote
 * it.
 */
int case_split(struct desk *d, int64_t number, int64_t note, struct span subject, struct span actor,
	       int64_t *ret_number, struct err *e);

#endif
