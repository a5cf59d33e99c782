/*
 * Which Authentication-Results fields our border wrote (RFC 8601 section 5)?
 *
 * Anybody can write such a field with our name in it, and a border whose filter is down, or a
 * second one without a filter, does not remove it.  So the place counts as well.  `border_hosts`
 * names the hosts whose Received fields are ours, each with a word:
 *
 *   above   takes mail from outside and writes its results above its own Received field
 *   below   the same, but below its Received field (Gmail)
 *   inside  hands mail on behind the border, and takes none from outside
 *
 * From the top down, Received fields of `inside` hosts are passed over; the first one of a border
 * host anchors the results: those between it and the Received field above it, or the first one
 * below it.  A Received field of anybody else before that ends the search: the mail came another
 * way. Without border_hosts every field counts.  Pure.
 */
#ifndef GATEWAYD_IDENTITY_BORDER_H
#define GATEWAYD_IDENTITY_BORDER_H

#include "conf/conf.h"
#include "gatewayd/identity/header_scan.h"

/* The host behind "by" in the value of a Received field (RFC 5321 section 4.4); "": none found. */
struct span border_received_by(struct span value);

/* The fields that count, topmost first, in the arena. */
void border_results(const struct header_scan *scan, const struct conf *conf, struct arena *a,
		    const struct span **ret_fields, size_t *ret_n);

/* No host outside handed it over: each Received field is by one of ours, and none by a border names
 * a client.  So the reports of our own servers look.  false without border_hosts. */
bool border_is_inside(const struct header_scan *scan, const struct conf *conf);

#endif
