/* What the verbs about a case share. */
#ifndef GATEWAYD_CTL_CTL_CASE_H
#define GATEWAYD_CTL_CTL_CASE_H

#include "gatewayd/ctl/ctl_view.h"

/* The case whose number is the first word. */
int ctl_case_take(struct ctl *c, struct store_case *ret_case);
/* Of a list that has no rows: the case of its --case is there; EX_OK without one. */
int ctl_case_of_filter(struct ctl *c, const struct ctl_filter *filter);
/* With --json, the case as it is now; note_id: the note that was added, 0: none. */
int ctl_case_done(struct ctl *c, int64_t number, int64_t note_id);

/* Of a list of cases. */
enum { CTL_CASE_COLUMNS = 7 };
extern const struct ctl_column ctl_case_columns[CTL_CASE_COLUMNS];

#endif
