/*
 * What is known of a provider: hosts, ports, endpoints, scopes and how its servers differ.
 *
 * A value that the operator gives stays.  The facts are those of the providers' own documentation:
 * learn.microsoft.com/exchange/client-developer/legacy-protocols (IMAP and SMTP with OAuth),
 * developers.google.com/gmail/imap/xoauth2-protocol, and the header fields that their servers
 * write.
 */
#ifndef CONF_PROVIDER_H
#define CONF_PROVIDER_H

#include "conf/loader.h"

/* Before ports and trust are completed: the tables are rows of the loader still. */
void provider_complete(struct loader *l);

#endif
