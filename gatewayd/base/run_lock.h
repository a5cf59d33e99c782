/*
 * Whether a daemon runs, also while its core, which listens at the control socket, is between two
 * lives: the parent has a lock on SOCKET.lock for as long as it lives.
 *
 * A lock of fcntl(2), which ends with its process, is inherited by none and says whose it is.  The
 * file stays, empty; who may look into its folder may read it.
 */
#ifndef GATEWAYD_BASE_RUN_LOCK_H
#define GATEWAYD_BASE_RUN_LOCK_H

#include <sys/types.h>

#include "gatewayd/base/err.h"

/* Held until this process ends.  ERR_TEMP: another process has it (the text names it); ERR_PERM:
 * there can be none. */
int run_lock_take(const char *socket, struct err *e);
/* Who has it; 0: nobody, or it is not known. */
pid_t run_lock_holder(const char *socket);

#endif
