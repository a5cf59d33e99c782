#ifndef CONF_DOUBT_POLICY_H
#define CONF_DOUBT_POLICY_H

#include "conf/loader.h"

/* What is odd about targets, rules and waits of cases: warnings. */
void doubt_policy(struct loader *l);

#endif
