/*
 * What the operator left open: the calendar that is built in, the order of rules, the levels of
 * kinds, and defaults that follow from other values.  Judges nothing; runs while the tables are
 * still the loader's.
 */
#ifndef CONF_COMPLETE_H
#define CONF_COMPLETE_H

#include "conf/loader.h"

void complete_all(struct loader *l);

#endif
