/* The notations of configuration values: sizes, opening hours, holidays, names, addresses. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/policy.h"
#include "gatewayd/base/arena.h"

/* "25MB", "512 kB", "4MiB", "100 bytes"; kB, MB, GB are powers of 1000, KiB, MiB, GiB of 1024. */
bool value_bytes(struct span s, int64_t *ret_bytes);

enum { HOURS_INTERVALS_MAX = 7 * 24 };

struct hours {
	struct policy_interval v[HOURS_INTERVALS_MAX];
	size_t n;
};

/*
 * One line of opening hours, "mon-fri 09:00-12:30 13:30-17:00", added to h, which stays sorted;
 * "24:00" ends a day.  Returns NULL, or what is wrong (a static text): inverted, overlapping ...
 */
const char *value_hours(struct span s, struct hours *h);

/*
 * "2026-12-25", "12-25", "fourth thursday of november", "last monday of may", "easter+1", each
 * with an optional ": name".  Returns NULL, or what is wrong (a static text).
 */
const char *value_holiday(struct span s, struct arena *a, struct policy_holiday *ret_holiday);

/* Checks of a text for the schema: NULL, or what is wrong (a static text). */
const char *
value_check_address(const char *s); /* a bare mail address, ASCII, dot-atom local part */
const char *value_check_domain(const char *s);
const char *value_check_authserv(const char *s); /* of Authentication-Results */
const char *value_check_freemail(const char *s); /* a domain, or "!" and one */
const char *value_check_host(const char *s);	 /* a domain, IPv4 or IPv6 address */
const char *value_check_name(const char *s);	 /* of a row: letters, digits, "-", "_", "." */
const char *value_check_url(const char *s);	 /* http or https */
const char *value_check_https(const char *s);
const char *value_check_line(const char *s);	  /* no control characters */
const char *value_check_mark(const char *s);	  /* "NAME: VALUE", a header line */
const char *value_check_origin(const char *s);	  /* of policy.h */
const char *value_check_field(const char *s);	  /* "NAME" or "NAME: PART" of a header field */
const char *value_check_score(const char *s);	  /* an entry of routing.*.scores */
const char *value_check_delimiter(const char *s); /* of plus addresses, one character */
const char *value_check_border(const char *s);	  /* "HOST [above|below|inside]" */
const char *value_check_listen(const char *s);	  /* "127.0.0.1:8025", "[::1]:8025" */
const char *value_check_network(const char *s);	  /* "10.0.0.0/8", "10.1.2.3", "fd00::/8" */
const char *value_check_hook_event(const char *s);

/* 127.0.0.0/8, ::1, localhost: the only hosts that may be spoken to without TLS. */
bool value_is_loopback(const char *host);

#endif
