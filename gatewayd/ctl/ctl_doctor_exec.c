/*
 * doctor, in gatewayctl: another program does it, in the place of this one.
 *
 * It alone talks to servers: TLS, HTTP and IMAP take longer to load than most verbs need for all
 * that they do.  gatewayd-doctor is gatewayctl with ctl_doctor.c in the place of this file.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/program.h"
#include "gatewayd/ctl/ctl_runs.h"

int ctl_doctor_local(struct ctl *c)
{
	struct arena *a = c->d->arena;
	char **argv = arena_alloc_n(a, (size_t)c->argc + 4, sizeof(*argv));
	char path[PROGRAM_PATH_MAX];
	struct err e;
	int n = 0;

	if (program_find(PROGRAM_DOCTOR, path, &e) < 0)
		return ctl_fail(c, &e);
	argv[n++] = arena_cstr(a, SPAN("gatewayctl"));
	argv[n++] = arena_cstr(a, SPAN("-c"));
	argv[n++] = arena_cstr(a, span_of(c->conf_path));
	for (int i = 0; i < c->argc; i++)
		argv[n++] = arena_cstr(a, span_of(c->argv[i]));
	argv[n] = NULL;
	execv(path, argv);
	err_set(&e, ERR_PERM, "%s: %s", path, strerror(errno));
	return ctl_fail(c, &e);
}
