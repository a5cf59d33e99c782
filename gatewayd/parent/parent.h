/*
 * The role that starts the others and reads no byte from outside.
 *
 * It holds the configuration and hands out the secrets; it starts core, then a poller for each IMAP
 * server, the parse children and the sender, each by executing its program with two
 * descriptors: 3 to the parent, 4 to core (role.h).  What dies is started again, with a back-off
 * for what dies early; when core dies, all that talked to it goes too.  SIGHUP loads the
 * configuration again, whole or not at all; SIGTERM ends pollers, parsers and the sender first,
 * then core.
 */
#ifndef GATEWAYD_PARENT_PARENT_H
#define GATEWAYD_PARENT_PARENT_H

#include "conf/conf.h"

struct parent_options {
	const char *conf_path;
	bool debug;
};

/* Runs until it is told to stop; *conf may be replaced by a reload.  The result is the exit status.
 */
int parent_main(const struct parent_options *options, struct conf **conf);

#endif
