/*
 * The home of libseccomp: what a role may no longer do, once it has what it needs.
 *
 * A seal cannot be undone.  What the parse seal forbids kills the process (SIGSYS); what the others
 * forbid fails with EPERM, because libraries there probe for things and go on without.
 */
#ifndef GATEWAYD_BASE_SANDBOX_H
#define GATEWAYD_BASE_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

#include "gatewayd/base/err.h"

/* Limits of the process itself; 0 leaves one as it is.  memory_bytes is address space (RLIMIT_AS).
 */
struct sandbox_limits {
	uint64_t memory_bytes;
	uint64_t cpu_s;
	uint64_t files;	     /* descriptors */
	uint64_t file_bytes; /* of a file written */
};
int sandbox_limit(const struct sandbox_limits *limits, struct err *e);

/* First of all, in each process: no core file, to whomever the kernel would give one, and no look
 * into its memory by others of the same user. */
int sandbox_begin(struct err *e);

/* Memory and the descriptors already open: nothing else. */
int sandbox_parse(struct err *e);
/*
 * Internet connections, threads, and the files of resolver and trust store to read, as well as
 * these (further trust stores): a list of what is allowed.  No local socket, no listening, no
 * netlink, no signal to another, no code made, no file written; where the kernel has Landlock
 * (landlock.h), no other file read.
 */
int sandbox_net(const char *const *files, size_t n, struct err *e);
/* The same, and files of this one folder (a descriptor) may be made, written and renamed. */
int sandbox_net_keep(const char *const *files, size_t n, int folder, struct err *e);
/*
 * Serves who connects to the sockets that already listen: the list of sandbox_net() without a new
 * socket, without a connection of its own, and without files.
 */
int sandbox_serve(struct err *e);
/* Files and local sockets: no exec, fork, ptrace, kill, no internet socket. */
int sandbox_store(struct err *e);

/* Becomes user for good; does nothing when not started by root or user is NULL. */
int sandbox_user(const char *user, struct err *e);

#endif
