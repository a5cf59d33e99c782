/*
 * A copy of the store, for the verbs that read all of it: core makes it in slices between its other
 * work, gatewayctl gets its descriptor.
 */
#ifndef GATEWAYD_CTL_CTL_COPY_H
#define GATEWAYD_CTL_CTL_COPY_H

#include "gatewayd/ctl/ctl.h"

enum { CTL_SLICE_MS = 5 }; /* that core is at it at once */

/* Where the store is: the next slice of the copy that "--slice N" names, of a new one without it;
 * its answer, with the last one the file. */
int ctl_copy_slice(struct ctl *c);

/* In gatewayctl: asks for slices with this word behind the verb's name, until c->file is the copy,
 * or the answer is no slice.  *ret_answer is the last one, the caller's. */
int ctl_copy_get(struct ctl *c, const char *word, json_t **ret_answer);

#endif
