/* Names of time zones as people write them. */
#ifndef CONF_TZ_H
#define CONF_TZ_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/zone.h"

/* Would the clocks take it, and mean a place by it?  NULL, or what is wrong (a static text). */
const char *tz_wrong(struct zones *zones, const char *name);
/* It is a zone, but mostly another is meant.  NULL, or what to know (a static text). */
const char *tz_doubt(const char *name);
/* The zone that a name which is none was most likely meant to be; NULL: none is near. */
const char *tz_near(const char *name, struct arena *a);

#endif
