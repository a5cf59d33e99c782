/*
 * Names that the caller gives: each must be one that is there.  EX_USAGE with the nearest one.
 */
#ifndef GATEWAYD_CTL_CTL_NAMES_H
#define GATEWAYD_CTL_CTL_NAMES_H

#include "gatewayd/ctl/ctl.h"

int ctl_queue(struct ctl *c, const char *name, const struct conf_queue **ret_queue);
/* option: where the id was given; ret_staff may be NULL. */
int ctl_staff(struct ctl *c, const char *id, const struct conf_staff **ret_staff);
int ctl_account(struct ctl *c, const char *id, struct store_account *ret_account);
/* An address to which mail can go (identity/addrspec.h). */
int ctl_address(struct ctl *c, const char *address);

#endif
