/* The two shapes of a file of accounts, each with a reader that fills the entries. */
#ifndef GATEWAYD_CTL_ACCOUNT_SHAPES_H
#define GATEWAYD_CTL_ACCOUNT_SHAPES_H

#include "gatewayd/ctl/account_file.h"

void account_json_read(struct account_file *f, struct span text);
void account_csv_read(struct account_file *f, struct span text);

#endif
