/*
 * What every role but the parent begins with, after it was re-executed.
 *
 * Descriptor 3 is the channel to the parent, 4 the one to core.  A role gets its settings in the
 * first message from the parent, drops what it does not need, and runs its loop until the parent's
 * channel ends or SIGTERM comes.  Secrets arrive in messages, never in arguments or the
 * environment.
 */
#ifndef GATEWAYD_WIRE_ROLE_H
#define GATEWAYD_WIRE_ROLE_H

#include "gatewayd/base/clock.h"
#include "gatewayd/base/loop.h"
#include "gatewayd/wire/messages.h"

enum { ROLE_PARENT_FD = 3, ROLE_CORE_FD = 4, ROLE_SETUP_MS = 30000 };

struct role {
	enum role_id id;
	uint32_t instance; /* which of several: the IMAP server, the parse child */
	const char *conf_path;
	const char *user; /* to become, when started by root; NULL: stay */
	struct clock clock;
	struct wire parent; /* every role */
	struct wire core;   /* poller, parse, sender: to core; in core not connected */
};

/* The entry points; the result is the exit status. */
int core_main(struct role *r);
int poller_main(struct role *r);
int parse_main(struct role *r);
int sender_main(struct role *r);

#endif
