#ifndef CONF_DOUBT_SERVER_H
#define CONF_DOUBT_SERVER_H

#include "conf/loader.h"

/* What is odd about ports, waits and access tokens: warnings. */
void doubt_servers(struct loader *l);

#endif
