/*
 * Cases and everything durable, behind verbs that are intents.
 *
 * One process, one connection, one thread.  Rows come back as structs whose texts live in the arena
 * that was passed.  Texts that go in are valid UTF-8 without NUL (scrub before; some engines refuse
 * others). "now" is always an argument: the store never asks for the time.  Instants are seconds
 * UTC (gatewayd/base/clock.h); INSTANT_NONE is NULL in the table.
 *
 * Errors: ERR_TEMP when trying again may help (busy, disk full), ERR_PERM for what will not (no
 * such row, constraint), ERR_BUG for our own statements.  A COMMIT that failed may have happened:
 * look up by key before doing it again.
 *
 * Changes that belong together happen between store_begin() and store_commit().  Outside, a verb of
 * one statement is a transaction of its own; one of several (mail_keep, case_update,
 *attachment_add, outbox_add, outbox_result, article_put, article_sweep, case_index) is ERR_BUG.
 *STORE_TXN rolls back what was not committed:
 *
 *	struct store *txn STORE_TXN = s;
 *
 *	if (store_begin(txn, e) < 0 || store_note_add(txn, ...) < 0)
 *		return -1;
 *	return store_commit(txn, e);
 *
 * A statement that failed in the database (constraint, disk full, a text that is not UTF-8) dooms
 * its transaction: all that follows says the same, the commit too.  "No such row" does not.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/err.h"

struct store;

enum store_mode {
	STORE_WRITE,
	STORE_CREATE,
	STORE_READ
}; /* read: beside a running daemon it fails */

/* Rows of a listing at most.  A limit of 0 or less, or more than this, is taken as this. */
enum { STORE_LIST_MAX = 100000 };

/*
 * Opens, migrates (numbered migrations, never edited) and locks.  where: the path of a SQLite file.
 * STORE_CREATE makes it (mode 0600) when it is not there; the other modes want it to be there.
 * STORE_READ changes nothing and migrates nothing, but locks like the others (and so needs leave to
 * write); a store that an older program made must be opened for writing first.
 * ERR_TEMP: another process has it open (the text names it).  ERR_PERM: no such file, not a store,
 * made by a newer program, or with a migration that is not ours.  Call crypto_init() before.
 */
int store_open(const char *where, enum store_mode mode, struct store **ret_store, struct err *e);
void store_close(struct store **s);
/* An fsync failed, so nobody knows what the disk has: all verbs say ERR_TEMP from now on.  Close it
 * and open it anew, or end the process. */
bool store_broken(struct store *s);
/* A copy that is consistent, while the store stays open; path must not be there yet.  Not inside a
 * transaction. */
int store_backup(struct store *s, const char *path, struct err *e);
/* Integrity of the file and of the references in it; a line for each thing found wrong.  Reads all
 * of it: seconds a gigabyte. */
int store_check(struct store *s, struct buf *ret_findings, struct err *e);

int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
void store_txn_end(struct store **s); /* rolls back when not committed */
#define STORE_TXN __attribute__((cleanup(store_txn_end)))

int store_meta_get(struct store *s, const char *key, struct arena *a, struct span *ret_value,
		   struct err *e); /* p == NULL when never set */
int store_meta_set(struct store *s, const char *key, struct span value, struct err *e);

/* --- mail: what came in, kept before anything else happens to it (invariants I1, I2, I8) --- */

enum mail_state { /* X-macro so that names and states stay in step */
#define STORE_MAIL_STATES(X)               \
	X(MAIL_KEPT, "kept")               \
	X(MAIL_CASE, "case")               \
	X(MAIL_NOTE, "note")               \
	X(MAIL_COMMAND, "command")         \
	X(MAIL_AUTO_FILED, "auto-filed")   \
	X(MAIL_DUPLICATE, "duplicate")     \
	X(MAIL_QUARANTINED, "quarantined") \
	X(MAIL_DROPPED, "dropped") /* out of quarantine, by a person */
#define X(id, name) id,
		  STORE_MAIL_STATES(X)
#undef X
		      MAIL_STATE_COUNT,
};
const char *mail_state_name(enum mail_state state);
bool mail_state_find(struct span name, enum mail_state *ret_state);

struct store_location {
	struct span mailbox; /* its name in the configuration; "ingest", "import" */
	uint32_t uidvalidity, uid;
};

struct store_mail {
	int64_t id;
	struct store_location location; /* where it was first seen */
	int64_t received_at;		/* INTERNALDATE */
	int64_t kept_at;
	struct span message_id;	       /* "" when there is none */
	uint8_t identity[SHA256_SIZE]; /* of what stays the same in every copy */
	int64_t size;		       /* on the server; more than was kept when truncated */
	bool truncated;
	bool history; /* imported: sends nothing */
	int attempts;
	enum mail_state state;
	struct span reason;	   /* why that state, one line */
	int64_t case_number;	   /* 0: none */
	int64_t note_id;	   /* 0: none */
	struct span from, subject; /* as the header scanner saw them; for listings */
};

/*
 * Commits nothing by itself; 16 to 64 mails a transaction are ten times as fast as one.  uid 0 is
 * no location (never known: "ingest", "import").  When the location is known *ret_id is the mail
 * there and *ret_new is false.  raw is stored once by content.  id, attempts, state and what
 * follows are ignored on the way in.
 */
int store_mail_keep(struct store *s, const struct store_mail *m, struct span raw, int64_t *ret_id,
		    bool *ret_new, struct err *e);
/* The mail at a location; *ret_id is 0 when it is not known. */
int store_mail_at(struct store *s, const struct store_location *l, int64_t *ret_id,
		  enum mail_state *ret_state, struct err *e);
/* A mail of the same mailbox, Message-ID and identity that is not `id` itself and had an effect
 * (case, note, command, auto-filed): the oldest; 0: none. */
int store_mail_twin(struct store *s, int64_t id, int64_t *ret_twin, struct err *e);
/* Kept mails not yet decided, oldest first, with id > after. */
int store_mail_pending(struct store *s, int64_t after, int limit, struct arena *a,
		       struct store_mail **ret_v, size_t *ret_n, struct err *e);
int store_mail_attempt(struct store *s, int64_t id, int *ret_attempts,
		       struct err *e); /* counts one more */
int store_mail_finish(struct store *s, int64_t id, enum mail_state state, struct span reason,
		      int64_t case_number, int64_t note_id, struct err *e);
int store_mail_reset(struct store *s, int64_t id, struct err *e); /* back to kept, attempts 0 */
int store_mail_get(struct store *s, int64_t id, struct arena *a, struct store_mail *ret_mail,
		   struct err *e); /* ERR_PERM: no such mail */
int store_mail_raw(struct store *s, int64_t id, struct buf *ret_raw, struct err *e);
/*
 * Retention: takes the raw bytes of decided mails kept before that instant away, at most limit
 * mails with id > after; what waits for a decision or a person keeps its own.  *ret_last is the
 * highest id that was done, 0: there was none.  Attachments and notes stay.
 */
int store_mail_expire(struct store *s, int64_t after, int64_t before, int limit, int64_t *ret_last,
		      struct err *e);
/* All mails with that Message-ID (without <>), or all when it is empty; newest first. */
struct store_mail_filter {
	struct span message_id; /* "": any */
	int state;		/* -1: any */
	int64_t case_number;	/* 0: any */
	int limit;
};
int store_mail_list(struct store *s, const struct store_mail_filter *f, struct arena *a,
		    struct store_mail **ret_v, size_t *ret_n, struct err *e);

/* --- cases --- */

#define STORE_CASE_STATES(X)         \
	X(CASE_NEW, "new")           \
	X(CASE_OPEN, "open")         \
	X(CASE_WAITING, "waiting")   \
	X(CASE_RESOLVED, "resolved") \
	X(CASE_CLOSED, "closed")
enum case_state {
#define X(id, name) id,
	STORE_CASE_STATES(X)
#undef X
	    CASE_STATE_COUNT,
};
const char *case_state_name(enum case_state state);
bool case_state_find(struct span name, enum case_state *ret_state);

struct store_case {
	int64_t number;			  /* from 1 on */
	struct span queue, kind, channel; /* channel: "email", "phone" */
	int severity;
	int severity_requested; /* 0: none */
	enum case_state state;
	struct span subject;
	struct span requester_name, requester_address;
	struct span account;  /* id; "": none */
	struct span behalf;   /* the indirect customer's account; "": none */
	struct span reseller; /* the account that is the first line; "": none */
	bool top_visible;     /* on behalf, but shown at the top level only */
	struct span owner;    /* staff id; "": none */
	struct span rule;     /* the routing rule that fired; "": none */
	struct span resource; /* "community"; "": none */
	int priority;
	int64_t opened_at, updated_at;
	int64_t merged_into; /* 0: none */
};

int store_case_open(struct store *s, const struct store_case *c, int64_t *ret_number,
		    struct err *e);
int store_case_get(struct store *s, int64_t number, struct arena *a, struct store_case *ret_case,
		   struct err *e); /* ERR_PERM: no such case */
/* Writes every field but number and opened_at. */
int store_case_update(struct store *s, const struct store_case *c, struct err *e);
struct store_case_filter {
	bool open_only, closed_only;		      /* open: new, open, waiting */
	struct span queue, owner, requester, account; /* "": any; account: its cases, and those on
							 its behalf that are not top_visible */
	int64_t before;				      /* numbers below, for paging; 0: any */
	int limit;
};
int store_case_list(struct store *s, const struct store_case_filter *f, struct arena *a,
		    struct store_case **ret_v, size_t *ret_n, struct err *e); /* newest first */

/* People who may write to a case besides the requester. */
int store_participant_add(struct store *s, int64_t number, struct span address, struct span name,
			  struct err *e);
int store_participant_has(struct store *s, int64_t number, struct span address, bool *ret_has,
			  struct err *e); /* also true for the requester; ASCII case ignored */

struct store_person {
	struct span address, name;
};
/* Without the requester, in the order in which they came. */
int store_participant_list(struct store *s, int64_t number, struct arena *a,
			   struct store_person **ret_v, size_t *ret_n, struct err *e);

#define STORE_LINK_KINDS(X)                       \
	X(LINK_POSSIBLY_ABOUT, "possibly-about")  \
	X(LINK_MERGED, "merged") /* into other */ \
	X(LINK_RELATED, "related")
enum link_kind {
#define X(id, name) id,
	STORE_LINK_KINDS(X)
#undef X
	    LINK_KIND_COUNT,
};
const char *link_kind_name(enum link_kind kind);

struct store_link {
	int64_t number, other;
	enum link_kind kind;
	int64_t at;
};
int store_link_add(struct store *s, const struct store_link *l, struct err *e); /* again: nothing */
int store_link_list(struct store *s, int64_t number, struct arena *a, struct store_link **ret_v,
		    size_t *ret_n, struct err *e); /* both directions */

#define STORE_NOTE_KINDS(X)          \
	X(NOTE_INBOUND, "inbound")   \
	X(NOTE_OUTBOUND, "outbound") \
	X(NOTE_INTERNAL, "internal") \
	X(NOTE_SYSTEM, "system")
enum note_kind {
#define X(id, name) id,
	STORE_NOTE_KINDS(X)
#undef X
	    NOTE_KIND_COUNT,
};
const char *note_kind_name(enum note_kind kind);

/* How sure we are of a note's author: the level of a mail's sender, or where else it came from. */
#define STORE_NOTE_TRUSTS(X)                                          \
	X(NOTE_TRUST_L0, "L0")                                        \
	X(NOTE_TRUST_L1, "L1")                                        \
	X(NOTE_TRUST_L2, "L2")                                        \
	X(NOTE_TRUST_L3, "L3")                                        \
	X(NOTE_TRUST_STAFF, "staff")                                  \
	X(NOTE_TRUST_OPERATOR, "operator")                            \
	X(NOTE_TRUST_SYSTEM, "system")                                \
	X(NOTE_TRUST_AUTOMATIC, "automatic")   /* a machine's mail */ \
	X(NOTE_TRUST_UNVERIFIED, "unverified") /* from a staff address, not proven */
enum note_trust {
#define X(id, name) id,
	STORE_NOTE_TRUSTS(X)
#undef X
	    NOTE_TRUST_COUNT,
};
const char *note_trust_name(enum note_trust trust);

struct store_note {
	int64_t id, case_number;
	enum note_kind kind;
	int64_t at;
	struct span author_name, author_address;
	enum note_trust trust;
	struct span text, reply;
	struct span message_id; /* "" when there is none */
	int64_t mail_id;	/* 0: not from a mail */
};
int store_note_add(struct store *s, const struct store_note *n, int64_t *ret_id, struct err *e);
int store_note_list(struct store *s, int64_t number, struct arena *a, struct store_note **ret_v,
		    size_t *ret_n, struct err *e); /* oldest first */
/* Of all cases, the one with a note of that Message-ID, inbound or outbound (the oldest, so that a
 * copied Message-ID draws nothing away); 0: none. */
int store_case_by_message_id(struct store *s, struct span message_id, int64_t *ret_number,
			     struct err *e);

struct store_attachment {
	int64_t id, note_id, case_number;
	struct span filename, content_type;
	struct span content_id; /* "" when there is none */
	int64_t size;
	uint8_t sha256[SHA256_SIZE];
	bool is_inline, from_tnef;
};
/* sha256 and size are computed here; the content is stored once however often it comes. */
int store_attachment_add(struct store *s, const struct store_attachment *a, struct span content,
			 int64_t *ret_id, struct err *e);
int store_attachment_list(struct store *s, int64_t note_id, struct arena *a,
			  struct store_attachment **ret_v, size_t *ret_n, struct err *e);
int store_attachment_get(struct store *s, int64_t id, struct arena *a,
			 struct store_attachment *ret_attachment, struct buf *ret_content,
			 struct err *e);

/* --- events: the log that deadlines and explanations are computed from (I8, I9) --- */

struct store_event {
	int64_t id, case_number;
	int64_t at;
	struct span
	    type; /* "opened", "severity", "response", "state" ...: gatewayd/case/case_log.h */
	struct span
	    actor; /* an address, a staff id, or a part of gatewayd: gatewayd/case/case_log.h */
	struct span data; /* one JSON object */
};
int store_event_add(struct store *s, const struct store_event *ev, struct err *e);
int store_event_list(struct store *s, int64_t number, struct arena *a, struct store_event **ret_v,
		     size_t *ret_n, struct err *e); /* in order of id */

/* --- deadlines: a cache of what the events say, the alarms that were given among them --- */

#define STORE_DEADLINE_STATES(X)       \
	X(DEADLINE_NONE, "none")       \
	X(DEADLINE_RUNNING, "running") \
	X(DEADLINE_MET, "met")         \
	X(DEADLINE_WARNED, "warned")   \
	X(DEADLINE_BREACHED, "breached")
enum deadline_state {
#define X(id, name) id,
	STORE_DEADLINE_STATES(X)
#undef X
	    DEADLINE_STATE_COUNT,
};
const char *deadline_state_name(enum deadline_state state);

struct store_deadline {
	int64_t case_number;
	struct span clock;  /* "initial", "next", "resolution" */
	struct span target; /* "2h", "1 business day" */
	struct span rule;
	enum deadline_state state;
	int64_t started_at, due_at; /* INSTANT_NONE: paused or none */
	int64_t met_at;
	int64_t alarm_at; /* the next alarm; INSTANT_NONE: no more */
};
/* By case and clock: adds or replaces. */
int store_deadline_put(struct store *s, const struct store_deadline *d, struct err *e);
int store_deadline_list(struct store *s, int64_t number, struct arena *a,
			struct store_deadline **ret_v, size_t *ret_n, struct err *e);
/* With alarm_at <= now, earliest first. */
int store_deadline_due(struct store *s, int64_t now, int limit, struct arena *a,
		       struct store_deadline **ret_v, size_t *ret_n, struct err *e);
int store_deadline_next(struct store *s, int64_t *ret_at,
			struct err *e); /* INSTANT_NONE: nothing */
/* All of open cases for `sla list`, earliest due first. */
int store_deadline_open(struct store *s, int limit, struct arena *a, struct store_deadline **ret_v,
			size_t *ret_n, struct err *e);

/* --- outbox: a row per recipient (I3) --- */

#define STORE_OUTBOX_STATES(X)           \
	X(OUTBOX_QUEUED, "queued")       \
	X(OUTBOX_SENDING, "sending")     \
	X(OUTBOX_SENT, "sent")           \
	X(OUTBOX_FAILED, "failed")       \
	X(OUTBOX_CANCELLED, "cancelled") \
	X(OUTBOX_SUPPRESSED, "suppressed")
enum outbox_state {
#define X(id, name) id,
	STORE_OUTBOX_STATES(X)
#undef X
	    OUTBOX_STATE_COUNT,
};
const char *outbox_state_name(enum outbox_state state);
bool outbox_state_find(struct span name, enum outbox_state *ret_state);

struct store_outbox {
	int64_t id, case_number, note_id; /* 0: none */
	struct span kind;		  /* the template: "confirmation", "customer_reply" ... */
	struct span sender;		  /* envelope; "": the null reverse-path */
	struct span recipient;
	struct span message_id; /* final */
	struct span subject;
	enum outbox_state state;
	int attempts;
	int64_t created_at, next_at, sent_at;
	int last_code; /* SMTP reply; 0: none */
	struct span last_text;
	bool automatic;
};
/* state: queued (then next_at is an instant) or suppressed (kept to be seen, never sent unless
 * queued by a person). */
int store_outbox_add(struct store *s, const struct store_outbox *o, struct span message,
		     int64_t *ret_id, struct err *e);
/* Claims up to limit queued rows with next_at <= now, by next_at and id: they become sending, and
 * their attempts count one more.  In a transaction of its own (ERR_BUG inside of another). */
int store_outbox_claim(struct store *s, int64_t now, int limit, struct arena *a,
		       struct store_outbox **ret_v, size_t *ret_n, struct err *e);
int store_outbox_message(struct store *s, int64_t id, struct buf *ret_message, struct err *e);
/*
 * The outcome of an attempt, or a person's will.  next_at counts for queued only.
 *	sent		from queued, sending (at becomes sent_at)
 *	failed		from queued, sending, sent (it bounced)
 *	queued		from all but sent: again at next_at
 *	cancelled	from queued, failed
 * All else is ERR_PERM.
 */
int store_outbox_result(struct store *s, int64_t id, enum outbox_state state, int64_t at,
			int64_t next_at, int code, struct span text, struct err *e);
/* After a crash: what was being sent is queued again, with the same Message-ID. */
int store_outbox_recover(struct store *s, int64_t now, size_t *ret_n, struct err *e);
int store_outbox_next(struct store *s, int64_t *ret_at, struct err *e);
int store_outbox_get(struct store *s, int64_t id, struct arena *a, struct store_outbox *ret_row,
		     struct err *e);
struct store_outbox_filter {
	int state;	     /* -1: any */
	int64_t case_number; /* 0: any */
	int limit;
};
int store_outbox_list(struct store *s, const struct store_outbox_filter *f, struct arena *a,
		      struct store_outbox **ret_v, size_t *ret_n, struct err *e); /* newest first */
/* The row that was sent with this Message-ID, for bounces; id 0: none. */
int store_outbox_by_message_id(struct store *s, struct span message_id, struct arena *a,
			       struct store_outbox *ret_row, struct err *e);

/* Counts one more for key in the window that began at `window_at`; the count after it. */
int store_budget_take(struct store *s, struct span key, int64_t window_at, int *ret_count,
		      struct err *e);
/* Forgets the windows that began before; call it now and then, senders choose how many there are.
 */
int store_budget_sweep(struct store *s, int64_t before, struct err *e);

/* --- accounts: who may write, and what they are owed --- */

struct store_account {
	struct span id, name;
	struct span package;  /* "": none */
	struct span reseller; /* account id; "": none */
	struct span parent;   /* the direct customer of an indirect one; "": direct */
	struct span flags;    /* space-separated, "self-service" ... */
	bool entitled;	      /* may open cases by mail */
	struct span contact_name;
};
struct store_contact {
	struct span address, name, account;
	bool company; /* may list and see all cases of the account */
};
struct store_contract {
	int64_t id;
	struct span account, kind;
	int severity;		   /* 0: all */
	struct span clock;	   /* "initial", "next", "resolution" */
	struct span target;	   /* "5s", "1 business day", "none" */
	int64_t from_at, until_at; /* until is exclusive; INSTANT_NONE: open */
	struct span source;	   /* where it came from: file and line, for explanations */
};

int store_account_put(struct store *s, const struct store_account *a, struct err *e);
int store_account_get(struct store *s, struct span id, struct arena *a,
		      struct store_account *ret_account, struct err *e); /* id.p NULL: none */
int store_account_list(struct store *s, struct arena *a, struct store_account **ret_v,
		       size_t *ret_n, struct err *e);
int store_account_remove(struct store *s, struct span id,
			 struct err *e); /* with all that hangs on it */
/* Its domains, contacts and contracts go, to be put anew; in a transaction. */
int store_account_strip(struct store *s, struct span id, struct err *e);
int store_domain_put(struct store *s, struct span domain, struct span account, struct err *e);
int store_domain_list(struct store *s, struct span account, struct arena *a, struct span **ret_v,
		      size_t *ret_n, struct err *e);
int store_contact_put(struct store *s, const struct store_contact *c, struct err *e);
int store_contact_list(struct store *s, struct span account, struct arena *a,
		       struct store_contact **ret_v, size_t *ret_n, struct err *e); /* "": all */
/* id 0: a new one */
int store_contract_put(struct store *s, const struct store_contract *c, struct err *e);
int store_contract_list(struct store *s, struct span account, struct arena *a,
			struct store_contract **ret_v, size_t *ret_n, struct err *e);
/* By exact address, then by domain; account.p NULL: none.  *ret_contact.address.p NULL: by domain.
 */
int store_account_by_address(struct store *s, struct span address, bool domain_too, struct arena *a,
			     struct store_account *ret_account, struct store_contact *ret_contact,
			     struct err *e);

/* --- recommendations (policy section 7) --- */

struct store_property {
	struct span account, name;
	int64_t live_at; /* INSTANT_NONE: not live */
	int64_t told_at; /* when the recommendations were mailed */
};
struct store_recommendation {
	int64_t id;
	struct span account, property, title, link;
	struct span state; /* "open", "sent", "dropped" */
	int64_t at;
};
int store_property_put(struct store *s, const struct store_property *p, struct err *e);
int store_property_get(struct store *s, struct span account, struct span name, struct arena *a,
		       struct store_property *ret_property, struct err *e); /* name.p NULL: none */
int store_property_list(struct store *s, struct arena *a, struct store_property **ret_v,
			size_t *ret_n, struct err *e);
/* Live at or before `live_before` and not told yet, longest first. */
int store_property_due(struct store *s, int64_t live_before, int limit, struct arena *a,
		       struct store_property **ret_v, size_t *ret_n, struct err *e);
int store_property_next(struct store *s, int64_t *ret_live_at, struct err *e);
/* The same title and link again: a dropped one comes back as given, others stay as they are. */
int store_recommendation_add(struct store *s, const struct store_recommendation *r, struct err *e);
int store_recommendation_list(struct store *s, struct span account, struct span property,
			      struct arena *a, struct store_recommendation **ret_v, size_t *ret_n,
			      struct err *e); /* "": all */
int store_recommendation_state(struct store *s, struct span account, struct span property,
			       struct span from, struct span to, int64_t at, struct err *e);
int store_optout_add(struct store *s, struct span address, int64_t at, struct span how,
		     struct err *e); /* survives everything, imports too */
int store_optout_has(struct store *s, struct span address, bool *ret_has, struct err *e);

/* --- knowledge base, and similar cases: full-text search --- */

struct store_article {
	struct span path, title, link, text;
	int64_t mtime_at, size;
};
struct store_hit {
	struct span path, title, link; /* path: of an article, or the number of a case */
	double score;		       /* higher is better */
};
int store_article_put(struct store *s, const struct store_article *article, struct err *e);
int store_article_stamp(struct store *s, struct span path, int64_t *ret_mtime_at, int64_t *ret_size,
			struct err *e); /* -1, -1: not indexed */
int store_article_get(struct store *s, struct span path, struct arena *a,
		      struct store_article *ret_article, struct err *e); /* ERR_PERM: none */
/* Removes what was not put or stamped since the last sweep. */
int store_article_sweep(struct store *s, size_t *ret_removed, struct err *e);
/* words: any bytes; the rarest of the first STORE_SEARCH_WORDS different words of them are looked
 * for, any of them is a hit, more and rarer ones score higher.  Nothing in them is syntax. */
enum { STORE_SEARCH_WORDS = 48 };
int store_article_search(struct store *s, struct span words, int limit, struct arena *a,
			 struct store_hit **ret_v, size_t *ret_n, struct err *e);
/* is_public: may be shown to staff of any account's case.  Again: replaces. */
int store_case_index(struct store *s, int64_t number, struct span account, bool is_public,
		     struct span text, struct err *e);
/* Resolved and closed cases of the account, or public ones; the latest only when there is nothing
 * but common words to go by. */
int store_case_similar(struct store *s, struct span words, struct span account, int64_t but_not,
		       int limit, struct arena *a, struct store_hit **ret_v, size_t *ret_n,
		       struct err *e);

/* Rows a table holds, for `status` and metrics. */
struct store_counts {
	int64_t mails, mails_pending, quarantined;
	int64_t cases, cases_open;
	int64_t outbox_queued, outbox_failed;
	int64_t accounts, articles;
	int64_t bytes; /* of the file */
};
int store_count(struct store *s, struct store_counts *ret_counts, struct err *e);

#endif
