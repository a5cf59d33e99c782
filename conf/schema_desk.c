/* Where cases wait, and who answers them. */
#include "conf/notices.h"
#include "conf/schema_rows.h"

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
	{ "reopen_within", SCHEMA_SECONDS64, AT(conf_queue, reopen_within_s), .min = 0,
	  .max = 10 * YEAR_S, .fallback = "\"14d\"",
	  .doc = "So long after a case was resolved or closed its customer's mail opens it again; "
		 "after that it opens a case of its own, linked to the old one." },
	{ "remind_after", SCHEMA_SECONDS64, AT(conf_queue, remind_after_s), .min = 0, .max = YEAR_S,
	  .fallback = "\"0s\"",
	  .doc = "So long after a case began to wait for its customer they are reminded, once; "
		 "\"0s\": never." },
	{ "close_after", SCHEMA_SECONDS64, AT(conf_queue, close_after_s), .min = 0, .max = YEAR_S,
	  .fallback = "\"0s\"",
	  .doc = "So long after it began to wait it is closed, and they are told; \"0s\": never. "
		 "Who was reminded has a day after that, whatever close_after says. "
		 "Found over five minutes late, it has a day more, as their answer may not be "
		 "read yet; while the mailbox cannot be read, neither is done." },
	{ "raw_keep", SCHEMA_DAYS64, AT(conf_queue, raw_days), .min = 1, .max = 36600,
	  .fallback = "\"forever\"",
	  .doc = "How long the mails of its cases that are over, and of its mailboxes that became "
		 "no case, are kept as they came; limits.raw_keep may be shorter." },
	{ "sent_keep", SCHEMA_DAYS64, AT(conf_queue, sent_days), .min = 1, .max = 36600,
	  .fallback = "\"forever\"",
	  .doc =
	      "How long the text of mails that went out about its cases that are over is kept." },
	{ "case_keep", SCHEMA_DAYS64, AT(conf_queue, case_days), .min = 1, .max = 36600,
	  .fallback = "\"forever\"",
	  .doc = "So long after the last change of a case that is over its texts, people and files "
		 "are erased; numbers, times and deadlines stay.  Of a mail that became no case "
		 "also what it was about and from whom, so long after it came." },
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
	{ "zone", SCHEMA_ZONE, AT(conf_staff, zone),
	  .doc = "In which this person reads times; without it, the queue's." },
	{ "queues", SCHEMA_NAMES, AT(conf_staff, queues), .max = 1000, ROW_OF(TABLE_QUEUES),
	  .doc =
	      "Queues this person works on: whose cases they read, by mail and on the web pages, "
	      "beside their own; without it, all." },
	{ "morning", SCHEMA_BOOL, AT(conf_staff, morning), .fallback = "false",
	  .doc = "A mail each morning, Monday to Friday, at 7 in their zone: their cases, what is "
		 "due today, what waits.  None while they are away, nor when there is nothing." },
};

const struct schema_group schema_queue = { TABLE(queue_rows, conf_queue, TABLE_QUEUES, "name") };
const struct schema_group schema_staff = { TABLE(staff_rows, conf_staff, TABLE_STAFF, "id") };
