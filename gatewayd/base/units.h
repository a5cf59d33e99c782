/*
 * Seconds and bytes by name, for limits and dates.
 */
#ifndef GATEWAYD_BASE_UNITS_H
#define GATEWAYD_BASE_UNITS_H

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };
enum { KIB = 1024, MIB = 1024 * KIB };

#endif
