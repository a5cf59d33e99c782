/* What must hold of webhooks. */
#ifndef CONF_CHECK_HOOKS_H
#define CONF_CHECK_HOOKS_H

#include "conf/loader.h"

void check_hooks(struct loader *l);

#endif
