/* The support policy as data. */
#include "conf/schema_rows.h"

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
	{ "account_origin", SCHEMA_WORDS, AT(policy_rule, account_origin), .max = 3,
	  .check = value_check_origin,
	  .doc = "How the account came to self-service: \"self-selected\", \"pre-sales\", "
		 "\"account-team\"; one of them." },
	{ "scores", SCHEMA_WORDS, AT(policy_rule, scores), .max = 1000, .check = value_check_score,
	  .doc = "Weights and phrases, as \"5 how do i\"; \"subject:\" or \"first:\" before one." },
	{ "negations", SCHEMA_WORDS, AT(policy_rule, negations), .max = 100,
	  .doc = "Words and phrases that take away a phrase of scores when they stand before it; "
		 "\"not a .. question\": and around it." },
	{ "threshold", SCHEMA_INT, AT(policy_rule, threshold), .min = 1, .max = 999,
	  .fallback = "1", .doc = "What the weights found must add up to." },
	{ "queue", SCHEMA_NAME, AT(policy_rule, queue), ROW_OF(TABLE_QUEUES),
	  .doc = "Queue that the case goes to; without it, it stays." },
	{ "resource", SCHEMA_TEXT, AT(policy_rule, resource), .check = value_check_name,
	  .doc = "What the confirmation offers: \"community\"." },
	{ "owner", SCHEMA_NAME, AT(policy_rule, owner), ROW_OF(TABLE_STAFF),
	  .doc = "Who owns the case; while away, the deputy." },
	{ "turns", SCHEMA_NAMES, AT(policy_rule, turns), .max = 1000, ROW_OF(TABLE_STAFF),
	  .doc = "Staff who own its cases in turn, as far as they are in; not beside owner." },
	{ "confirm", SCHEMA_BOOL, AT(policy_rule, confirm), .fallback = "true",
	  .doc = "Its sender gets a confirmation." },
	{ "priority", SCHEMA_INT, AT(policy_rule, priority), .min = 0, .max = 100, .fallback = "0",
	  .doc = "Of the case: it stands before those of a lower one in the lists of staff, and "
		 "their notices are marked; 0: none." },
	{ "becomes", SCHEMA_CHOICE, AT(policy_rule, becomes), .fallback = "\"case\"",
	  CHOICES(becomes_choices),
	  .doc = "What becomes of a mail that it fires at and that belongs to no case." },
};

const struct schema_group schema_scale = { TABLE(scale_rows, policy_scale, TABLE_SCALES, "name") };
const struct schema_group schema_kind = { TABLE(kind_rows, policy_kind, TABLE_KINDS, "name") };
const struct schema_group schema_package = { TABLE(package_rows, policy_package, TABLE_PACKAGES,
						   "name") };
const struct schema_group schema_calendar = {
	ROWS(calendar_rows),
	.size = sizeof(struct schema_calendar),
	.final_size = sizeof(struct policy_calendar),
	.table = TABLE_CALENDARS,
	.name_key = "name",
};
const struct schema_group schema_class = { TABLE(class_rows, policy_class, TABLE_VOCABULARY,
						 "name") };
const struct schema_group schema_rule = {
	ROWS(rule_rows),
	.size = sizeof(struct schema_rule),
	.final_size = sizeof(struct policy_rule),
	.table = TABLE_ROUTING,
	.name_key = "name",
};
