/*
 * A role from its beginning to its end, the same for all but the parent.
 *
 * The parent executes it: descriptor 3 is the channel to the parent, 4 the one to core.  It blocks
 * its signals, gets its settings in the first message from the parent, becomes its user, opens what
 * it needs, takes its limits, is sealed, and only then reads a byte from outside: it runs its loop
 * until the parent's or core's channel ends or SIGTERM comes.  Secrets arrive in messages, never in
 * arguments or the environment.
 */
#ifndef GATEWAYD_WIRE_ROLE_H
#define GATEWAYD_WIRE_ROLE_H

#include "gatewayd/base/clock.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/messages.h"

enum { ROLE_PARENT_FD = 3, ROLE_CORE_FD = 4 };

enum role_why { ROLE_STOPPED, ROLE_ORPHANED }; /* by a signal; the parent is gone */

/* What a role is made of; all are called with ctx. */
struct role_part {
	/* Reads the first message of the parent. */
	int (*setup)(void *ctx, struct wire_in *in, struct err *e);
	/* As the user that it stays, not yet sealed; NULL: there is nothing to open.  Sets limits.
	 */
	int (*open)(void *ctx, struct sandbox_limits *limits, struct err *e);
	int (*seal)(void *ctx, struct err *e);
	/* Sealed: starts what the loop then carries on; a role without a loop does its work here.
	 */
	int (*start)(void *ctx, struct err *e);
	channel_frame_fn *from_parent; /* after the first; NULL: the parent says no more */
	channel_frame_fn *from_core;   /* NULL: nobody, or the role reads that channel itself */
	/* May end at once by role_stop(), or later; NULL: no loop, a signal ends the process. */
	void (*end)(void *ctx, enum role_why why);
	void *ctx;
};

struct role {
	enum role_id id;
	uint32_t instance; /* which of several: the IMAP server, the parse child */
	const char *conf_path;
	const char *user; /* to become, when started by root; NULL: stay */
	struct clock clock;
	struct wire parent; /* every role */
	struct wire core;   /* all others: to core; in core not connected */

	/* role_run()'s own */
	const struct role_part *part;
	struct loop *loop;
	int signals; /* signalfd(2) */
	bool core_gone;
	int status;
	int step; /* exit status of the step that failed; 0: none did */
};

/* Opens its log and its wires, before anything else that is the role's. */
void role_begin(struct role *r, bool debug);
/*
 * From the beginning to the end; the result is the exit status, a failure was logged.  It names the
 * step that failed for good: EX_CONFIG settings, EX_NOUSER user, EX_CANTCREAT what it opens,
 * EX_NOPERM limits and seal; EX_TEMPFAIL what may pass by itself, EX_OSERR later ones.  The loop
 * and the wires stay until role_release(), for what the role has to put away.
 */
int role_run(struct role *r, const struct role_part *part);
void role_release(struct role *r);

/* Ends the loop, with that exit status. */
void role_stop(struct role *r, int status);
/* The same after a failure, which is logged. */
void role_fail(struct role *r, const struct err *e);
/* Call it after sending there. */
void role_parent_update(struct role *r);
void role_core_update(struct role *r);

/* Blocks these signals and has them come over a descriptor, which the caller closes. */
int role_signals(const int *signals, size_t n, struct err *e);

/* The entry points; the result is the exit status. */
int core_main(struct role *r);
int poller_main(struct role *r);
int parse_main(struct role *r);
int sender_main(struct role *r);
int web_main(struct role *r);
int tokens_main(struct role *r);
int hooks_main(struct role *r);

#endif
