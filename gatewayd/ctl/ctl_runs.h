/*
 * What runs for each verb, for the table in ctl_verbs.c.  Each gives its exit status.
 *
 * ctl_X runs where the store is; ctl_X_local is the half that runs in gatewayctl.
 */
#ifndef GATEWAYD_CTL_CTL_RUNS_H
#define GATEWAYD_CTL_CTL_RUNS_H

#include "gatewayd/ctl/ctl.h"

/* ctl_mail.c, ctl_trace.c, ctl_ingest.c */
int ctl_mail_list(struct ctl *c);
int ctl_mail_count(struct ctl *c);
int ctl_mail_show(struct ctl *c);
int ctl_mail_raw(struct ctl *c);
int ctl_mail_again(struct ctl *c);
int ctl_quarantine_list(struct ctl *c);
int ctl_quarantine_drop(struct ctl *c);
int ctl_quarantine_release(struct ctl *c);
int ctl_trace(struct ctl *c);
int ctl_ingest(struct ctl *c);
int ctl_import(struct ctl *c);
int ctl_simulate(struct ctl *c);

/* ctl_case.c, ctl_search.c, ctl_case_open.c, ctl_case_change.c */
int ctl_case_list(struct ctl *c);
int ctl_case_list_local(struct ctl *c);
int ctl_case_show(struct ctl *c);
int ctl_case_search(struct ctl *c);
int ctl_case_open(struct ctl *c);
int ctl_case_reply(struct ctl *c);
int ctl_case_note(struct ctl *c);
int ctl_case_call(struct ctl *c);
int ctl_case_assign(struct ctl *c);
int ctl_case_severity(struct ctl *c);
int ctl_case_queue(struct ctl *c);
int ctl_case_state(struct ctl *c);
int ctl_case_account(struct ctl *c);
int ctl_case_merge(struct ctl *c);
int ctl_case_unmerge(struct ctl *c);
int ctl_case_split(struct ctl *c);
int ctl_case_link(struct ctl *c);
int ctl_attachment_get(struct ctl *c);

/* ctl_sla.c, ctl_policy.c */
int ctl_sla_list(struct ctl *c);
int ctl_sla_list_local(struct ctl *c);
int ctl_sla_explain(struct ctl *c);
int ctl_severity(struct ctl *c);
int ctl_package_list(struct ctl *c);
int ctl_staff_list(struct ctl *c);

/* ctl_outbox.c */
int ctl_outbox_list(struct ctl *c);
int ctl_outbox_list_local(struct ctl *c);
int ctl_outbox_show(struct ctl *c);
int ctl_outbox_retry(struct ctl *c);
int ctl_outbox_cancel(struct ctl *c);
int ctl_outbox_edit(struct ctl *c);
int ctl_suppressed_list(struct ctl *c);
int ctl_suppressed_remove(struct ctl *c);

/* ctl_clock.c */
int ctl_clock_accept(struct ctl *c);
/* ctl_held.c */
int ctl_held_list(struct ctl *c);
int ctl_held_release(struct ctl *c);

/* ctl_account.c */
int ctl_account_import(struct ctl *c);
int ctl_account_list(struct ctl *c);
int ctl_account_show(struct ctl *c);
int ctl_account_place(struct ctl *c); /* what `sla due` asks: an account as JSON */
int ctl_account_remove(struct ctl *c);
int ctl_contact_list(struct ctl *c);
int ctl_contact_optout(struct ctl *c);

/* ctl_template.c */
int ctl_template_list(struct ctl *c);
int ctl_template_show(struct ctl *c);
int ctl_template_show_local(struct ctl *c);

/* ctl_recommend.c, ctl_kb.c */
int ctl_property_live(struct ctl *c);
int ctl_property_changed(struct ctl *c);
int ctl_property_list(struct ctl *c);
int ctl_property_import(struct ctl *c);
int ctl_recommend_list(struct ctl *c);
int ctl_recommend_import(struct ctl *c);
int ctl_kb_index(struct ctl *c);
int ctl_kb_search(struct ctl *c);
int ctl_report(struct ctl *c);
int ctl_report_local(struct ctl *c);

/* ctl_backup.c */
int ctl_backup_local(struct ctl *c);

/* ctl_login.c */
int ctl_login(struct ctl *c);
int ctl_login_local(struct ctl *c);

/* ctl_status.c */
int ctl_status(struct ctl *c);

/* ctl_node.c */
int ctl_node_list(struct ctl *c);
int ctl_node_status(struct ctl *c);
int ctl_node_drain(struct ctl *c);
int ctl_node_resume(struct ctl *c);

/* ctl_check.c */
int ctl_metrics(struct ctl *c);
int ctl_check(struct ctl *c);
int ctl_check_local(struct ctl *c);

/* ctl_person.c, ctl_person_tell.c, ctl_person_export.c */
int ctl_person_export(struct ctl *c);
int ctl_person_export_local(struct ctl *c);
int ctl_person_erase(struct ctl *c);
int ctl_person_erase_local(struct ctl *c);
int ctl_compact(struct ctl *c);

/* ctl_retention.c */
int ctl_retention(struct ctl *c);
int ctl_retention_local(struct ctl *c);

/* ctl_audit.c */
int ctl_audit(struct ctl *c);
int ctl_audit_local(struct ctl *c);

/* ctl_restore.c */
int ctl_init_local(struct ctl *c);
int ctl_restore_local(struct ctl *c);
int ctl_store_copy_local(struct ctl *c); /* ctl_store.c */

/* ctl_doctor.c, ctl_setup.c */
int ctl_doctor_local(struct ctl *c);
int ctl_setup_local(struct ctl *c);

/* ctl_help.c, ctl_complete.c */
int ctl_help_local(struct ctl *c);
int ctl_completion_local(struct ctl *c);

/* ctl_mail_local.c */
int ctl_mails_local(struct ctl *c);
int ctl_mail_show_local(struct ctl *c);
int ctl_trace_local(struct ctl *c);

/* ctl_local.c, ctl_place.c, ctl_history.c */
int ctl_parse_local(struct ctl *c);
int ctl_simulate_local(struct ctl *c);
int ctl_file_local(struct ctl *c);
int ctl_sla_due_local(struct ctl *c);
int ctl_import_local(struct ctl *c);

#endif
