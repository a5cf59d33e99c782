#include "conf/schema.h"

#include <stdio.h>

#include "conf/notices.h"
#include "conf/schema_choices.h"
#include "conf/value.h"
#include "gatewayd/base/units.h"

#define COUNT(a)      (sizeof(a) / sizeof(*(a)))
#define ROWS(array)   .rows = array, .row_count = COUNT(array)
#define SIZE(type)    .size = sizeof(type), .final_size = sizeof(type)
#define AT(type, m)   .at = offsetof(struct type, m)
#define N(type, m)    .count_at = offsetof(struct type, m)
#define YEAR_S	      ((int64_t)366 * DAY_S)
#define LINE_MAX_CH   998
#define REQUIRED      .flags = SCHEMA_REQUIRED
#define IN_POLICY     .flags = SCHEMA_IN_POLICY
#define CHOICES(list) .choices = list
#define ROW_OF(id)    .refers = id, .check = value_check_name

/* clang-format off */
/* The keys of a server; s is the struct that has it as `server`. */
#define SERVER_ROWS(s, tls_default, command_default)                                               \
	{ "host", SCHEMA_TEXT, REQUIRED, AT(s, server.host), .check = value_check_host,            \
	  .doc = "Name or address of the server; its certificate must name it." },                 \
	{ "port", SCHEMA_INT, AT(s, server.port), .min = 0, .max = 65535, .fallback = "0",         \
	  .doc = "Port; 0 is the usual one of the protocol and tls." },                            \
	{ "tls", SCHEMA_CHOICE, AT(s, server.tls), .fallback = tls_default, CHOICES(tls_choices),  \
	  .doc = "How the connection is encrypted; none is for loopback hosts only." },            \
	{ "auth", SCHEMA_CHOICE, AT(s, server.auth), .fallback = "\"plain\"",                      \
	  CHOICES(auth_choices), .doc = "How we log in; none: not at all." },                      \
	{ "user", SCHEMA_TEXT, AT(s, server.user), .min = 1, .max = 256,                           \
	  .check = value_check_line, .doc = "Log-in name." },                                      \
	{ "secret_file", SCHEMA_SECRET, AT(s, server.secret_file),                                 \
	  .doc = "File whose first line is the password or the OAuth token." },                    \
	{ "ca_file", SCHEMA_PATH, AT(s, server.ca_file),                                           \
	  .doc = "PEM file of the authorities trusted instead of the system's." },                 \
	{ "connect_timeout", SCHEMA_SECONDS, AT(s, server.connect_timeout_s), .min = 1,            \
	  .max = 600, .fallback = "\"30s\"", .doc = "Longest wait for a connection." },            \
	{ "command_timeout", SCHEMA_SECONDS, AT(s, server.command_timeout_s), .min = 1,            \
	  .max = HOUR_S, .fallback = command_default, .doc = "Longest wait for an answer." }
/* clang-format on */

static const struct schema_row mailbox_rows[] = {
	SERVER_ROWS(conf_mailbox, "\"implicit\"", "\"60s\""),
	{ "folder", SCHEMA_TEXT, AT(conf_mailbox, folder), .min = 1, .max = 255,
	  .fallback = "\"INBOX\"", .check = value_check_line,
	  .doc = "IMAP folder that is watched." },
	{ "processed", SCHEMA_TEXT, REQUIRED, AT(conf_mailbox, processed), .min = 1, .max = 255,
	  .check = value_check_line,
	  .doc = "IMAP folder into which a mail is moved once it is stored." },
	{ "quarantine", SCHEMA_TEXT, AT(conf_mailbox, quarantine), .min = 1, .max = 255,
	  .check = value_check_line,
	  .doc = "IMAP folder for quarantined mail; without it, the processed one." },
	{ "queue", SCHEMA_NAME, REQUIRED, AT(conf_mailbox, queue), ROW_OF(TABLE_QUEUES),
	  .doc = "Queue in which the mailbox's mails become cases." },
	{ "address", SCHEMA_TEXT, REQUIRED, AT(conf_mailbox, address), .check = value_check_address,
	  .doc = "Support address that customers write to." },
	{ "aliases", SCHEMA_WORDS, AT(conf_mailbox, aliases), .max = 1000,
	  .check = value_check_address, .doc = "Further addresses that end up in this mailbox." },
	{ "idle", SCHEMA_BOOL, AT(conf_mailbox, idle), .fallback = "true",
	  .doc = "Be told of new mail by IDLE where the server can." },
	{ "poll", SCHEMA_SECONDS, AT(conf_mailbox, poll_s), .min = 1, .max = DAY_S,
	  .fallback = "\"60s\"", .doc = "Look for new mail at least so often." },
	{ "authres_without_id", SCHEMA_BOOL, AT(conf_mailbox, authres_without_id),
	  .fallback = "false",
	  .doc = "Its server writes Authentication-Results without a name (Microsoft 365): the "
		 "topmost such field is believed.  Only safe where the server removes those that "
		 "come in from outside, and with border_hosts." },
	{ "confirm_reply_to", SCHEMA_BOOL, AT(conf_mailbox, confirm_reply_to), .fallback = "false",
	  .doc = "Automatic answers to a sender who is not proven go to Reply-To, where there is "
		 "one: for mailboxes that web forms write to." },
	{ "internal_mark", SCHEMA_TEXT, AT(conf_mailbox, internal_mark), .min = 3,
	  .max = LINE_MAX_CH, .check = value_check_mark,
	  .doc =
	      "A header line, \"NAME: VALUE\", that its server puts on mail from inside and "
	      "removes from all other (Microsoft 365: \"X-MS-Exchange-Organization-AuthAs: "
	      "Internal\"): who is in From of such a mail is believed.  Where the server lets the "
	      "line of a mail from outside stand, everybody who writes it is staff: send yourself "
	      "one before you set this." },
	{ "automatic", SCHEMA_CHOICE, AT(conf_mailbox, automatic), .fallback = "\"case\"",
	  CHOICES(automatic_choices),
	  .doc = "What becomes of a mail that a program wrote (monitoring, another ticket system) "
		 "and that is about no case: a case without a confirmation, only filed, or "
		 "quarantined." },
	{ "reply_to", SCHEMA_CHOICE_BOOL, AT(conf_mailbox, reply_to_sender),
	  .fallback = "\"shown\"", CHOICES(reply_to_choices),
	  .doc = "sender: where nobody reads what is sent to From (\"no-reply\", or none at all), "
		 "who is in Reply-To asks, unproven: for web forms.  shown: staff are told of it.  "
		 "Where From is an address of ours or of a list that writes \"via\", it asks "
		 "anyway." },
	{ "quarantine_spam", SCHEMA_BOOL, AT(conf_mailbox, quarantine_spam), .fallback = "true",
	  .doc = "Quarantine what a spam filter before us has marked." },
	{ "own_lists", SCHEMA_WORDS, AT(conf_mailbox, own_lists), .max = 1000,
	  .check = value_check_line,
	  .doc = "List-Ids of mailing lists that the mailbox stands behind: their mails are "
		 "requests and no newsletters.  The group of a support address is known without." },
};

static const struct schema_row escalation_rows[] = {
	{ "level", SCHEMA_INT, REQUIRED, AT(conf_escalation, level), .min = 1, .max = 100,
	  .doc = "1: at the breach, 2 and on: at each reminder after it." },
	{ "address", SCHEMA_TEXT, REQUIRED, AT(conf_escalation, address),
	  .check = value_check_address, .doc = "Who is told." },
};
static const struct schema_group escalation_group = {
	ROWS(escalation_rows),
	SIZE(struct conf_escalation),
};

static const struct schema_row resource_rows[] = {
	{ "title", SCHEMA_TEXT, REQUIRED, AT(conf_resource, title), .min = 1, .max = 200,
	  .check = value_check_line, .doc = "What it is called in the mail." },
	{ "link", SCHEMA_TEXT, REQUIRED, AT(conf_resource, link), .max = LINE_MAX_CH,
	  .check = value_check_url, .doc = "Its web address." },
	{ "language", SCHEMA_TEXT, AT(conf_resource, language), .min = 2, .max = 16,
	  .check = value_check_name, .doc = "For mails in this language; without it, in all." },
};
static const struct schema_group resource_group = { ROWS(resource_rows),
						    SIZE(struct conf_resource) };

static const struct schema_row queue_rows[] = {
	{ "kind", SCHEMA_NAME, REQUIRED, AT(conf_queue, kind), ROW_OF(TABLE_KINDS),
	  .doc = "Kind of its cases: severities and targets." },
	{ "calendar", SCHEMA_NAME, AT(conf_queue, calendar), ROW_OF(TABLE_CALENDARS),
	  .doc = "Calendar in which minutes and hours run; else always for a kind answered 24x7, "
		 "business for others." },
	{ "days_calendar", SCHEMA_NAME, AT(conf_queue, days_calendar), ROW_OF(TABLE_CALENDARS),
	  .doc = "Calendar in which business days run; else calendar where it has hours, else "
		 "business." },
	{ "address", SCHEMA_TEXT, AT(conf_queue, address), .check = value_check_address,
	  .doc = "From of the queue's mails, an address or alias of a mailbox; else that of its "
		 "first one." },
	{ "from_name", SCHEMA_TEXT, AT(conf_queue, from_name), .min = 1, .max = 200,
	  .check = value_check_line, .doc = "Name beside that address; else the company." },
	{ "notify", SCHEMA_WORDS, AT(conf_queue, notify), .max = 1000, .check = value_check_address,
	  .doc = "Staff addresses that are told of new cases." },
	{ "notices", SCHEMA_WORDS, AT(conf_queue, notices), .max = 200, .check = notice_check,
	  .doc =
	      "What is told to whom, where it is to differ from the default, as "
	      "\"opened.requester off\"; gatewayctl template list has all events and audiences." },
	{ "unknown_sender", SCHEMA_CHOICE, AT(conf_queue, unknown_sender), .fallback = "\"case\"",
	  CHOICES(unknown_choices), .doc = "What becomes of mail from a sender of no account." },
	{ "confirm_forwarded", SCHEMA_BOOL, AT(conf_queue, confirm_forwarded), .fallback = "false",
	  .doc = "Where staff pass a customer's mail on, the customer gets a confirmation." },
	{ "notice_files", SCHEMA_BYTES, AT(conf_queue, notice_files_bytes), .min = 0,
	  .max = 30000000, .fallback = "\"10MB\"",
	  .doc = "A notice carries so much of the customer's files; what is larger, and what runs "
		 "(programs, scripts, HTML, SVG, documents with macros), is named, and #file N "
		 "sends it." },
	{ "cc", SCHEMA_CHOICE, AT(conf_queue, cc), .fallback = "\"account\"", CHOICES(cc_choices),
	  .doc =
	      "Whom a proven requester puts in To or Cc gets the answers, too: account: contacts "
	      "and domains of the same account, never by a free-mail domain; all: everybody; "
	      "ask: nobody, until staff add them with #cc." },
	{ "token_alone", SCHEMA_CHOICE_BOOL, AT(conf_queue, token_alone), .fallback = "\"note\"",
	  CHOICES(token_choices),
	  .doc = "What a reply token may do for a sender whom our server does not vouch for: note: "
		 "add a note to an open case; customer: all that a customer may." },
	{ "email_severity", SCHEMA_CHOICE_BOOL, AT(conf_queue, declared_severity),
	  .fallback = "\"policy\"", CHOICES(severity_choices),
	  .doc =
	      "declared: an authenticated sender of an entitled account may state \"Severity: N\"; "
	      "policy: mail is what the kind says, severity 3." },
	{ "referral", SCHEMA_TEXT, AT(conf_queue, referral), .min = 1, .max = 4000,
	  .doc = "Text that an unknown sender is referred with." },
	{ "warn_at", SCHEMA_NUMBERS, AT(conf_queue, warn_at), N(conf_queue, warn_count), .max = 10,
	  .fallback = "[ 0.5, 0.8 ]",
	  .doc = "Fractions of a target at which to warn, rising, between 0 and 1." },
	{ "reminder", SCHEMA_SECONDS64, AT(conf_queue, reminder_s), .min = 0, .max = 31 * DAY_S,
	  .fallback = "\"4h\"", .doc = "Time between reminders after a breach; \"0s\": none." },
	{ "next_response", SCHEMA_DURATION, AT(conf_queue, next_response), .min = 1, .max = YEAR_S,
	  .fallback = "\"none\"",
	  .doc = "Clock from a customer's note until staff answer; none: no such clock." },
	{ "resolution", SCHEMA_DURATION, AT(conf_queue, resolution), .min = 1, .max = YEAR_S,
	  .fallback = "\"none\"",
	  .doc = "Clock from the opening until the case is resolved; none: no such clock." },
	{ "escalations", SCHEMA_LIST, AT(conf_queue, escalations), N(conf_queue, escalation_count),
	  .max = 100, .inner = &escalation_group,
	  .doc = "Who is told besides owner and queue when a target was missed." },
	{ "language", SCHEMA_TEXT, AT(conf_queue, language), .min = 2, .max = 16,
	  .fallback = "\"en\"", .check = value_check_name,
	  .doc = "Language of its mails where neither account nor mail says another." },
	{ "templates", SCHEMA_PATH, AT(conf_queue, templates),
	  .doc = "Folder of mail templates of its own." },
	{ "zone", SCHEMA_ZONE, AT(conf_queue, zone),
	  .doc = "Zone in which its mails tell times; else that of days_calendar." },
	{ "phone", SCHEMA_TEXT, AT(conf_queue, phone), .min = 1, .max = 1000,
	  .doc = "Phone numbers for urgent trouble, told in confirmations." },
	{ "portal", SCHEMA_TEXT, AT(conf_queue, portal), .max = LINE_MAX_CH,
	  .check = value_check_url, .doc = "Web address for severities 1 and 2." },
	{ "resources", SCHEMA_LIST, AT(conf_queue, resources), N(conf_queue, resource_count),
	  .max = 20, .inner = &resource_group,
	  .doc = "Troubleshooting steps, documentation and training, listed with the community in "
		 "confirmations of how-to questions." },
	{ "community", SCHEMA_TEXT, AT(conf_queue, community), .max = LINE_MAX_CH,
	  .check = value_check_url, .doc = "Web address of the community." },
};

static const struct schema_row staff_rows[] = {
	{ "name", SCHEMA_TEXT, REQUIRED, AT(conf_staff, name), .min = 1, .max = 200,
	  .check = value_check_line, .doc = "Name as customers read it." },
	{ "addresses", SCHEMA_WORDS, REQUIRED, AT(conf_staff, addresses), .min = 1, .max = 20,
	  .check = value_check_address, .doc = "Mail addresses; the first is where mail goes." },
	{ "language", SCHEMA_TEXT, AT(conf_staff, language), .min = 2, .max = 16,
	  .check = value_check_name,
	  .doc = "Language of the mails to this person; without it, the queue's." },
	{ "queues", SCHEMA_NAMES, AT(conf_staff, queues), .max = 1000, ROW_OF(TABLE_QUEUES),
	  .doc = "Queues this person works on; without it, all." },
};

static const struct schema_row scale_rows[] = {
	{ "labels", SCHEMA_LABELS, REQUIRED, AT(policy_scale, levels), .min = 1,
	  .max = POLICY_SEVERITY_MAX, .doc = "Short names of severity 1, 2 ..." },
	{ "meanings", SCHEMA_MEANINGS, REQUIRED, AT(policy_scale, levels), .min = 1,
	  .max = POLICY_SEVERITY_MAX, .doc = "What each means, as mails say it." },
};

static const struct schema_row kind_rows[] = {
	{ "answered", SCHEMA_CHOICE_BOOL, REQUIRED, AT(policy_kind, always_open),
	  CHOICES(answered_choices), .doc = "When its cases are worked on." },
	{ "scale", SCHEMA_NAME, REQUIRED, AT(policy_kind, scale), ROW_OF(TABLE_SCALES),
	  .doc = "Its severities." },
	{ "severity", SCHEMA_INT, AT(policy_kind, default_severity), .min = 1,
	  .max = POLICY_SEVERITY_MAX, .fallback = "3",
	  .doc = "Severity when nothing else decides." },
	{ "email_severity", SCHEMA_INT, AT(policy_kind, email_severity), .min = 1,
	  .max = POLICY_SEVERITY_MAX, .fallback = "3", .doc = "Severity of what arrives by mail." },
	{ "severity1_phone_only", SCHEMA_BOOL, AT(policy_kind, severity1_phone_only),
	  .fallback = "false", .doc = "Severity 1 needs the record of a phone call." },
	{ "own_targets", SCHEMA_BOOL, AT(policy_kind, own_targets), .fallback = "false",
	  .doc = "Its targets hold whatever package an account has." },
	{ "contract_only", SCHEMA_BOOL, AT(policy_kind, contract_only), .fallback = "false",
	  .doc = "Only for accounts whose contract provides for it." },
	{ "targets", SCHEMA_TARGETS, REQUIRED, AT(policy_kind, targets), .min = 1,
	  .max = POLICY_SEVERITY_MAX,
	  .doc = "Initial response for severity 1, 2 ... where no package names one." },
};

static const struct schema_row package_rows[] = {
	{ "severity1_by", SCHEMA_CHOICE, AT(policy_package, severity1_by), .fallback = "\"any\"",
	  CHOICES(severity1_choices),
	  .doc = "How severity 1 must have been asked for; otherwise severity 2's target holds." },
	{ "targets", SCHEMA_TARGETS, REQUIRED, AT(policy_package, targets), .min = 1,
	  .max = POLICY_SEVERITY_MAX, .doc = "Initial response for severity 1, 2 ..." },
};

static const struct schema_row calendar_rows[] = {
	{ "zone", SCHEMA_ZONE, REQUIRED, AT(policy_calendar, zone),
	  .doc = "Zone in which its hours are told." },
	{ "hours", SCHEMA_HOURS, REQUIRED, AT(policy_calendar, intervals),
	  N(policy_calendar, interval_count), .min = 1, .max = 100,
	  .doc = "Opening hours: days, then one or more times." },
	{ "holidays", SCHEMA_HOLIDAYS, AT(policy_calendar, holidays),
	  N(policy_calendar, holiday_count), .max = 1000,
	  .doc = "Days on which it is closed: dates, rules, Easter; \": name\" may follow." },
	{ "holidays_file", SCHEMA_HOLIDAY_FILES, AT(schema_calendar, from_files),
	  N(schema_calendar, from_file_count), .max = 20,
	  .doc = "Further holidays from .ics files; one name or a list." },
};

static const struct schema_row class_rows[] = {
	{ "words", SCHEMA_WORDS, AT(policy_class, words), .max = 2000, .doc = "Its phrases." },
	{ "more", SCHEMA_WORDS, AT(policy_class, more), .max = 2000,
	  .doc = "Further ones; for adding to a shipped class." },
};

static const struct schema_row rule_rows[] = {
	{ "enabled", SCHEMA_BOOL, AT(schema_rule, enabled), .fallback = "true",
	  .doc = "false takes a shipped rule out." },
	{ "subject", SCHEMA_WORDS, AT(policy_rule, subject), .max = 1000,
	  .doc = "Fires when one of these words or phrases is in the subject." },
	{ "text", SCHEMA_WORDS, AT(policy_rule, text), .max = 1000,
	  .doc = "The same in the text." },
	{ "words", SCHEMA_WORDS, AT(policy_rule, either), .max = 1000,
	  .doc = "The same in subject or text." },
	{ "sender", SCHEMA_WORDS, AT(policy_rule, sender), .max = 1000,
	  .doc = "Sender: an address, or \"@domain\"." },
	{ "recipient", SCHEMA_WORDS, AT(policy_rule, recipient), .max = 1000,
	  .doc = "Recipient: an address, \"+part\", or \"@domain\"." },
	{ "header", SCHEMA_WORDS, AT(policy_rule, header), .max = 100, .check = value_check_field,
	  .doc = "A header field that the mail has: \"NAME\", or \"NAME: PART\" of its value." },
	{ "account_flags", SCHEMA_WORDS, AT(policy_rule, account_flags), .max = 100,
	  .doc = "Flags of the account that are all set; \"!flag\": not set." },
	{ "scores", SCHEMA_WORDS, AT(policy_rule, scores), .max = 1000, .check = value_check_score,
	  .doc = "Weights and phrases, as \"5 how do i\"; \"subject:\" or \"first:\" before one." },
	{ "negations", SCHEMA_WORDS, AT(policy_rule, negations), .max = 100,
	  .doc = "Words that take away a phrase of scores when they stand before it." },
	{ "threshold", SCHEMA_INT, AT(policy_rule, threshold), .min = 1, .max = 999,
	  .fallback = "1", .doc = "What the weights found must add up to." },
	{ "queue", SCHEMA_NAME, AT(policy_rule, queue), ROW_OF(TABLE_QUEUES),
	  .doc = "Queue that the case goes to; without it, it stays." },
	{ "resource", SCHEMA_TEXT, AT(policy_rule, resource), .check = value_check_name,
	  .doc = "What the confirmation offers: \"community\"." },
	{ "priority", SCHEMA_INT, AT(policy_rule, priority), .min = 0, .max = 100, .fallback = "0",
	  .doc = "Kept on the case; 0: none." },
	{ "becomes", SCHEMA_CHOICE, AT(policy_rule, becomes), .fallback = "\"case\"",
	  CHOICES(becomes_choices),
	  .doc = "What becomes of a mail that it fires at and that belongs to no case." },
};

#define TABLE(rows, type, id, key) ROWS(rows), SIZE(struct type), .table = id, .name_key = key

static const struct schema_group mailbox_group = { TABLE(mailbox_rows, conf_mailbox,
							 TABLE_MAILBOXES, "name") };
static const struct schema_group queue_group = { TABLE(queue_rows, conf_queue, TABLE_QUEUES,
						       "name") };
static const struct schema_group staff_group = { TABLE(staff_rows, conf_staff, TABLE_STAFF, "id") };
static const struct schema_group scale_group = { TABLE(scale_rows, policy_scale, TABLE_SCALES,
						       "name") };
static const struct schema_group kind_group = { TABLE(kind_rows, policy_kind, TABLE_KINDS,
						      "name") };
static const struct schema_group package_group = { TABLE(package_rows, policy_package,
							 TABLE_PACKAGES, "name") };
static const struct schema_group calendar_group = {
	ROWS(calendar_rows),
	.size = sizeof(struct schema_calendar),
	.final_size = sizeof(struct policy_calendar),
	.table = TABLE_CALENDARS,
	.name_key = "name",
};
static const struct schema_group class_group = { TABLE(class_rows, policy_class, TABLE_VOCABULARY,
						       "name") };
static const struct schema_group rule_group = {
	ROWS(rule_rows),
	.size = sizeof(struct schema_rule),
	.final_size = sizeof(struct policy_rule),
	.table = TABLE_ROUTING,
	.name_key = "name",
};

static const struct schema_row smtp_rows[] = {
	SERVER_ROWS(conf_smtp, "\"starttls\"", "\"5min\""),
	{ "concurrency", SCHEMA_INT, AT(conf_smtp, concurrency), .min = 1, .max = 64,
	  .fallback = "4", .doc = "Connections at a time." },
	{ "retry_min", SCHEMA_SECONDS64, AT(conf_smtp, retry_min_s), .min = 1, .max = DAY_S,
	  .fallback = "\"1min\"", .doc = "First wait after a failure that may pass." },
	{ "retry_max", SCHEMA_SECONDS64, AT(conf_smtp, retry_max_s), .min = 1, .max = DAY_S,
	  .fallback = "\"1h\"", .doc = "Longest wait; waits double up to it." },
	{ "give_up", SCHEMA_SECONDS64, AT(conf_smtp, give_up_s), .min = 1, .max = 31 * DAY_S,
	  .fallback = "\"5 days\"", .doc = "After so long a mail has failed (RFC 5321 4.5.4.1)." },
	{ "final_timeout", SCHEMA_SECONDS, AT(conf_smtp, final_timeout_s), .min = 1, .max = HOUR_S,
	  .fallback = "\"10min\"",
	  .doc = "Wait for the reply to a mail's end (RFC 5321 4.5.3.2.6)." },
};
static const struct schema_group smtp_group = { ROWS(smtp_rows), SIZE(struct conf_smtp) };

static const struct schema_row limit_rows[] = {
	{ "mail_size", SCHEMA_BYTES, AT(conf_limits, mail_bytes), .min = 1000, .max = 1000000000,
	  .fallback = "\"25MB\"", .doc = "Larger mails are quarantined." },
	{ "subject_size", SCHEMA_BYTES, AT(conf_limits, subject_bytes), .min = 16, .max = 100000,
	  .fallback = "\"1kB\"", .doc = "More of a subject is cut off." },
	{ "note_size", SCHEMA_BYTES, AT(conf_limits, note_bytes), .min = 100, .max = 100000000,
	  .fallback = "\"1MB\"", .doc = "More of a note's text is cut off." },
	{ "role_silence", SCHEMA_SECONDS, AT(conf_limits, role_silence_s), .min = 1, .max = 3600,
	  .fallback = "\"60s\"",
	  .doc = "A process of the daemon that does not answer for so long is replaced." },
	{ "parse_children", SCHEMA_INT, AT(conf_limits, parse_children), .min = 1, .max = 64,
	  .fallback = "2", .doc = "Sealed processes that read mails." },
	{ "parse_time", SCHEMA_SECONDS, AT(conf_limits, parse_seconds), .min = 1, .max = 600,
	  .fallback = "\"10s\"", .doc = "Time that one mail may take." },
	{ "parse_mails", SCHEMA_INT, AT(conf_limits, parse_mails_per_child), .min = 1,
	  .max = 1000000, .fallback = "1000",
	  .doc = "Mails after which such a process is renewed." },
	{ "parse_memory", SCHEMA_BYTES, AT(conf_limits, parse_memory_bytes), .min = 16000000,
	  .max = INT64_C(16000000000), .fallback = "\"512MB\"",
	  .doc = "Memory of such a process." },
	{ "parse_attempts", SCHEMA_INT, AT(conf_limits, parse_attempts), .min = 1, .max = 10,
	  .fallback = "2", .doc = "Tries before a mail that kills its reader is quarantined." },
	{ "fetch_window", SCHEMA_INT, AT(conf_limits, fetch_window), .min = 1, .max = 1000,
	  .fallback = "128", .doc = "Mails a mailbox may have under way." },
	{ "commit_group", SCHEMA_INT, AT(conf_limits, commit_group), .min = 1, .max = 1000,
	  .fallback = "256",
	  .doc = "Mails committed together, at most; one that comes alone does not wait." },
	{ "auto_proven_hour", SCHEMA_INT, AT(conf_limits, auto_proven_hour), .min = 1,
	  .max = 1000000, .fallback = "30",
	  .doc = "Automatic mails to one address that our server vouches for." },
	{ "auto_unproven_hour", SCHEMA_INT, AT(conf_limits, auto_unproven_hour), .min = 1,
	  .max = 1000000, .fallback = "3",
	  .doc = "Automatic mails to one address that is not proven, and in one case of such." },
	{ "auto_unproven_day", SCHEMA_INT, AT(conf_limits, auto_unproven_day), .min = 1,
	  .max = 1000000, .fallback = "10", .doc = "The same in a day." },
	{ "auto_unproven_all_hour", SCHEMA_INT, AT(conf_limits, auto_unproven_all_hour), .min = 1,
	  .max = 1000000, .fallback = "500",
	  .doc = "Automatic mails to all addresses that are not proven." },
	{ "auto_per_case_day", SCHEMA_INT, AT(conf_limits, auto_per_case_day), .min = 1,
	  .max = 100000, .fallback = "20", .doc = "Automatic mails on one case in a day." },
	{ "staff_per_case_day", SCHEMA_INT, AT(conf_limits, staff_per_case_day), .min = 1,
	  .max = 100000, .fallback = "100",
	  .doc = "Notices on one case to one address of staff in a day." },
	{ "token_life", SCHEMA_DAYS, AT(conf_limits, token_days), .min = 1, .max = 3660,
	  .fallback = "\"365 days\"", .doc = "How long an answer finds its case by its token." },
	{ "kb_suggestions", SCHEMA_INT, AT(conf_limits, kb_suggestions), .min = 0, .max = 20,
	  .fallback = "3", .doc = "Known answers listed in a confirmation." },
	{ "kb_score", SCHEMA_NUMBER, AT(conf_limits, kb_score), .min = 0, .max = 1,
	  .fallback = "0.3", .doc = "Score that a known answer must have to be listed." },
	{ "recommend_delay", SCHEMA_SECONDS64, AT(conf_limits, recommend_delay_s), .min = 0,
	  .max = YEAR_S, .fallback = "\"48h\"",
	  .doc = "Time from go-live to the mail with recommendations." },
	{ "recommend_pause", SCHEMA_SECONDS64, AT(conf_limits, recommend_pause_s), .min = 0,
	  .max = YEAR_S, .fallback = "\"7 days\"",
	  .doc = "An account has at most one such mail in this time." },
	{ "raw_keep", SCHEMA_DAYS64, AT(conf_limits, raw_days), .min = 1, .max = 36600,
	  .fallback = "\"forever\"", .doc = "How long raw mail is kept." },
};
static const struct schema_group limit_group = { ROWS(limit_rows), SIZE(struct conf_limits) };

#define CONF_TABLE(array, count, group) \
	SCHEMA_TABLE, AT(conf, array), N(conf, count), .max = 1000, .inner = &group

static const struct schema_row root_rows[] = {
	{ "hostname", SCHEMA_TEXT, REQUIRED, AT(conf, hostname), .check = value_check_domain,
	  .doc = "Right side of the Message-IDs that we make." },
	{ "company", SCHEMA_TEXT, REQUIRED, AT(conf, company), .min = 1, .max = 200,
	  .check = value_check_line, .doc = "Name that mails are signed with." },
	{ "store", SCHEMA_PATH, AT(conf, store), .fallback = "\"/var/lib/gatewayd/gatewayd.db\"",
	  .doc = "SQLite file that keeps everything." },
	{ "socket", SCHEMA_PATH, AT(conf, socket), .fallback = "\"/run/gatewayd/control.sock\"",
	  .doc = "Socket of gatewayctl." },
	{ "control_group", SCHEMA_TEXT, AT(conf, control_group), .check = value_check_name,
	  .doc = "Group whose members may use gatewayctl, beside root; without it, the user of the "
		 "daemon." },
	{ "user", SCHEMA_TEXT, AT(conf, user), .check = value_check_name,
	  .doc = "User to run as when started by root." },
	{ "token_key_file", SCHEMA_SECRET, REQUIRED, AT(conf, token_key_file),
	  .doc = "File with the key of reply tokens: 32 bytes or more, as text on one line." },
	{ "token_key_file_old", SCHEMA_SECRET, AT(conf, token_key_file_old),
	  .doc = "The key before it, accepted until its tokens have run out." },
	{ "policy_dir", SCHEMA_PATH, AT(conf, policy_dir),
	  .doc = "Folder of the policy tables; else policy beside this file, else the installed "
		 "one." },
	{ "templates", SCHEMA_PATH, AT(conf, templates),
	  .doc = "Folder of mail templates that replace shipped ones of the same name." },
	{ "languages", SCHEMA_WORDS, AT(conf, languages), .min = 1, .max = 100,
	  .fallback = "[ \"en\", \"de\", \"fr\", \"es\", \"ja\" ]", .check = value_check_name,
	  .doc = "Languages that mails may be written in; each has a folder of templates." },
	{ "kb_dir", SCHEMA_PATH, AT(conf, kb_dir),
	  .doc = "Folder of known answers, text or Markdown files." },
	{ "verp", SCHEMA_BOOL, AT(conf, verp), .fallback = "true",
	  .doc =
	      "Puts a token into the envelope sender of our mails, so that reports on them prove "
	      "what they are about.  false: for a server that lets an account send only as its "
	      "own address: reports count then by the Message-ID that they bring back, from our "
	      "own "
	      "border alone." },
	{ "unsubscribe_url", SCHEMA_TEXT, AT(conf, unsubscribe_url), .max = LINE_MAX_CH,
	  .check = value_check_https, .doc = "One-click unsubscribe address (RFC 8058)." },
	{ "authserv_ids", SCHEMA_WORDS, AT(conf, authserv_ids), .max = 20,
	  .check = value_check_line,
	  .doc = "Whose Authentication-Results we believe: the names our own mail server signs "
		 "with." },
	{ "border_hosts", SCHEMA_WORDS, AT(conf, border_hosts), .max = 100,
	  .check = value_check_border,
	  .doc = "Our hosts as they stand behind \"by\" in Received, each with above or below: "
		 "where it writes Authentication-Results beside its own Received; or inside: it "
		 "takes no mail from outside.  \"*.example.com\" and \"2002:*\" are patterns.  "
		 "Results that stand elsewhere are not believed." },
	{ "staff_trust", SCHEMA_CHOICE, AT(conf, staff_trust), .fallback = "\"dmarc\"",
	  CHOICES(trust_choices),
	  .doc = "dmarc: staff must pass DMARC and have a token; token: the token is enough." },
	{ "freemail", SCHEMA_WORDS, AT(conf, policy.freemail), .max = 10000,
	  .doc = "Further domains that name no account; \"!domain\" takes a shipped one out." },
	{ "mailboxes", CONF_TABLE(mailboxes, mailbox_count, mailbox_group), REQUIRED, .min = 1,
	  .doc = "IMAP mailboxes to watch." },
	{ "smtp", SCHEMA_GROUP, REQUIRED, AT(conf, smtp), .inner = &smtp_group,
	  .doc = "Server that sends our mails." },
	{ "queues", CONF_TABLE(queues, queue_count, queue_group), REQUIRED, .min = 1,
	  .doc = "Where cases wait for staff." },
	{ "staff", CONF_TABLE(staff, staff_count, staff_group), .doc = "The people who answer." },
	{ "limits", SCHEMA_GROUP, AT(conf, limits), .inner = &limit_group,
	  .doc = "How much is too much." },
	{ "severities", CONF_TABLE(policy.scales, policy.scale_count, scale_group), IN_POLICY,
	  .doc = "Scales of severities." },
	{ "kinds", CONF_TABLE(policy.kinds, policy.kind_count, kind_group), IN_POLICY,
	  .doc = "Kinds of case." },
	{ "packages", CONF_TABLE(policy.packages, policy.package_count, package_group), IN_POLICY,
	  .doc = "Support packages." },
	{ "calendars", CONF_TABLE(policy.calendars, policy.calendar_count, calendar_group),
	  IN_POLICY, .doc = "Opening hours; always is built in." },
	{ "vocabulary", CONF_TABLE(policy.classes, policy.class_count, class_group), IN_POLICY,
	  .doc = "Classes of words that phrases of routing name as <class>." },
	{ "routing", CONF_TABLE(policy.rules, policy.rule_count, rule_group), IN_POLICY,
	  .doc = "Which queue a new case belongs to; the best score wins, then the first." },
};
const struct schema_group schema_root = { ROWS(root_rows), SIZE(struct conf) };

const struct schema_row *schema_table(enum schema_table_id id)
{
	for (size_t i = 0; i < schema_root.row_count; i++)
		if (schema_root.rows[i].type == SCHEMA_TABLE &&
		    schema_root.rows[i].inner->table == id)
			return &schema_root.rows[i];
	return NULL;
}
