/* The servers that gatewayd talks to. */
#include "conf/schema_rows.h"

/* clang-format off */
/* The keys of a server; s is the struct that has it as `server`. */
#define SERVER_ROWS(s, tls_default, command_default)                                               \
	{ "provider", SCHEMA_CHOICE, AT(s, server.provider), .fallback = "\"none\"",               \
	  CHOICES(provider_choices),                                                               \
	  .doc = "Whose server: fills in host, port, tls, auth and what is odd about it (see "     \
		 "Providers); without it, that of the row oauth." },                               \
	{ "host", SCHEMA_TEXT, AT(s, server.host), .check = value_check_host,                      \
	  .doc = "Name or address of the server, required without a provider; its certificate "    \
		 "must name it." },                                                                \
	{ "port", SCHEMA_INT, AT(s, server.port), .min = 0, .max = 65535, .fallback = "0",         \
	  .doc = "Port; 0 is the usual one of the protocol and tls." },                            \
	{ "tls", SCHEMA_CHOICE, AT(s, server.tls), .fallback = tls_default, CHOICES(tls_choices),  \
	  .doc = "How the connection is encrypted; none is for loopback hosts only." },            \
	{ "auth", SCHEMA_CHOICE, AT(s, server.auth), .fallback = "\"plain\"",                      \
	  CHOICES(auth_choices),                                                                   \
	  .doc = "How we log in; none: not at all.  With oauth it is xoauth2 unless given." },     \
	{ "user", SCHEMA_TEXT, AT(s, server.user), .min = 1, .max = 256,                           \
	  .check = value_check_line, .doc = "Log-in name." },                                      \
	{ "secret_file", SCHEMA_SECRET, AT(s, server.secret_file),                                 \
	  .doc = "File whose first line is the password or the OAuth token." },                    \
	{ "oauth", SCHEMA_NAME, AT(s, server.oauth), ROW_OF(TABLE_OAUTH),                          \
	  .doc = "Row of oauth that access tokens come from, instead of secret_file." },           \
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
		 "Where From is of a list that has itself there (\"via\") or of a program in our "
		 "domains, it asks anyway; so it does where From is an address of ours, or whom "
		 "X-Original-From, X-Original-Sender or Sender names, else nobody." },
	{ "quarantine_spam", SCHEMA_BOOL, AT(conf_mailbox, quarantine_spam), .fallback = "true",
	  .doc = "Quarantine what a spam filter before us has marked." },
	{ "own_lists", SCHEMA_WORDS, AT(conf_mailbox, own_lists), .max = 1000,
	  .check = value_check_line,
	  .doc = "List-Ids of mailing lists that the mailbox stands behind: their mails are "
		 "requests and no newsletters.  The group of a support address is known without, "
		 "and a list in a domain of ours that somebody outside writes to." },
};

const struct schema_group schema_mailbox = { TABLE(mailbox_rows, conf_mailbox, TABLE_MAILBOXES,
						   "name") };

static const struct schema_row smtp_rows[] = {
	SERVER_ROWS(conf_smtp, "\"starttls\"", "\"5min\""),
	{ "concurrency", SCHEMA_INT, AT(conf_smtp, concurrency), .min = 1, .max = 64,
	  .fallback = "16",
	  .doc = "Connections at a time; as few as keep up are used. With 1, mail to a "
		 "domain that hangs goes when no other waits." },
	{ "retry_min", SCHEMA_SECONDS64, AT(conf_smtp, retry_min_s), .min = 1, .max = DAY_S,
	  .fallback = "\"1min\"", .doc = "First wait after a failure that may pass." },
	{ "retry_max", SCHEMA_SECONDS64, AT(conf_smtp, retry_max_s), .min = 1, .max = DAY_S,
	  .fallback = "\"1h\"", .doc = "Longest wait; waits double up to it." },
	{ "give_up", SCHEMA_SECONDS64, AT(conf_smtp, give_up_s), .min = 1, .max = 31 * DAY_S,
	  .fallback = "\"5 days\"",
	  .doc = "After so long, and an hour of tries, a mail has failed (RFC 5321 "
		 "4.5.4.1)." },
	{ "final_timeout", SCHEMA_SECONDS, AT(conf_smtp, final_timeout_s), .min = 1, .max = HOUR_S,
	  .fallback = "\"10min\"",
	  .doc = "Wait for the reply to a mail's end (RFC 5321 4.5.3.2.6)." },
};
const struct schema_group schema_smtp = { ROWS(smtp_rows), SIZE(struct conf_smtp) };

/* One connection, the timeouts of smtp. */
static const struct schema_row operators_smtp_rows[] = {
	SERVER_ROWS(conf_smtp, "\"starttls\"", "\"5min\""),
};
const struct schema_group schema_operators_smtp = { ROWS(operators_smtp_rows),
						    SIZE(struct conf_smtp) };

static const struct schema_row web_rows[] = {
	{ "listen", SCHEMA_TEXT, AT(conf_web, listen), .check = value_check_listen,
	  .doc = "Address and port of the web pages and of /metrics, \"127.0.0.1:8025\"; without "
		 "it there are none." },
	{ "public_url", SCHEMA_TEXT, AT(conf_web, public_url), .max = LINE_MAX_CH,
	  .check = value_check_url,
	  .doc = "Their address as browsers reach it, behind a proxy that speaks TLS; needed where "
		 "it is another than http:// and listen." },
	{ "session", SCHEMA_SECONDS64, AT(conf_web, session_s), .min = 60, .max = 30 * DAY_S,
	  .fallback = "\"12h\"", .doc = "How long staff stay signed in." },
};
const struct schema_group schema_web = { ROWS(web_rows), SIZE(struct conf_web) };

static const struct schema_row report_rows[] = {
	{ "to", SCHEMA_WORDS, AT(conf_reports, to), .max = 100, .check = value_check_address,
	  .doc = "Addresses that get the report of the week before, on Mondays at 6:00; staff who "
		 "work "
		 "on some queues only get one of each of these." },
	{ "zone", SCHEMA_ZONE, AT(conf_reports, zone), .fallback = "\"UTC\"",
	  .doc = "Zone of the days and hours of reports." },
};
const struct schema_group schema_reports = { ROWS(report_rows), SIZE(struct conf_reports) };
