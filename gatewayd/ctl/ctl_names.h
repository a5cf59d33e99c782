/*
 * Names that the caller gives: each must be one that is there.  EX_USAGE with the nearest one, or
 * with those that there are.
 */
#ifndef GATEWAYD_CTL_CTL_NAMES_H
#define GATEWAYD_CTL_CTL_NAMES_H

#include "gatewayd/ctl/ctl.h"

struct ctl_known {
	const char *what; /* "queue" */
	const char *verb; /* that lists them, where they are many */
	size_t n;
	const char *(*at)(const void *ctx, size_t i);
	const void *ctx;
};
/* There is none of that name. */
int ctl_unknown(struct ctl *c, const struct ctl_known *known, const char *name);

int ctl_queue(struct ctl *c, const char *name, const struct conf_queue **ret_queue);
/* option: where the id was given; ret_staff may be NULL. */
int ctl_staff(struct ctl *c, const char *id, const struct conf_staff **ret_staff);
int ctl_account(struct ctl *c, const char *id, struct store_account *ret_account);
/* An address to which mail can go (identity/addrspec.h). */
int ctl_address(struct ctl *c, const char *address);

#endif
