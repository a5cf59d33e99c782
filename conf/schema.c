#include "conf/schema.h"

#include <stdio.h>

#include "conf/schema_rows.h"

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
	{ "disk_free", SCHEMA_BYTES, AT(conf_limits, disk_free_bytes), .min = 0,
	  .max = INT64_C(1000000000000000), .fallback = "\"1GB\"",
	  .doc = "Free space where the store is; operators are told when there is less." },
	{ "parse_memory", SCHEMA_BYTES, AT(conf_limits, parse_memory_bytes), .min = 16000000,
	  .max = INT64_C(16000000000), .fallback = "\"512MB\"",
	  .doc = "Memory of such a process." },
	{ "parse_attempts", SCHEMA_INT, AT(conf_limits, parse_attempts), .min = 1, .max = 10,
	  .fallback = "2", .doc = "Tries before a mail that kills its reader is quarantined." },
	{ "fetch_window", SCHEMA_INT, AT(conf_limits, fetch_window), .min = 1, .max = 1000,
	  .fallback = "256",
	  .doc = "Mails a mailbox may have under way; as many again for each 50 ms of a round trip "
		 "to its server, 1000 at most." },
	{ "commit_group", SCHEMA_INT, AT(conf_limits, commit_group), .min = 1, .max = 1000,
	  .fallback = "256",
	  .doc = "Mails committed together, at most; one that comes alone does not wait." },
	{ "auto_proven_hour", SCHEMA_INT, AT(conf_limits, auto_proven_hour), .min = 1,
	  .max = 1000000, .fallback = "30",
	  .doc = "Automatic mails to one address that our server vouches for." },
	{ "auto_unproven_hour", SCHEMA_INT, AT(conf_limits, auto_unproven_hour), .min = 1,
	  .max = 1000000, .fallback = "3",
	  .doc = "Automatic mails to one address that is not proven, and in one case of such, in "
		 "any sixty minutes." },
	{ "auto_unproven_day", SCHEMA_INT, AT(conf_limits, auto_unproven_day), .min = 1,
	  .max = 1000000, .fallback = "10", .doc = "The same in any 24 hours." },
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
	{ "store", SCHEMA_STORE, AT(conf, store), .fallback = "\"/var/lib/gatewayd/gatewayd.db\"",
	  .doc = "SQLite file that keeps everything; or the address of a PostgreSQL database, "
		 "postgresql://USER@HOST/DATABASE, without a password (see gatewayd-howto(7))." },
	{ "node", SCHEMA_TEXT, AT(conf, node), .check = value_check_name,
	  .doc = "Name of this node among those that share a PostgreSQL database, read when the "
		 "daemon starts; else that of the host." },
	{ "state_dir", SCHEMA_PATH, AT(conf, state_dir),
	  .doc = "Folder for what is kept beside the store, as refresh tokens; else that of its "
		 "file, or /var/lib/gatewayd for a database." },
	{ "socket", SCHEMA_PATH, AT(conf, socket), .fallback = "\"/run/gatewayd/control.sock\"",
	  .doc = "Socket of gatewayctl." },
	{ "control_group", SCHEMA_TEXT, AT(conf, control_group), .check = value_check_name,
	  .doc = "Group whose members may use gatewayctl, beside root; without it, the user of the "
		 "daemon." },
	{ "data_group", SCHEMA_TEXT, AT(conf, data_group), .check = value_check_name,
	  .doc = "Group whose members may use the verbs for people's data and the audit, beside "
		 "root; control_group must let them in, too.  Without it, the user of the "
		 "daemon." },
	{ "user", SCHEMA_TEXT, AT(conf, user), .check = value_check_name,
	  .doc = "User to run as when started by root." },
	{ "token_key_file", SCHEMA_SECRET, REQUIRED, AT(conf, token_key_file),
	  .doc = "File with the key of reply tokens: 32 bytes or more, as text on one line.  It "
		 "and the old one are read when the daemon starts; a reload refuses another "
		 "(gatewayd-server(7), The token key)." },
	{ "token_key_file_old", SCHEMA_SECRET, AT(conf, token_key_file_old),
	  .doc = "The key before it, accepted until its tokens have run out." },
	{ "policy_dir", SCHEMA_PATH, AT(conf, policy_dir),
	  .doc = "Folder of the policy tables; else policy beside this file, else the installed "
		 "one." },
	{ "templates", SCHEMA_PATH, AT(conf, templates),
	  .doc =
	      "Folder of mail templates that replace shipped ones of the same language and name." },
	{ "languages", SCHEMA_WORDS, AT(conf, languages), .min = 1, .max = 100,
	  .fallback = "[ \"en\", \"de\", \"fr\", \"es\", \"ja\" ]", .check = value_check_name,
	  .doc = "Languages that mails may be written in; each has a folder of templates." },
	{ "kb_dir", SCHEMA_PATH, AT(conf, kb_dir),
	  .doc = "Folder of known answers, text or Markdown files." },
	{ "snippets_dir", SCHEMA_PATH, AT(conf, snippets_dir),
	  .doc = "Folder of texts that staff put into answers with #snippet: NAME.txt, or "
		 "NAME.LANGUAGE.txt for cases in that language." },
	{ "plus_addresses", SCHEMA_BOOL, AT(conf, plus_addresses), .fallback = "true",
	  .doc =
	      "The mail server delivers support+ANYTHING@... to support@..., so that answers come "
	      "back to an address with a token.  false: the token stands in the Message-ID alone, "
	      "which an answer brings back in In-Reply-To and References, and verp is false, "
	      "too." },
	{ "recipient_delimiter", SCHEMA_TEXT, AT(conf, recipient_delimiter), .fallback = "\"+\"",
	  .check = value_check_delimiter,
	  .doc = "The character that the mail server takes for that plus: one of + - _ = ~." },
	{ "verp", SCHEMA_BOOL, AT(conf, verp), .fallback = "true",
	  .doc =
	      "Puts a token into the envelope sender of our mails, so that reports on them prove "
	      "what they are about.  false: for a server that lets an account send only as its "
	      "own address: reports count then by the Message-ID that they bring back, from our "
	      "own "
	      "border alone." },
	{ "unsubscribe_url", SCHEMA_TEXT, AT(conf, unsubscribe_url), .max = LINE_MAX_CH,
	  .check = value_check_https,
	  .doc =
	      "One-click unsubscribe address (RFC 8058); without it that of the web pages, where "
	      "web.public_url begins with https://." },
	{ "operators", SCHEMA_WORDS, AT(conf, operators), .max = 100, .check = value_check_address,
	  .doc =
	      "Addresses that hear by mail of trouble of gatewayd itself, once as it begins and "
	      "once as it ends: a mailbox that is not read, mails that are set aside or not "
	      "decided, the mail server, the disk, the clock, an access token, a process, a "
	      "budget.  "
	      "\"EVENT.operators "
	      "off\" in the notices of a queue turns one off: of a mailbox that of its queue, else "
	      "that of the first." },
	{ "authserv_ids", SCHEMA_WORDS, AT(conf, authserv_ids), .max = 20,
	  .check = value_check_authserv,
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
	  .check = value_check_freemail,
	  .doc = "Further domains that name no account; \"!domain\" takes a shipped one out." },
	{ "mailboxes", CONF_TABLE(mailboxes, mailbox_count, schema_mailbox), REQUIRED, .min = 1,
	  .doc = "IMAP mailboxes to watch." },
	{ "oauth", CONF_TABLE(oauth, oauth_count, schema_oauth),
	  .doc = "Where mailboxes and smtp get access tokens from (OAuth 2)." },
	{ "hooks", CONF_TABLE(hooks, hook_count, schema_hook),
	  .doc = "Who is told by a signed POST of what happens to cases (see Webhooks)." },
	{ "smtp", SCHEMA_GROUP, REQUIRED, AT(conf, smtp), .inner = &schema_smtp,
	  .doc = "Server that sends our mails." },
	{ "operators_smtp", SCHEMA_GROUP, AT(conf, operators_smtp), .inner = &schema_operators_smtp,
	  .doc = "Another server, for mails to operators while smtp is in trouble." },
	{ "web", SCHEMA_GROUP, AT(conf, web), .inner = &schema_web,
	  .doc = "Web pages for staff, and measurements for Prometheus." },
	{ "reports", SCHEMA_GROUP, AT(conf, reports), .inner = &schema_reports,
	  .doc = "Reports of what happened (gatewayctl report)." },
	{ "queues", CONF_TABLE(queues, queue_count, schema_queue), REQUIRED, .min = 1,
	  .doc = "Where cases wait for staff." },
	{ "staff", CONF_TABLE(staff, staff_count, schema_staff), .doc = "The people who answer." },
	{ "limits", SCHEMA_GROUP, AT(conf, limits), .inner = &limit_group,
	  .doc = "How much is too much." },
	{ "severities", CONF_TABLE(policy.scales, policy.scale_count, schema_scale), IN_POLICY,
	  .doc = "Scales of severities." },
	{ "kinds", CONF_TABLE(policy.kinds, policy.kind_count, schema_kind), IN_POLICY,
	  .doc = "Kinds of case." },
	{ "packages", CONF_TABLE(policy.packages, policy.package_count, schema_package), IN_POLICY,
	  .doc = "Support packages." },
	{ "calendars", CONF_TABLE(policy.calendars, policy.calendar_count, schema_calendar),
	  IN_POLICY, .doc = "Opening hours; always is built in." },
	{ "vocabulary", CONF_TABLE(policy.classes, policy.class_count, schema_class), IN_POLICY,
	  .doc = "Classes of words that phrases of routing name as <class>." },
	{ "routing", CONF_TABLE(policy.rules, policy.rule_count, schema_rule), IN_POLICY,
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
