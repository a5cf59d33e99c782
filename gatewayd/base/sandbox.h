/*
 * The home of libseccomp: what a role may no longer do, once it has what it needs.
 *
 * A seal cannot be undone.  What the parse seal forbids kills the process (SIGSYS); what the others
 * forbid fails with EPERM, because libraries there probe for things and go on without.
 */
#ifndef GATEWAYD_BASE_SANDBOX_H
#define GATEWAYD_BASE_SANDBOX_H

#include "gatewayd/base/err.h"

#include <stdint.h>

/* Limits of the process itself; 0 leaves one as it is.  memory_bytes is address space (RLIMIT_AS).
 */
struct sandbox_limits {
	uint64_t memory_bytes;
	uint64_t cpu_s;
	uint64_t files;	     /* descriptors */
	uint64_t file_bytes; /* of a file written */
};
int sandbox_limit(const struct sandbox_limits *limits, struct err *e);

/* Memory and the descriptors already open: nothing else. */
int sandbox_parse(struct err *e);
/* Sockets, and files to read (resolver, trust store): no exec, fork, ptrace, kill, no file written.
 */
int sandbox_net(struct err *e);
/* Files and local sockets: no exec, fork, ptrace, kill, no internet socket. */
int sandbox_store(struct err *e);

/* Becomes user for good; does nothing when not started by root or user is NULL. */
int sandbox_user(const char *user, struct err *e);

#endif
