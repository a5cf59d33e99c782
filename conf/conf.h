/*
 * What the operator decided: gatewayd.conf and the files it names, checked as a whole.
 *
 * conf_load() either gives a complete configuration, in which every name resolves and every value
 * is in range, or the list of all errors with file and line.  A struct conf never changes; a reload
 * makes a new one.  All strings and arrays belong to it; "optional" strings are NULL when not set.
 *
 * Secrets are never here: a `*_file` names the file (or, relative, the systemd credential) that
 * holds one, conf_secret_read() reads it.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "conf/policy.h"
#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum conf_tls { CONF_TLS_IMPLICIT, CONF_TLS_STARTTLS, CONF_TLS_NONE }; /* none: loopback only */
enum conf_auth { CONF_AUTH_PLAIN, CONF_AUTH_XOAUTH2, CONF_AUTH_OAUTHBEARER, CONF_AUTH_NONE };

/* Whose servers: fills in what the operator need not know (conf/provider.h). */
enum conf_provider { CONF_PROVIDER_NONE, CONF_PROVIDER_MICROSOFT365, CONF_PROVIDER_GOOGLE };

struct conf_server { /* how to reach an IMAP or SMTP server */
	enum conf_provider provider;
	const char *host;
	int port;
	enum conf_tls tls;
	enum conf_auth auth;
	const char *user;	 /* optional */
	const char *secret_file; /* password or token; optional */
	const char *oauth;	 /* the row of conf.oauth that gives access tokens; optional */
	const char *ca_file;	 /* optional: the system's */
	int connect_timeout_s, command_timeout_s;
};

/* How access tokens are had (RFC 6749): by the refresh token of a person who logged in once (RFC
 * 8628), as an application (section 4.4), as a service account (RFC 7523). */
enum conf_flow { CONF_FLOW_LOGIN, CONF_FLOW_CLIENT, CONF_FLOW_SERVICE };

struct conf_oauth {
	const char *name;
	enum conf_provider provider;
	enum conf_flow flow;
	const char *tenant, *client_id;
	const char *client_secret_file; /* the last four: optional */
	const char *certificate_file;	/* of key_file, whose holder the client is */
	const char *key_file;		/* PEM, or the JSON file of a Google service account */
	const char *subject;		/* whom a service account acts for */
	const char *scope, *token_endpoint;
	const char *device_endpoint; /* optional, as is all below */
	const char *refresh_token_file, *ca_file;
	int64_t refresh_days; /* life of a refresh token; 0: nobody knows */
	int timeout_s;
};

/* Who is told by a POST of what happens to cases (gatewayd/case/hook.h). */
struct conf_hook {
	const char *name;
	const char *url;	     /* http:// with `plain` only */
	struct policy_words events;  /* of CONF_HOOK_EVENTS; empty: all */
	struct policy_words queues;  /* empty: all */
	const char *secret_file;     /* what is posted is signed with it */
	const char *secret_file_old; /* and with this one; optional, as is ca_file */
	const char *ca_file;
	struct policy_words private_nets; /* "10.0.0.0/8": not public, and reached all the same */
	bool plain;
	int timeout_s;
};
#define CONF_HOOK_EVENTS(X)             \
	X(HOOK_OPENED, "case.opened")   \
	X(HOOK_NOTE, "case.note")       \
	X(HOOK_STATE, "case.state")     \
	X(HOOK_WARNING, "case.warning") \
	X(HOOK_BREACH, "case.breach")
enum conf_hook_event {
#define X(id, name) id,
	CONF_HOOK_EVENTS(X)
#undef X
	    HOOK_EVENT_COUNT,
};

enum conf_automatic { CONF_AUTOMATIC_CASE, CONF_AUTOMATIC_FILE, CONF_AUTOMATIC_QUARANTINE };

struct conf_mailbox {
	const char *name;
	struct conf_server server;
	const char *folder, *processed; /* processed == NULL is refused: mail must move on */
	const char *quarantine;		/* optional: quarantined mail moves here instead */
	const char *queue;
	const char *address;	     /* the support address that this mailbox serves */
	struct policy_words aliases; /* further addresses of it */
	bool idle;
	int poll_s;
	bool authres_without_id;   /* its server writes Authentication-Results without an id */
	bool confirm_reply_to;	   /* answer unproven senders at their Reply-To */
	const char *internal_mark; /* "NAME: VALUE" that it puts on mail from inside; optional */
	enum conf_automatic automatic; /* what becomes of what programs tell, about no case */
	bool quarantine_spam;	       /* what a filter before us marked */
	bool reply_to_sender; /* reply_to = "sender": of a form that says "no reply" in From */
	struct policy_words own_lists; /* List-Ids of the lists that it stands behind */
	int downs; /* how often it brought its poller down; not set by the configuration */
};

/* Who of a proven requester's To and Cc becomes a participant: of the same account, all, nobody. */
enum conf_cc { CONF_CC_ACCOUNT, CONF_CC_ALL, CONF_CC_ASK };

enum conf_unknown_sender { CONF_UNKNOWN_CASE, CONF_UNKNOWN_REFER, CONF_UNKNOWN_QUARANTINE };

struct conf_escalation {
	int level;	     /* 1: at breach, 2 ..: at each reminder after it */
	const char *address; /* a mail address */
};

struct conf_resource { /* a page of help: troubleshooting, documentation, training */
	const char *title, *link;
	const char *language; /* of the mails that name it; optional: all */
};

struct conf_queue {
	const char *name;
	const char *kind;
	const char *calendar;			/* hours and minutes run here */
	const char *days_calendar;		/* business days run here */
	const char *address, *from_name;	/* the From of its mails */
	struct policy_words notify;		/* staff addresses told of new cases */
	struct policy_words notices;		/* "EVENT.AUDIENCE on|off" (conf/notices.h) */
	int64_t raw_days, sent_days, case_days; /* of cases that are over; 0: for ever */
	enum conf_unknown_sender unknown_sender;
	enum conf_cc cc;
	bool confirm_forwarded;	    /* to the customer whose mail staff pass on */
	int64_t notice_files_bytes; /* files that a notice carries; 0: none */
	bool token_alone; /* token_alone = "customer": a token does without our server's word */
	int64_t reopen_within_s; /* after that a mail in a case that is over opens another */
	int64_t remind_after_s;	 /* that a case waits for its customer; 0: never */
	int64_t close_after_s;	 /* the same */
	bool declared_severity;	 /* email_severity = "declared" */
	const char *referral;	 /* the text an unknown sender is referred with; optional */
	double *warn_at;	 /* fractions of the target, rising */
	size_t warn_count;
	int64_t reminder_s; /* between reminders after a breach; 0: none */
	struct policy_duration next_response, resolution; /* POLICY_NONE: no such clock */
	struct conf_escalation *escalations;
	size_t escalation_count;
	struct conf_resource *resources; /* told in the confirmation of a how-to question */
	size_t resource_count;
	const char *language;			/* of its mails when nothing else says, "en" */
	const char *templates;			/* folder of its own; optional */
	const char *zone;			/* in which its mails tell times */
	const char *phone, *portal, *community; /* told in confirmations; optional */
};

enum conf_staff_trust { CONF_TRUST_DMARC, CONF_TRUST_TOKEN };

struct conf_staff {
	const char *id; /* short name for #assign */
	const char *name;
	struct policy_words addresses; /* the first is where mail goes */
	const char *language;	       /* of the mails to them; optional: the queue's */
	const char *zone;	       /* in which they read times; optional: the queue's */
	struct policy_words queues;    /* empty: all */
	bool morning;		       /* a mail each working day (timer/mornings.h) */
};

struct conf_smtp {
	struct conf_server server;
	int concurrency;
	int64_t retry_min_s, retry_max_s, give_up_s;
	int final_timeout_s; /* wait for the reply after the dot, RFC 5321 section 4.5.3.2.6 */
};

/* The role that browsers and Prometheus talk to. */
struct conf_web {
	const char *listen;	/* "127.0.0.1:8025", "[::1]:8025"; NULL: there is no such role */
	const char *public_url; /* as browsers reach it, behind a proxy; optional */
	int64_t session_s;	/* how long who signed in stays so */
};

/* Of what happened. */
struct conf_reports {
	struct policy_words to; /* mailed to these on Mondays; empty: to nobody */
	const char *zone;	/* of their days */
};

/* gatewayd/README.md, invariant I5: every limit has a name, and a default in schema.c. */
struct conf_limits {
	int64_t mail_bytes; /* larger mails are quarantined */
	int64_t subject_bytes, note_bytes;
	int64_t disk_free_bytes; /* where the store is: less is told to operators */
	int role_silence_s;
	int parse_children, parse_seconds, parse_mails_per_child;
	int64_t parse_memory_bytes;
	int parse_attempts;
	int fetch_window; /* mails a mailbox may have under way */
	int commit_group; /* mails committed together */
	/* automatic mails: to a proven address; to an unproven one and in a case of one, by hour
	 * and day; to all unproven ones together; of one case */
	int auto_proven_hour, auto_unproven_hour, auto_unproven_day, auto_unproven_all_hour;
	int auto_per_case_day;
	int staff_per_case_day; /* automatic mails to one member of staff */
	int token_days;		/* life of a reply token */
	int kb_suggestions;
	double kb_score;
	int64_t recommend_delay_s, recommend_pause_s;
	int64_t raw_days; /* raw mail is kept so long; 0: for ever */
};

struct conf_files;
struct conf_forms;
struct words;

struct conf {
	struct arena arena;
	struct conf_files *files; /* that it was read from (conf/files.h) */
	struct conf_forms *forms; /* templates that were asked for, compiled (conf/form.h) */
	const char *path;
	const char *hostname;	   /* right side of our Message-IDs */
	const char *company;	   /* named in mails */
	const char *store;	   /* path of the SQLite file, or "postgresql://..." */
	const char *node;	   /* its name among those on one database; optional: the host's */
	const char *state_dir;	   /* never NULL after conf_load() */
	const char *socket;	   /* of gatewayctl */
	const char *data_group;	   /* whose members may use CTL_GUARDED verbs; optional */
	const char *control_group; /* whose members may use the socket; optional */
	const char *user;	   /* whom the roles run as when started by root; optional */
	const char *token_key_file, *token_key_file_old; /* old: optional */
	const char *templates;				 /* folder; optional: the shipped ones */
	const char *policy_dir;				 /* where the policy tables came from */
	const char *shipped_templates;			 /* beside them; NULL when not there */
	const char *kb_dir, *snippets_dir;		 /* optional */
	bool plus_addresses; /* answers find us at local+TOKEN@; else tokens stand in Message-IDs */
	const char *recipient_delimiter; /* the "+" of it, one character; NULL: that */
	bool verp; /* the envelope sender of our mails names the case; else it is the plain address
		    */
	const char *unsubscribe_url;   /* https form of RFC 8058; optional */
	struct policy_words languages; /* that mails may be written in */
	struct words *words;	       /* of each, see conf/words.h */
	size_t words_count;
	const struct phrasebook *phrases; /* of customers' commands */
	const struct common *common;	  /* words of each language */
	struct policy_words operators;	  /* told of trouble of gatewayd itself */
	struct policy_words authserv_ids;
	struct policy_words border_hosts; /* "HOST above", "HOST below", "HOST inside" */
	enum conf_staff_trust staff_trust;
	struct conf_smtp smtp;
	struct conf_smtp operators_smtp; /* server.host == NULL: there is none */
	struct conf_web web;
	struct conf_reports reports;
	struct conf_mailbox *mailboxes;
	size_t mailbox_count;
	struct conf_queue *queues;
	size_t queue_count;
	struct conf_staff *staff;
	size_t staff_count;
	struct conf_oauth *oauth;
	size_t oauth_count;
	struct conf_hook *hooks;
	size_t hook_count;
	struct conf_limits limits;
	struct policy policy;
};

/*
 * What is wrong, as a person mends it: "gatewayd.conf:12: mailboxes.support.poll: ..."; and what
 * may be meant, but is mostly a mistake: "gatewayd.conf:12: warning: queues.support: ...".
 */
struct conf_problems {
	struct buf text; /* a line each; file by file as they were read, in each by line */
	size_t count;	 /* of what is wrong */
	size_t warnings;
	struct conf_problem *v; /* where each stands in text; conf/problems.c */
	size_t n, room;
};
void conf_problems_init(struct conf_problems *p);
void conf_problems_release(struct conf_problems *p);

enum conf_scope {
	CONF_FULL, /* for running: secrets' files must be there and readable by nobody else */
	CONF_POLICY_ONLY, /* for `sla due` and the like: what is not policy is checked, secrets are
			     not */
};

/* NULL when something is wrong; the caller frees with conf_free().  There may be warnings too. */
struct conf *conf_load(const char *path, enum conf_scope scope, struct conf_problems *ret_problems);
/*
 * The same configuration in another process: the files it was read from, templates that were asked
 * for included, as bytes, and a load that looks at them instead of the disk.
 */
void conf_files_put(const struct conf *c, struct buf *out);
struct conf *conf_load_files(struct span files, const char *path, enum conf_scope scope,
			     struct conf_problems *ret_problems);
void conf_free(struct conf **c);

/*
 * Only the `socket` of a configuration that may be wrong in all else: gatewayctl must reach a
 * running daemon also while somebody is changing its file.  false: the file has no reading at all.
 */
bool conf_socket_find(const char *path, struct buf *ret_socket);

/*
 * Every key there is, in the order of the schema, a block each: "path", a tab, what it takes, its
 * range, default or "required", and on the next line, behind a tab, what it is for.  "*" in a path
 * stands for a name of the operator's.
 */
void conf_schema_print(struct buf *out);

const struct conf_queue *conf_queue_find(const struct conf *c, const char *name);
const struct conf_mailbox *conf_mailbox_find(const struct conf *c, const char *name);
/* The first that mail to the address comes to, its alias or its own. */
const struct conf_mailbox *conf_mailbox_by_address(const struct conf *c, struct span address);
const struct conf_oauth *conf_oauth_find(const struct conf *c, const char *name);
const struct conf_hook *conf_hook_find(const struct conf *c, struct span name);
const struct conf_staff *conf_staff_find(const struct conf *c, const char *id);
/* A store's address, not its file. */
static inline bool conf_is_database(const char *store)
{
	return span_starts(span_of(store), SPAN("postgresql://"));
}

/* Between our addresses and what is put behind them. */
static inline char conf_delimiter(const struct conf *c)
{
	return c->recipient_delimiter ? c->recipient_delimiter[0] : '+';
}

/* An operator, in a queue's notify list or its escalations: staff read it, whoever's it is. */
bool conf_is_told(const struct conf *c, struct span address);
const struct conf_staff *conf_staff_by_address(const struct conf *c, struct span address);

/* The first line of the file, without the line end; ERR_PERM names the file. */
int conf_secret_read(const char *file, struct buf *ret_secret, struct err *e);
int conf_secret_read_all(const char *file, struct buf *ret_secret, struct err *e); /* all lines */
/* The bytes of a signing secret, "whsec_" and base64 (Standard Webhooks). */
enum { CONF_HOOK_KEY_MIN = 24, CONF_HOOK_KEY_MAX = 64 };
int conf_hook_key_read(const char *file, struct buf *ret_key, struct err *e);

struct conf_template {
	const char *text_file, *html_file; /* "en/confirmation.txt" */
	const char *text_path, *html_path; /* with its folder */
	struct span text, html;		   /* html.p == NULL: there is none */
};

/*
 * The mail template of a name ("confirmation"): its text is looked for in the language, then in
 * "en"; of each in the queue's folder, the configured one, the shipped one.  An HTML form is one of
 * the same language, in the same folder or one before it.
 */
int conf_template_read(const struct conf *c, const struct conf_queue *queue, const char *language,
		       const char *name, struct arena *a, struct conf_template *ret_template,
		       struct err *e);
/* Of the file of that name ("en/confirmation.txt"), the first that there is in these folders: true
 * when it cannot be used, so that another one stands in for it.  Looks at the disk. */
bool conf_template_passed(const struct conf *c, const struct conf_queue *queue, const char *file,
			  struct arena *a, const char **ret_path, const char **ret_complaint);
/* "look.html" in the same folders, beside the languages. */
int conf_look_read(const struct conf *c, const struct conf_queue *queue, struct arena *a,
		   const char **ret_path, struct span *ret_text, struct err *e);

#endif
