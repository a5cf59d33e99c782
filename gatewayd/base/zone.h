/*
 * Time zones, read from the system's tz database.
 *
 * A zone is read once from its TZif file (RFC 9636, version 2 and later; the footer's rule carries
 * it on to the end of ZONE_LAST_YEAR, after which the last offset stays), belongs to a struct zones
 * that the caller hands down, and never changes.  Neither TZ nor the process's zone plays a part.
 * Load what the configuration names before the role is sealed: zones_get() opens a file the first
 * time a name is asked for.
 */
#ifndef GATEWAYD_BASE_ZONE_H
#define GATEWAYD_BASE_ZONE_H

#include "gatewayd/base/clock.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/units.h"

enum {
	ZONE_NAME_MAX = 63,  /* bytes of a name */
	ZONE_FILE_MAX = MIB, /* bytes of a TZif file */
	ZONE_LAST_YEAR = 2200,
};

struct zone;
struct zones;

/* folder NULL: /usr/share/zoneinfo. */
struct zones *zones_new(const char *folder);
void zones_free(struct zones **zones);
#define ZONES_AUTO __attribute__((cleanup(zones_free)))

/*
 * The zone of that name; it lives as long as zones.  ERR_PERM: not a plain relative name, no such
 * zone, a file that is damaged, or one that counts leap seconds ("right/...").
 */
int zones_get(struct zones *zones, const char *name, const struct zone **ret_zone, struct err *e);

/* UTC, for which no file is read. */
const struct zone *zone_utc(void);

/* A longest run of instants with one offset: from <= at < to. */
struct zone_run {
	int64_t from, to; /* INT64_MIN and INT64_MAX at the ends */
	int32_t offset;	  /* seconds east of UTC */
};
void zone_run_at(const struct zone *z, int64_t at, struct zone_run *ret_run);

const char *zone_name(const struct zone *z);
void zone_to_local(const struct zone *z, int64_t at, struct civil *ret_local);

/*
 * A local time that comes twice (the clock was set back) is the first of the two; one that never
 * comes (the clock was set forward) is the instant of the change.
 */
int64_t zone_to_utc(const struct zone *z, const struct civil *local);

/* In that zone with the offset: "2026-11-21 23:39:00 +0100". */
const char *zone_text(const struct zone *z, int64_t at, char out[TIME_TEXT_MAX]);

#endif
