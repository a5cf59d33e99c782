/*
 * Verbs that run in gatewayctl, because they read files of the caller or need no store:
 * parse, sla due, simulate, ingest, import, account import ...
 */
#ifndef GATEWAYD_CTL_CTL_LOCAL_H
#define GATEWAYD_CTL_CTL_LOCAL_H

#include "conf/conf.h"

struct ctl_local {
	const char *name; /* one or two words */
	const char *usage;
	const char *about;
	bool needs_conf;
	/* argv begins with the verb; the result is the exit status.  conf is NULL unless needed. */
	int (*run)(const struct conf *conf, int argc, char **argv);
};

const struct ctl_local *ctl_local_find(int argc, char **argv);
void ctl_local_help(struct buf *out);

/* For local verbs: runs a verb of ctl.h with that input, in core or here (gatewayctl.c). */
int ctl_local_dispatch(const struct conf *conf, int argc, const char *const *argv,
		       struct span input, struct buf *out, struct buf *err);

#endif
