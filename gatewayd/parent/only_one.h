/*
 * One daemon a control socket (base/run_lock.h).
 */
#ifndef GATEWAYD_PARENT_ONLY_ONE_H
#define GATEWAYD_PARENT_ONLY_ONE_H

#include <stdbool.h>

/* False, and why in the log: another process has the lock.  Without a lock, where no file can be
 * made for it, core will say what is wrong with the socket. */
bool only_one(const char *socket);

#endif
