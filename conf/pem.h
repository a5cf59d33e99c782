/* Files of certificates (RFC 7468), looked at from outside. */
#ifndef CONF_PEM_H
#define CONF_PEM_H

#include "gatewayd/base/str.h"

/*
 * NULL when there are certificates in the text and each is whole; else what is wrong (a static
 * text).  Whether one signs what it should only a connection can tell.
 */
const char *pem_wrong(struct span text);

#endif
