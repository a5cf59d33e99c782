/*
 * Time is an input.
 *
 * An instant is an int64_t of whole seconds since 1970-01-01T00:00:00Z (names end in _at, or are
 * `now`); INSTANT_NONE means "never" or "not known".  Waits are monotonic milliseconds (_ms).  Only
 * a role's main loop reads a clock, once a turn, and hands `now` down; pure code never asks.
 */
#ifndef GATEWAYD_BASE_CLOCK_H
#define GATEWAYD_BASE_CLOCK_H

#include <time.h>

#include "gatewayd/base/str.h"

#define INSTANT_NONE INT64_MIN

struct clock {
	int64_t (*now)(void *ctx);	    /* UTC seconds */
	int64_t (*monotonic_ms)(void *ctx); /* never goes back, also across suspend */
	void *ctx;
};

struct clock clock_real(void);

/*
 * For a thread that waits for a server or for another thread: milliseconds of CLOCK_MONOTONIC, and
 * the end of a wait that begins now.  Nothing that is stored or that a scenario must move depends
 * on it.
 */
int64_t clock_wait_ms(void);
struct timespec clock_wait_end(int ms); /* for pthread_clockjoin_np() */

/* A clock that stands still until told; for scenarios. */
struct clock_fake {
	int64_t now;
	int64_t monotonic_ms;
};
struct clock clock_fake(struct clock_fake *state);

static inline int64_t clock_now(const struct clock *c)
{
	return c->now(c->ctx);
}

static inline int64_t clock_monotonic_ms(const struct clock *c)
{
	return c->monotonic_ms(c->ctx);
}

/* A date in the proleptic Gregorian calendar, without a zone. */
struct civil {
	int year, month, day; /* month 1..12, day 1..31 */
	int hour, minute, second;
};

int64_t civil_days(int year, int month, int day); /* since 1970-01-01 */
int64_t civil_to_utc(const struct civil *c);	  /* c read as UTC */
void civil_from_utc(int64_t at, struct civil *ret_civil);
int civil_weekday(int64_t days); /* 0 Sunday .. 6 Saturday, of a count of civil_days() */
int civil_month_length(int year, int month);

/* RFC 3339 in UTC, "2026-11-21T22:39:00Z"; TIME_TEXT_MAX bytes with the NUL. */
enum { TIME_TEXT_MAX = 48 };
const char *time_rfc3339(int64_t at, char out[TIME_TEXT_MAX]);
/* For people who know the zone: "Sat 21 Nov 2026, 22:39". */
const char *civil_text(const struct civil *c, char out[TIME_TEXT_MAX]);
/* RFC 5322 section 3.3, in UTC: "Sat, 21 Nov 2026 22:39:00 +0000". */
const char *time_rfc5322(int64_t at, char out[TIME_TEXT_MAX]);
/* In the process's zone with the offset: "2026-11-21 23:39:00 +0100". */
const char *time_local(int64_t at, char out[TIME_TEXT_MAX]);
/* Reads RFC 3339 with any offset, also with a space for the T and without seconds. */
bool time_parse_rfc3339(struct span s, int64_t *ret_at);

#endif
