/* The programs of ours that are no command of anybody's: executed by gatewayd and gatewayctl. */
#ifndef GATEWAYD_BASE_PROGRAM_H
#define GATEWAYD_BASE_PROGRAM_H

#include <limits.h>

#include "gatewayd/base/err.h"

#define PROGRAM_DOCTOR "gatewayd-doctor"
#define PROGRAM_NET    "gatewayd-net"
#define PROGRAM_PARSE  "gatewayd-parse"

enum { PROGRAM_PATH_MAX = 2 * PATH_MAX };

/* Where it is: beside the program that runs, else as it is installed under any prefix.  ERR_PERM:
 * it is at neither place, or may not be executed. */
int program_find(const char *name, char ret_path[static PROGRAM_PATH_MAX], struct err *e);

#endif
