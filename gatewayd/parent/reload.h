/*
 * A reload on its way: the new configuration from the disk until core has taken or refused it.
 *
 * One at a time; what is asked for meanwhile is one more, afterwards.
 */
#ifndef GATEWAYD_PARENT_RELOAD_H
#define GATEWAYD_PARENT_RELOAD_H

#include "conf/conf.h"
#include "gatewayd/wire/setup.h"

struct reload {
	const char *path;	       /* borrowed, as is keys */
	const struct setup_keys *keys; /* that the daemon runs with */
	struct conf *next;	       /* owned, while core loads it; NULL: none is on its way */
	bool wanted;		       /* one more, when this one is over or core is there */
};

/*
 * Reads the file and sends it to core; core is NULL until it can take one.  A file with problems,
 * or with a change that a running daemon cannot make (also of what stands in a file that it names:
 * a token key), is logged, and now stays.  -1: core could not be sent it; the caller says
 * reload_fail().
 */
int reload_begin(struct reload *r, const struct conf *now, struct wire *core, int64_t now_ms,
		 struct err *e);
/* Logs why the old configuration stays, and frees the new one. */
void reload_fail(struct reload *r, struct span reason);
/* The new configuration, which the caller then owns; none is on its way any more. */
struct conf *reload_take(struct reload *r);

#endif
