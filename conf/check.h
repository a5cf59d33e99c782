#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include "conf/loader.h"

/* What must hold between values.  Looks at the finished conf and at nothing outside of it. */
void check_all(struct loader *l);

#endif
