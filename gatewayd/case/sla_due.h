/*
 * gatewayctl sla due --queue Q [--package P | --account A] --severity N --opened RFC3339
 *                    [--channel email|phone] [--json]
 *
 * When an initial response would be due, and why: from the configuration alone.
 */
#ifndef GATEWAYD_CASE_SLA_DUE_H
#define GATEWAYD_CASE_SLA_DUE_H

#include "gatewayd/case/sla.h"

/* Finds an account's package and contracts in the store; what it gives lives as long as ctx. */
struct sla_accounts {
	int (*find)(void *ctx, const char *account, struct sla_place *ret_place, struct err *e);
	void *ctx;
};

/*
 * argv holds the argc words after `sla due`.  accounts may be NULL: then --account is refused,
 * because it needs the store.  The channel is email unless said otherwise.  The severity is taken
 * as given, as if staff had set it; by the sender where it comes by mail to a queue that lets mails
 * declare it.  ERR_PERM names what is wrong, with the nearest known name.
 */
int sla_due_command(const struct conf *conf, const struct sla_accounts *accounts, int argc,
		    char **argv, struct buf *out, struct err *e);

#endif
