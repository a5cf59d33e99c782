/*
 * A role as a process: its program (role_program.h), executed with two descriptors (role.h),
 * introduced to core and told its settings.
 */
#ifndef GATEWAYD_PARENT_SPAWN_H
#define GATEWAYD_PARENT_SPAWN_H

#include <sys/types.h>

#include "conf/conf.h"
#include "gatewayd/wire/messages.h"
#include "gatewayd/wire/setup.h"

/* What is opened and read once for a daemon's life. */
struct spawn_common {
	int self, net, parse; /* the programs, whatever is installed meanwhile */
	int taken;	      /* wire/taken.h; senders share it */
	struct setup_keys keys;
	char *users[ROLE_COUNT]; /* that they run as; NULL: the one that started the daemon */
};
/* ERR_PERM: a program is not there, or a key cannot be read. */
int spawn_common_open(struct spawn_common *ret_c, const struct conf *conf, struct err *e);
void spawn_common_close(struct spawn_common *c);

struct spawn {
	enum role_id role;
	uint32_t instance;
	const char *conf_path;
	bool debug;
	const struct conf *conf; /* its user, and what stands in its first message */
	int note;		 /* of a poller: where it says what crashed (poller/crash.h) */
	struct wire *core;	 /* hears of the new process; not used for core itself */
	const struct spawn_common *common;
};

/*
 * *ret_pid is 0 when no process was started, then *ret_wire is not connected.  After another
 * failure the process runs and is the caller's to kill.
 */
int spawn_role(const struct spawn *s, pid_t *ret_pid, struct wire *ret_wire, struct err *e);

#endif
