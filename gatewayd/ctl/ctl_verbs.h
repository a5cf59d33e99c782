/*
 * The table of all verbs, from which the help, the usage errors, the completions and the list in
 * gatewayctl(8) come.
 */
#ifndef GATEWAYD_CTL_CTL_VERBS_H
#define GATEWAYD_CTL_CTL_VERBS_H

#include "gatewayd/ctl/ctl.h"

/* In the order of the manual. */
extern const struct ctl_table ctl_table;

/* The verb that the words begin with; NULL: none, and err says so with the nearest name. */
const struct ctl_verb *ctl_find(int argc, const char *const *argv, struct buf *err);

#endif
