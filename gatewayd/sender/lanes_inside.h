/* The inside of lanes, for the files that implement lanes.h. */
#ifndef GATEWAYD_SENDER_LANES_INSIDE_H
#define GATEWAYD_SENDER_LANES_INSIDE_H

#include "gatewayd/sender/lanes.h"

struct lanes_domain {
	char *name;
	size_t n; /* bytes of it */
	size_t waiting, out;
	double ms; /* that its replies take; < 0: not known */
	bool slow;
	bool hangs; /* it is slow, by more than LANES_SLOW_MS */
	int64_t used_ms;
};

/* So many of its mails may be under way. */
size_t lanes_share(const struct lanes *l, const struct lanes_domain *d);
/* And of all that hang, or of all that are slow and do not: neither keeps the others out. */
size_t lanes_slow_share(const struct lanes *l, bool hangs);

#endif
