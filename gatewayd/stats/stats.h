/*
 * What a report counts: cases opened, answered and closed within a span of time, and what is left.
 *
 * A sum is a JSON object: section -> key -> measure -> a number.  It is added up in slices, so that
 * what runs beside does not wait: a slice is counted where the store is, and sums are added
 * wherever one likes.  What each measure means stands in STATS_MEASURES and in the table of
 * sections, in the words of the reports.
 */
#ifndef GATEWAYD_STATS_STATS_H
#define GATEWAYD_STATS_STATS_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/desk.h"

/* X(id, name, what it means) */
#define STATS_SECTIONS(X)                                                                  \
	X(STATS_TOTAL, "total", "all of it")                                               \
	X(STATS_QUEUE, "queue", "by the queue that a case is in now")                      \
	X(STATS_PACKAGE, "package", "by the package that the account has now")             \
	X(STATS_OWNER, "owner", "by who owns the case now")                                \
	X(STATS_WEEKDAY, "weekday", "by the weekday of the opening, 1 Monday to 7 Sunday") \
	X(STATS_HOUR, "hour", "by the hour of the opening")                                \
	X(STATS_DAY, "day", "by the day of what happened")                                 \
	X(STATS_AGE, "age", "open at the end, by days since the opening")                  \
	X(STATS_MINUTES, "minutes",                                                        \
	  "first responses, by whole minutes from the start of the clock")                 \
	X(STATS_MAIL, "mail", "mails that came in, by what became of them")                \
	X(STATS_FILED, "filed", "mails that were filed automatically, by the reason")      \
	X(STATS_SENT, "sent", "mails that were made to go out, by their state")            \
	X(STATS_UNDELIVERED, "undelivered", "mails that failed or bounced, by template")   \
	X(STATS_SENDER, "sender", "by the requester")
enum stats_section {
#define X(id, name, meaning) id,
	STATS_SECTIONS(X)
#undef X
	    STATS_SECTION_COUNT,
};
const char *stats_section_name(enum stats_section section);
const char *stats_section_meaning(enum stats_section section);

#define STATS_MEASURES(X)                                                                          \
	X(STATS_OPENED, "opened", "cases opened in the time of the report")                        \
	X(STATS_CLOSED, "closed",                                                                  \
	  "times that a case was resolved or closed in the time of the report")                    \
	X(STATS_REOPENED, "reopened", "times that a resolved or closed case was opened again")     \
	X(STATS_MET, "met", "cases opened whose first response came before its deadline")          \
	X(STATS_BREACHED, "breached",                                                              \
	  "cases opened whose first response came at its deadline or later, or is late now")       \
	X(STATS_RUNNING, "running", "cases opened that wait for a first response that is not due") \
	X(STATS_UNTIMED, "untimed", "cases opened without a deadline of the first response")       \
	X(STATS_BEFORE, "before", "cases open at the beginning of the report")                     \
	X(STATS_BACKLOG, "backlog", "cases open at the end of the report")                         \
	X(STATS_COUNT, "count", "how many")
enum stats_measure {
#define X(id, name, meaning) id,
	STATS_MEASURES(X)
#undef X
	    STATS_MEASURE_COUNT,
};
const char *stats_measure_name(enum stats_measure measure);
const char *stats_measure_meaning(enum stats_measure measure);

struct stats_span {
	int64_t from_at, to_at;	    /* from <= when < to */
	struct span queue, account; /* "": any */
	const struct zone *zone;    /* of days, weekdays and hours */
};

/* Where counting stands: what is counted now, and from which number on. */
struct stats_cursor {
	int phase;
	int64_t at;
};
enum { STATS_PHASES = 3, STATS_CASES_A_SLICE = 250, STATS_ROWS_A_SLICE = 1000 };

/* Adds a slice to the sum; *cursor goes behind it; *ret_done: that was the last one.  *ret_part,
 * *ret_whole: how far it is. */
struct stats_progress {
	int64_t done, whole;
};
int stats_slice(struct desk *d, const struct stats_span *span, struct stats_cursor *cursor,
		json_t *sum, struct stats_progress *ret_progress, bool *ret_done, struct err *e);

void stats_count(json_t *sum, enum stats_section section, const char *key,
		 enum stats_measure measure, int64_t n);
int64_t stats_get(const json_t *sum, enum stats_section section, const char *key,
		  enum stats_measure measure);
/* Adds part to sum. */
void stats_add(json_t *sum, json_t *part);

/* Of the first response times in whole minutes, the one that so many of 100 do not exceed; -1:
 * there are none. */
int64_t stats_minutes_percentile(json_t *sum, int percent);

#endif
