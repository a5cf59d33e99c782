/* Finding a verb by the words that name it, in a table that the caller hands down. */
#ifndef GATEWAYD_CTL_CTL_NAME_H
#define GATEWAYD_CTL_CTL_NAME_H

#include "gatewayd/ctl/ctl.h"

/* The verb whose name the words begin with; the longest name wins; NULL: none. */
const struct ctl_verb *ctl_name_find(const struct ctl_verb *verbs, int argc,
				     const char *const *argv);
/* Says that there is none, with the nearest name or the noun's verbs; EX_USAGE. */
int ctl_name_unknown(const struct ctl_verb *verbs, int argc, const char *const *argv,
		     struct buf *err);

#endif
