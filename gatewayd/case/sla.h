/*
 * The clocks of a case: deadlines as a pure function of its events, the policy and the calendars.
 *
 * sla_compute() allocates nothing, asks no clock and keeps nothing; the deadline in the store is a
 * cache of its answer.  How conf/policy/README.md section 3 is read:
 *
 * - initial response: from the opening to the first response of a person.  Never paused.  The place
 *   (queue, account, package) in force at the response, or now, holds from the opening on.  Each
 *   change of severity begins a leg that counts the new target from the change; a raise keeps the
 *   deadline in force when that is earlier.  A case that is resolved or closed without a response
 *   has no running clock; reopened, it counts from the start again from the reopening.
 * - next response: from the first customer note that nobody answered, once the initial response
 *   is given, to the next response.  Paused while the case waits, ends when it is resolved.
 * - resolution: from the opening to resolved or closed; paused while the case waits or is resolved.
 *   These two take the target of the latest severity and place (until met), from their start.
 *
 * A target is "less than": at the instant of the deadline an unanswered case is in breach.
 *
 * Severity 1 "by phone": the case was opened by phone, the change to 1 carries the record of a
 * call, or such a record was made later (then a leg begins there).  "By technical support": by
 * phone, or set by staff; only a severity 1 that a mail declared is neither.  Without it the
 * package's severity 2 target applies.  An account's contract asks for neither.
 *
 * A package counts for all kinds but those with own_targets.  A severity beyond the end of the
 * kind's scale (a case moved from `emerging`) has the target of the last level.
 */
#ifndef GATEWAYD_CASE_SLA_H
#define GATEWAYD_CASE_SLA_H

#include "conf/conf.h"
#include "gatewayd/case/calendar.h"
#include "gatewayd/case/severity.h"

enum sla_kind { SLA_INITIAL, SLA_NEXT, SLA_RESOLUTION, SLA_KIND_COUNT };
const char *sla_kind_name(enum sla_kind kind); /* "initial response", ... */

/* A row of an account's contract.  POLICY_NONE as target: the contract sets no such clock. */
struct sla_contract {
	enum sla_kind clock;
	const char *kind; /* of case; NULL: every kind */
	int severity;	  /* 0: every severity */
	struct policy_duration target;
	int64_t from_at, until_at; /* valid in from <= start of the clock < until; NONE: no end */
	const char *name;	   /* for explain: "contract 17"; may be NULL */
};

/* Where a case is.  All pointers are borrowed. */
struct sla_place {
	const struct conf_queue *queue;
	const char *account; /* NULL: none */
	const char *package; /* NULL or a name the policy does not have: none */
	const struct sla_contract *contracts;
	size_t contract_count;
};

enum sla_event_type {
	SLA_OPENED,   /* the first event: channel, severity, by_sender, place, at = INTERNALDATE */
	SLA_SEVERITY, /* severity, phone */
	SLA_PLACED,   /* place: account, package or queue changed */
	SLA_PHONE,    /* the record of a call that asked for the severity in force */
	SLA_CUSTOMER_NOTE, /* of a person; at = INTERNALDATE */
	SLA_RESPONSE,	   /* of a person of the staff to the customer, by mail or logged call */
	SLA_VOIDED,	   /* a response that reached nobody; at: when it was given */
	SLA_STATE,	   /* state */
};

enum sla_state { SLA_OPEN, SLA_WAITING, SLA_RESOLVED }; /* new is open, closed is resolved */

/* Events come in the order of the log; one dated before the opening counts as at the opening. */
struct sla_event {
	enum sla_event_type type;
	int64_t at;
	int64_t received_at; /* SLA_OPENED: of a mail that was moved; 0: it was not */
	enum channel channel;
	int severity;
	bool phone;	/* the severity came with the record of a phone call */
	bool by_sender; /* the severity was declared in a mail, not set by staff */
	enum sla_state state;
	const struct sla_place *place;
};

struct sla_input {
	const struct policy *policy;
	struct zones *zones;
	const struct sla_event *events;
	size_t event_count;
};

/* Which row chose the target. */
enum sla_source {
	SLA_FROM_NOTHING,
	SLA_FROM_CONTRACT,
	SLA_FROM_KIND,
	SLA_FROM_PACKAGE,
	SLA_FROM_QUEUE
};

struct sla_rule {
	enum sla_source source;
	struct policy_duration target;
	int severity; /* of the case */
	int row;      /* the severity whose target it is: 2 when 1 did not come by phone */
	enum policy_severity1_by missing; /* why row is not severity; SEVERITY1_BY_ANY: it is */
	const struct policy_kind *kind;
	const struct policy_package *package; /* SLA_FROM_PACKAGE */
	const struct sla_contract *contract;  /* SLA_FROM_CONTRACT */
	const struct sla_place *place;
};

/* The choice of conf/policy/README.md section 3, for one clock, severity and start. */
struct sla_ask {
	enum sla_kind clock;
	const struct sla_place *place;
	int severity;
	bool by_phone, by_support;
	int64_t start_at; /* for the validity of contracts */
};
int sla_choose(const struct policy *policy, const struct sla_ask *ask, struct sla_rule *ret_rule,
	       struct err *e);

enum { SLA_WARN_MAX = 8, SLA_ALARM_MAX = SLA_WARN_MAX + 1 };

enum sla_alarm_type { SLA_WARNING, SLA_BREACH, SLA_REMINDER };
struct sla_alarm {
	enum sla_alarm_type type;
	int number; /* of the warning or reminder, from 1; 0 for the breach */
	int64_t at;
};

struct sla_clock {
	enum sla_kind kind;
	struct sla_rule rule;	  /* target POLICY_NONE: no clock; nothing below holds then */
	struct calendar calendar; /* in which the target runs */
	int severity;		  /* in force; higher than the rule's: a raise kept the deadline */
	int64_t target_s;	  /* the target in open seconds */
	int64_t opened_at;	  /* when the clock began */
	int64_t started_at;	  /* from when the target counts: the opening, or the last change */
	int64_t due_at;		  /* INSTANT_NONE while it is paused */
	int64_t left_s;		  /* while paused: open seconds left */
	int64_t met_at;		  /* the response or resolution, in time or late; INSTANT_NONE */
	int64_t ended_at;	  /* resolved without a response; INSTANT_NONE */
	int64_t
	    missed_at; /* an earlier deadline that had passed before a change moved it, or NONE */
	int64_t moved_from_at; /* its mail came then, to where somebody moved it from; or NONE */
	int64_t voided_at; /* the last answer that was not delivered and does not count; or NONE */
	size_t first_event, end_event;		/* the events whose states may pause it */
	struct sla_alarm alarms[SLA_ALARM_MAX]; /* warnings and breach in order of time; none after
						   met_at or ended_at */
	size_t alarm_count;
};

struct sla {
	struct sla_clock clocks[SLA_KIND_COUNT];
};

/* ERR_PERM: the first event is not the opening, a queue, kind, calendar or zone that is not there,
 * or a deadline past the horizon. */
int sla_compute(const struct sla_input *in, struct sla *ret_sla, struct err *e);

enum sla_standing {
	SLA_STANDS_NONE,
	SLA_RUNNING,
	SLA_WARNED,
	SLA_PAUSED,
	SLA_MET,
	SLA_BREACHED,
	SLA_ENDED
};
enum sla_standing sla_standing(const struct sla_clock *clock, int64_t now);
/* As in JSON: running|met|warned|breached|none; paused is running, ended is none. */
const char *sla_standing_name(enum sla_standing standing);

/*
 * The first alarm after that instant: warning, breach, or a reminder, which come each reminder_s of
 * the queue's open time after the breach.  false: there is none to come.
 */
bool sla_next_alarm(const struct sla_clock *clock, int64_t after, struct sla_alarm *ret_alarm);
/* The same of those that are due by `now`, but of reminders the last: after years there are many.
 */
bool sla_due_alarm(const struct sla_clock *clock, int64_t after, int64_t now,
		   struct sla_alarm *ret_alarm);

/* A piece of the way from the start to the deadline. */
struct sla_stretch {
	int64_t from, to;
	bool counted;
	const char *reason; /* "open", "closed", "closed (Christmas Day)", "waiting", "resolved" */
};

/* From started_at to the deadline (paused: to the pause), in order, without a gap; in the arena. */
int sla_stretches(const struct sla_input *in, const struct sla_clock *clock, struct arena *arena,
		  struct sla_stretch **ret_stretches, size_t *ret_count, struct err *e);

#endif
