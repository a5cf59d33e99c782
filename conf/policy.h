/*
 * The support policy as data: kinds, packages, targets, calendars, routing.
 *
 * conf/policy/ ships the tables, the configuration overrides them row by row; no figure of the
 * policy is a constant in C.  All strings belong to the conf that the tables came with.  Sections
 * are those of conf/policy/README.md.  `where` is the file and line of a row as a person finds it
 * ("policy/kinds.conf:12"), NULL for a row made by hand.
 */
#ifndef CONF_POLICY_H
#define CONF_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"

enum { POLICY_SEVERITY_MAX = 4 }; /* severities are 1 .. 4; index with [severity - 1] */

/* How long something may take.  Business days are counted in open time of a business calendar. */
enum policy_unit { POLICY_NONE, POLICY_SECONDS, POLICY_BUSINESS_DAYS };

struct policy_duration {
	enum policy_unit unit;
	int64_t amount; /* seconds, or business days */
};

/*
 * "15min", "2h", "1h 30min", "5 days" (of 24 hours), "1 business day", "none"; false for anything
 * else, a number without a unit included.  At most POLICY_SECONDS_MAX.
 */
#define POLICY_SECONDS_MAX ((int64_t)100 * 366 * DAY_S)
bool policy_duration_parse(struct span text, struct policy_duration *ret_duration);
/* As policy_duration_parse() reads it, in the largest units that are exact: "1h 30min". */
void policy_duration_print(struct policy_duration d, struct buf *out);

/* Open time of one weekday, in seconds since local midnight; to may be a whole day. */
struct policy_interval {
	int weekday; /* 0 Sunday .. 6 Saturday */
	int from_s, to_s;
};

/* A day on which nothing is open: a date, a date every year, or the Nth weekday of a month. */
enum policy_holiday_rule { HOLIDAY_DATE, HOLIDAY_YEARLY, HOLIDAY_NTH_WEEKDAY, HOLIDAY_EASTER };

struct policy_holiday {
	enum policy_holiday_rule rule;
	int year;    /* HOLIDAY_DATE */
	int month;   /* 1..12, all but HOLIDAY_EASTER */
	int day;     /* HOLIDAY_DATE, HOLIDAY_YEARLY; HOLIDAY_EASTER: days after Easter Sunday */
	int weekday; /* HOLIDAY_NTH_WEEKDAY */
	int nth;     /* HOLIDAY_NTH_WEEKDAY: 1..5, or -1 for the last */
	const char *name;
};

struct policy_calendar {
	const char *name;
	const char *where;		   /* file:line */
	const char *zone;		   /* a name of the tz database, "Europe/Berlin" */
	bool always;			   /* 24 x 7: no intervals, no holidays */
	struct policy_interval *intervals; /* sorted by weekday and from_s, disjoint */
	size_t interval_count;
	struct policy_holiday *holidays;
	size_t holiday_count;
};

/* Who must have asked for severity 1 before its target counts (conf/policy/README.md sections 1 and
 * 3). */
enum policy_severity1_by { SEVERITY1_BY_ANY, SEVERITY1_BY_PHONE, SEVERITY1_BY_SUPPORT };

struct policy_level {
	const char *label;   /* "major"; NULL past the end of the scale */
	const char *meaning; /* for templates and `gatewayctl severity` */
};

struct policy_scale { /* the levels that several kinds share */
	const char *name;
	struct policy_level levels[POLICY_SEVERITY_MAX];
};

struct policy_kind { /* conf/policy/README.md section 1, and the lower table of section 3 */
	const char *name;
	const char *where;	   /* file:line */
	bool always_open;	   /* answered 24 x 7; else on business days */
	bool severity1_phone_only; /* severity 1 only with the record of a phone call */
	bool own_targets;	   /* the table below holds, package or not */
	bool contract_only;	   /* only for accounts whose contract provides for it */
	int default_severity;	   /* when nothing else decides, other channels than mail */
	int email_severity;	   /* conf/policy/README.md section 2 */
	const char *scale;	   /* where its levels come from */
	bool scale_shipped;	   /* the operator changed nothing in them */
	struct policy_level levels[POLICY_SEVERITY_MAX];
	struct policy_duration targets[POLICY_SEVERITY_MAX];
};

struct policy_package { /* conf/policy/README.md section 3, upper table */
	const char *name;
	const char *where; /* file:line */
	enum policy_severity1_by severity1_by;
	struct policy_duration
	    targets[POLICY_SEVERITY_MAX]; /* POLICY_NONE: the package names none */
};

/* conf/policy/README.md section 6.  A rule fires when each test it has holds; NULL and empty lists
 * are no test. */
struct policy_words {
	const char **v; /* lower case */
	size_t n;
};

enum policy_becomes { POLICY_CASE, POLICY_FILE, POLICY_QUARANTINE };

/* A class of words, <name> in a phrase of routing. */
struct policy_class {
	const char *name;
	struct policy_words words,
	    more; /* phrases: "*" at an end, " .. ", "<class>" of those before */
};

/* How a customer came to serve themselves. */
#define POLICY_ORIGINS	    "self-selected", "pre-sales", "account-team"
#define POLICY_ORIGINS_TEXT "self-selected, pre-sales or account-team"

struct policy_rule {
	const char *name;
	struct policy_words subject; /* any of these words or phrases is in it */
	struct policy_words text;
	struct policy_words either; /* in subject or text */
	struct policy_words sender; /* an address, or "@domain" */
	struct policy_words
	    recipient; /* an address, "+part", or "@domain"; To, Cc, Delivered-To, X-Original-To */
	struct policy_words header;	    /* "NAME" or "NAME: PART": there is such a field */
	struct policy_words account_flags;  /* all of them set; "!flag": not set */
	struct policy_words account_origin; /* one of these */
	struct policy_words scores;	    /* policy_phrase_parse() */
	struct policy_words negations; /* words that take away the phrase they stand right before */
	int threshold;		       /* that the sum of scores must reach */
	const char *queue;	       /* NULL: stays */
	const char *resource;	       /* "community": offered in the confirmation; NULL: none */
	const char *owner;	       /* of the case: a staff id; NULL: none */
	struct policy_words turns;     /* staff ids who get its cases in turn */
	bool confirm;		       /* its sender gets a confirmation */
	int priority;		       /* kept on the case: first in lists; 0: none */
	enum policy_becomes becomes;   /* what a mail that it fires at is made */
};

enum policy_place { POLICY_ANYWHERE, POLICY_SUBJECT, POLICY_FIRST_LINES };

enum { POLICY_WEIGHT_MAX = 100 };

/* An entry of policy_rule.scores. */
struct policy_phrase {
	int weight; /* -POLICY_WEIGHT_MAX to POLICY_WEIGHT_MAX, not 0 */
	enum policy_place place;
	struct span text; /* of the entry: rulebook.h */
};

struct rulebook;

struct policy {
	struct policy_scale *scales;
	size_t scale_count;
	struct policy_kind *kinds;
	size_t kind_count;
	struct policy_package *packages;
	size_t package_count;
	struct policy_calendar *calendars;
	size_t calendar_count;
	struct policy_class *classes;
	size_t class_count;
	struct policy_rule *rules;
	size_t rule_count;
	const struct rulebook *book;	/* of classes and rules: rulebook.h */
	const struct rulebook *urgency; /* of the classes by which urgency is told */
	struct policy_words freemail;	/* domains that never name an account */
};

/* Look-ups by name, NULL when there is none. */
const struct policy_kind *policy_kind_find(const struct policy *p, const char *name);
const struct policy_package *policy_package_find(const struct policy *p, const char *name);
const struct policy_calendar *policy_calendar_find(const struct policy *p, const char *name);
const struct policy_scale *policy_scale_find(const struct policy *p, const char *name);

/* "5 how do i", "-3 subject: staging", "4 first: down".  false: it is none. */
bool policy_phrase_parse(const char *entry, struct policy_phrase *ret_phrase);

/* How many severities the kind has. */
int policy_kind_levels(const struct policy_kind *kind);
/* The domain (any case) is in policy.freemail: an address there names no account. */
bool policy_is_origin(struct span name);
bool policy_is_freemail(const struct policy *p, struct span domain);
void policy_sort_freemail(struct policy *p); /* once, before it is asked */

#endif
