/* A program that roles are in, executed by the parent: gatewayd again, gatewayd-net,
 * gatewayd-parse. */
#ifndef GATEWAYD_WIRE_ROLE_PROGRAM_H
#define GATEWAYD_WIRE_ROLE_PROGRAM_H

#include "gatewayd/wire/role.h"

struct role_program {
	const char *name;
	const struct role_entry {
		enum role_id id;
		int (*main)(struct role *r);
	} * roles;
	size_t n;
};

/*
 * "-x ROLE -i INSTANCE -c FILE [-u USER] [-d] -v VERSION"; the result is the exit status.  With a
 * version that is not its own it runs nothing: what stands on the wire between two versions is not
 * the same.
 */
int role_program_main(const struct role_program *p, int argc, char **argv);

#endif
