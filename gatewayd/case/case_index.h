/*
 * The words of cases that are over: what later cases are compared with.
 */
#ifndef GATEWAYD_CASE_CASE_INDEX_H
#define GATEWAYD_CASE_CASE_INDEX_H

#include "gatewayd/case/desk.h"

int case_index(struct desk *d, const struct store_case *c, struct err *e);
/* A resolved or closed case is found by its notes as they are now; others are not indexed. */
int case_reindex(struct desk *d, int64_t number, struct err *e);

#endif
