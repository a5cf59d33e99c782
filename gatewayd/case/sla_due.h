/* gatewayctl sla due: when an initial response would be due, and why, by the configuration alone.
 */
#ifndef GATEWAYD_CASE_SLA_DUE_H
#define GATEWAYD_CASE_SLA_DUE_H

#include "gatewayd/case/sla.h"

/* Finds an account's package and contracts in the store; what it gives lives as long as ctx. */
struct sla_accounts {
	int (*find)(void *ctx, const char *account, struct sla_place *ret_place, struct err *e);
	void *ctx;
};

/* As the options of the verb have them. */
struct sla_due {
	const char *queue, *severity, *opened;	 /* opened: RFC 3339 */
	const char *package, *account, *channel; /* NULL: not given */
	bool json;
};

/*
 * accounts may be NULL: then an account is refused, because it needs the store.  The channel is
 * email unless said otherwise.  The severity is taken as given, as if staff had set it; by the
 * sender where it comes by mail to a queue that lets mails declare it.  ERR_PERM names what is
 * wrong, with the nearest known name.
 */
int sla_due_answer(const struct conf *conf, const struct sla_accounts *accounts,
		   const struct sla_due *question, struct buf *out, struct err *e);

#endif
