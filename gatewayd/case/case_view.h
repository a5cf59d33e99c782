/*
 * A case as JSON, with the names of the contract: number, queue, kind, severity, severity_label,
 * severity_requested, state, subject, requester, account, owner, opened_at, updated_at, sla, links,
 * notes; and beside them channel, priority, rule, resource, on_behalf_of, reseller, merged_into.
 */
#ifndef GATEWAYD_CASE_CASE_VIEW_H
#define GATEWAYD_CASE_CASE_VIEW_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"

/* A new reference; NULL and the error when the store fails. */
json_t *case_view(struct desk *d, const struct store_case *c, struct err *e);
/* The same without links and notes, for lists. */
json_t *case_view_row(struct desk *d, const struct store_case *c, struct err *e);
/* Without digests of files that have none in the store. */
json_t *case_view_note(struct desk *d, const struct store_note *n, struct err *e);
json_t *case_view_links(struct desk *d, int64_t number, struct err *e);
json_t *case_view_deadline(struct desk *d, const struct store_deadline *v);

#endif
