#ifndef CONF_DOUBT_H
#define CONF_DOUBT_H

#include "conf/loader.h"

/* What may be meant, but is mostly a mistake: warnings.  Looks at the finished conf only. */
void doubt_all(struct loader *l);

#endif
