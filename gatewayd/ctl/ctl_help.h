/* Help, from the table of verbs; and the table of exit statuses. */
#ifndef GATEWAYD_CTL_CTL_HELP_H
#define GATEWAYD_CTL_CTL_HELP_H

#include "gatewayd/ctl/ctl.h"

struct ctl_exit_status {
	int status; /* of sysexits(3) */
	const char *meaning;
};

/* Ended by a row without a meaning. */
extern const struct ctl_exit_status ctl_exit_statuses[];

/* Verbs whose name begins with that word, with their summaries; false: there is none. */
bool ctl_help_noun(const struct ctl_verb *verbs, const char *noun, struct buf *out);
/* One verb: usage, options, what it does. */
void ctl_help_verb(const struct ctl_verb *v, struct buf *out);
/* All verbs by groups, the options of gatewayctl, the exit statuses. */
void ctl_help_all(const struct ctl_table *t, struct buf *out);

#endif
