/* Mails of the store, as their verbs show them; JSON is what both halves of a verb share. */
#ifndef GATEWAYD_CTL_CTL_MAIL_H
#define GATEWAYD_CTL_CTL_MAIL_H

#include "gatewayd/ctl/ctl.h"

json_t *ctl_mail_view(const struct store_mail *m); /* a new reference */
/* These take the reference. */
int ctl_mail_rows(struct ctl *c, json_t *rows);
/* What core has of them, by pages (ctl_pages.h). */
int ctl_mail_pages(struct ctl *c, json_t **ret_rows);
int ctl_mail_print(struct ctl *c, json_t *mail);

/* For people; traces: [{mail, events, outbox}]. */
void ctl_trace_print(struct ctl *c, const json_t *traces);

#endif
