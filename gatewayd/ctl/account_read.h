/* A file of accounts in either shape: read, and checked as far as it and the policy go. */
#ifndef GATEWAYD_CTL_ACCOUNT_READ_H
#define GATEWAYD_CTL_ACCOUNT_READ_H

#include "gatewayd/ctl/account_file.h"

/* JSON when the text begins with a bracket, else CSV. */
void account_file_read(struct account_file *f, struct span text);

#endif
