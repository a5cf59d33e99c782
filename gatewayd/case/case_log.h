/*
 * The log of a case: what happened, in the order in which it did (gatewayd/README.md, invariant I8,
 * I9).
 *
 * Deadlines are computed from these events and nothing else; people read them in `case show` and
 * `trace`.  An event is a type, an instant, an actor, and those of the values below that it has;
 * in the store they are one JSON object with the names of the table in case_log.c.
 */
#ifndef GATEWAYD_CASE_CASE_LOG_H
#define GATEWAYD_CASE_CASE_LOG_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

#define CASE_EVENTS(X)                                                                             \
	X(CASE_OPENED, "opened") /* channel, severity, queue, account, package, by_sender, mail */ \
	X(CASE_SEVERITY, "severity") /* severity, before, reason, phone */                         \
	X(CASE_PLACED, "placed")     /* queue, account, package: where it is from now on */        \
	X(CASE_PHONE, "phone")	     /* phone: a call that asked for the severity in force */      \
	X(CASE_CUSTOMER_NOTE, "customer-note") /* note, mail: of a person */                       \
	X(CASE_RESPONSE, "response") /* note: of a person of the staff; phone: by a call */        \
	X(CASE_VOID, "void")   /* note, row, reason: the response of that note reached nobody */   \
	X(CASE_STATE, "state") /* state, before, reason */                                         \
	X(CASE_OWNER, "owner") /* owner, before */                                                 \
	X(CASE_NOTE, "note")   /* note: internal, automatic or unverified */                       \
	X(CASE_REQUESTED, "severity-requested") /* severity: the wish of a mail */                 \
	X(CASE_LINKED, "linked")		/* other, reason */                                \
	X(CASE_UNLINKED, "unlinked")		/* other, reason */                                \
	X(CASE_REMINDER, "reminder")		/* due, reason: the words */                       \
	X(CASE_SUBJECT, "subject")		/* reason: "NEW, before OLD" */                    \
	X(CASE_MERGED, "merged")	   /* other, reason: whom it let in; state: note_wait() */ \
	X(CASE_UNMERGED, "unmerged")	   /* other */                                             \
	X(CASE_SPLIT, "split")		   /* note, other: where it went, or came from */          \
	X(CASE_ALARM, "alarm")		   /* clock, alarm, due, late */                           \
	X(CASE_UNREACHED, "unreached")	   /* reason: why its requester gets no automatic mail */  \
	X(CASE_MAIL, "mail")		   /* row, reason: sent, failed, suppressed */             \
	X(CASE_ROUTED, "routed")	   /* rule, score, queue */                                \
	X(CASE_PARTICIPANT, "participant") /* reason: "added ADDRESS", "removed ADDRESS" */        \
	X(CASE_REQUESTER, "requester")	   /* reason: "ADDRESS, before ADDRESS" */
enum case_event_type {
#define X(id, name) id,
	CASE_EVENTS(X)
#undef X
	    CASE_EVENT_COUNT,
};
const char *case_event_name(enum case_event_type type);

/* Who did it, when it is no person: those have their address or staff id. */
#define CASE_ACTORS(X)                                        \
	X(CASE_BY_GATEWAYD, "gatewayd") /* sending mails */   \
	X(CASE_BY_OPERATOR, "operator") /* with gatewayctl */ \
	X(CASE_BY_POLICY, "policy")	/* by its tables */   \
	X(CASE_BY_TIMER, "timer")                             \
	X(CASE_BY_NOBODY, "nobody") /* a mail without one From */
enum case_actor {
#define X(id, name) id,
	CASE_ACTORS(X)
#undef X
};
struct span case_actor(enum case_actor actor);

struct case_event { /* what an event does not have is 0 or "" */
	enum case_event_type type;
	int64_t at;
	struct span actor; /* an address, a staff id, or case_actor() */
	int64_t severity, severity_before;
	int64_t note, mail, other, row;
	int64_t score;
	int64_t by_sender, late; /* 0 or 1 */
	int64_t received;	 /* of a mail that was moved into the mailbox: when it had come */
	int64_t due;		 /* the instant at which the alarm was to be given */
	struct span channel, queue, account, package;
	struct span state, state_before;
	struct span owner, owner_before;
	struct span reason, phone, rule, clock, alarm;
};

enum { CASE_EVENT_BYTES_MAX = 64 * KIB }; /* of the JSON object of an event */
/* ERR_PERM: it is longer, and nothing is written. */
int case_log_add(struct desk *d, int64_t number, const struct case_event *ev, struct err *e);
/* In the arena of the desk, in the order of the log.  ERR_PERM: an event that cannot be read. */
int case_log_read(struct desk *d, int64_t number, struct case_event **ret_v, size_t *ret_n,
		  struct err *e);
/* The last ones only, the newest first. */
int case_log_tail(struct desk *d, int64_t number, int most, struct case_event **ret_v,
		  size_t *ret_n, struct err *e);
/* That address was entered in the case, by its log, and not taken out since. */
bool case_log_added(const struct case_event *log, size_t n, struct span address);
/* Event i of the log is a response that was taken away later (gatewayd/case/delivered.h). */
bool case_response_is_void(const struct case_event *log, size_t n, size_t i);
/* For people: "severity 3 to 2: the whole site is down".  What out has no room for is cut, between
 * two characters. */
void case_event_text(const struct case_event *ev, struct buf *out);

#endif
