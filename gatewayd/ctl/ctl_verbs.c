#include "gatewayd/ctl/ctl_verbs.h"

#include "gatewayd/ctl/ctl_runs.h"

#define FILTER "[--state S] [--case N] [--limit N]"

const struct ctl_verb ctl_verbs[] = {
	/* mails that come in */
	{ "mail list", FILTER, "mails, newest first", CTL_ROWS, ctl_mail_list, NULL },
	{ "mail show", "ID", "one mail, how it ended and why", 0, ctl_mail_show, NULL },
	{ "mail raw", "ID", "the mail as it came", CTL_RAW, ctl_mail_raw, NULL },
	{ "mail retry", "ID", "decide a mail that had no effect again", CTL_WRITES, ctl_mail_again,
	  NULL },
	{ "quarantine list", "[--case N] [--limit N]", "mails that wait for a person", CTL_ROWS,
	  ctl_quarantine_list, NULL },
	{ "quarantine release", "ID", "decide it again", CTL_WRITES, ctl_mail_again, NULL },
	{ "quarantine drop", "ID", "put it aside for good; the raw mail stays", CTL_WRITES,
	  ctl_quarantine_drop, NULL },
	{ "trace", "MESSAGE-ID|ID", "all that is known of a mail: why it ended as it did", 0,
	  ctl_trace, NULL },
	{ "parse", "[--jsonl] FILE|-...", "what the parser reads in a mail, as JSON",
	  CTL_NO_STORE | CTL_NO_CONF, NULL, ctl_parse_local },
	{ "simulate", "[--mailbox NAME] FILE|-",
	  "the whole decision about a mail, without any effect, as JSON", 0, ctl_simulate,
	  ctl_simulate_local },
	{ "ingest", "[--mailbox NAME] [--received TIME] [--history]",
	  "take a mail from standard input, for an MTA's pipe", CTL_WRITES | CTL_INPUT_ALWAYS,
	  ctl_ingest, NULL },
	{ "import", "[--mailbox NAME] MAILDIR|MBOX...",
	  "import older mails: kept and put to cases, nothing is sent", CTL_WRITES, ctl_import,
	  ctl_import_local },
	/* cases */
	{ "case list",
	  "[--open|--closed] [--queue Q] [--owner ID] [--requester ADDRESS] [--account A] "
	  "[--limit N] [--before N]",
	  "cases, newest first", CTL_ROWS, ctl_case_list, NULL },
	{ "case show", "N", "one case with its notes and events", 0, ctl_case_show, NULL },
	{ "case open",
	  "--queue Q --channel phone|staff|email --subject S [--severity N] [--from ADDRESS] "
	  "[--name NAME] [--account A] [--phone RECORD] [--owner ID] [--opened TIME] [TEXT|-]",
	  "record a case, for instance of a phone call", CTL_WRITES | CTL_INPUT, ctl_case_open,
	  NULL },
	{ "case reply", "N --as ID TEXT|-", "write to the customer as that staff member",
	  CTL_WRITES | CTL_INPUT, ctl_case_reply, NULL },
	{ "case note", "N TEXT|-", "add a note for staff", CTL_WRITES | CTL_INPUT, ctl_case_note,
	  NULL },
	{ "case call", "N TEXT|-", "log a phone call, which is a response to the customer",
	  CTL_WRITES | CTL_INPUT, ctl_case_call, NULL },
	{ "case assign", "N ID|-", "give the case to a staff member, or to nobody", CTL_WRITES,
	  ctl_case_assign, NULL },
	{ "case severity", "N SEVERITY [REASON] [--phone RECORD]", "set the severity", CTL_WRITES,
	  ctl_case_severity, NULL },
	{ "case queue", "N QUEUE", "move the case to another queue", CTL_WRITES, ctl_case_queue,
	  NULL },
	{ "case state", "N open|waiting|resolved|closed [REASON]", "set the state", CTL_WRITES,
	  ctl_case_state, NULL },
	{ "case account", "N ACCOUNT|-", "put the case to an account, or to none", CTL_WRITES,
	  ctl_case_account, NULL },
	{ "case merge", "N INTO", "close N and send what comes to it to INTO", CTL_WRITES,
	  ctl_case_merge, NULL },
	{ "case link", "N OTHER", "link two cases as related", CTL_WRITES, ctl_case_link, NULL },
	{ "attachment get", "ID", "an attachment's bytes, to standard output", CTL_RAW,
	  ctl_attachment_get, NULL },
	/* deadlines */
	{ "sla list", "[--limit N]", "running deadlines of open cases, the earliest first",
	  CTL_ROWS, ctl_sla_list, NULL },
	{ "sla explain", "N", "how the deadlines of a case come about", 0, ctl_sla_explain, NULL },
	{ "sla due",
	  "--queue Q [--package P|--account A] --severity N --opened TIME [--channel email|phone]",
	  "what deadline a case would have, and why", 0, ctl_account_place, ctl_sla_due_local },
	{ "severity", "[KIND]", "the scales of severity and what the levels mean", CTL_NO_STORE,
	  ctl_severity, NULL },
	{ "package list", "", "the support packages and their targets", CTL_NO_STORE | CTL_ROWS,
	  ctl_package_list, NULL },
	/* mails that go out */
	{ "outbox list", FILTER, "mails that go out, newest first, a row for each recipient",
	  CTL_ROWS, ctl_outbox_list, NULL },
	{ "outbox show", "ID [--raw]", "one row and the server's last reply; --raw: the message", 0,
	  ctl_outbox_show, NULL },
	{ "outbox retry", "ID", "send it now, also when it had failed", CTL_WRITES,
	  ctl_outbox_retry, NULL },
	{ "outbox cancel", "ID", "do not send it", CTL_WRITES, ctl_outbox_cancel, NULL },
	{ "template list", "", "the mails there are, and the languages that each is written in",
	  CTL_NO_STORE | CTL_ROWS, ctl_template_list, NULL },
	{ "template show", "EVENT [--case N] [--lang L] [--set NAME=VALUE] [--html FILE]",
	  "how a mail reads, of a case or with samples", 0, ctl_template_show,
	  ctl_template_show_local },
	/* accounts */
	{ "account import", "FILE|- [--dry-run] [--replace]",
	  "accounts, contacts and contracts from a CSV or JSON file, all or nothing", CTL_WRITES,
	  ctl_account_import, ctl_file_local },
	{ "account list", "", "the accounts", CTL_ROWS, ctl_account_list, NULL },
	{ "account show", "ID", "one account with its domains, contacts and contracts", 0,
	  ctl_account_show, NULL },
	{ "account remove", "ID", "remove an account with its contacts and contracts", CTL_WRITES,
	  ctl_account_remove, NULL },
	{ "contact list", "[ACCOUNT]", "the contacts", CTL_ROWS, ctl_contact_list, NULL },
	{ "contact optout", "ADDRESS", "no more recommendations to that address", CTL_WRITES,
	  ctl_contact_optout, NULL },
	{ "staff list", "", "the staff of the configuration", CTL_NO_STORE | CTL_ROWS,
	  ctl_staff_list, NULL },
	{ "property live", "ACCOUNT PROPERTY [--at TIME]",
	  "a property went live: its recommendations are mailed after the delay", CTL_WRITES,
	  ctl_property_live, NULL },
	{ "property changed", "ACCOUNT PROPERTY",
	  "it was changed elsewhere: its open recommendations are dropped", CTL_WRITES,
	  ctl_property_changed, NULL },
	{ "property list", "", "the properties, when they went live and when that was mailed",
	  CTL_ROWS, ctl_property_list, NULL },
	{ "property import", "FILE|-", "events from a JSON or CSV file, all or nothing", CTL_WRITES,
	  ctl_property_import, ctl_file_local },
	{ "recommend list", "[ACCOUNT]", "recommendations and what became of them", CTL_ROWS,
	  ctl_recommend_list, NULL },
	{ "recommend import", "FILE|-", "recommendations from a JSON or CSV file, all or nothing",
	  CTL_WRITES, ctl_recommend_import, ctl_file_local },
	/* operation */
	{ "status", "", "the daemon, its mailboxes, and how much there is of everything", 0,
	  ctl_status, NULL },
	{ "metrics", "", "the same as Prometheus reads it", 0, ctl_metrics, NULL },
	{ "kb index", "", "read what changed in the folder of known answers", CTL_OWN_TXN,
	  ctl_kb_index, NULL },
	{ "kb search", "WORD...", "what a mail with these words would be answered with", CTL_ROWS,
	  ctl_kb_search, NULL },
	{ "check", "[--rebuild]", "the store's integrity, and every deadline against its events",
	  CTL_WRITES, ctl_check, NULL },
	{ "backup", "FILE", "a consistent copy of the store, while the daemon runs", 0, ctl_backup,
	  NULL },
	{ 0 },
};

const struct ctl_verb *ctl_find(int argc, const char *const *argv, struct buf *err)
{
	const struct ctl_verb *best = NULL;
	int most = 0;

	for (const struct ctl_verb *v = ctl_verbs; v->name; v++) {
		int n = ctl_name_length(v->name, argc, argv);

		if (n > most) {
			most = n;
			best = v;
		}
	}
	if (!best)
		buf_addf(err, "gatewayctl: there is no verb \"%s\"; gatewayctl help lists them\n",
			 argc ? argv[0] : "");
	return best;
}
