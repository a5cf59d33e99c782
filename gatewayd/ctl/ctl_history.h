/* A batch of `import`, between the half that reads files and the half that keeps mails. */
#ifndef GATEWAYD_CTL_CTL_HISTORY_H
#define GATEWAYD_CTL_CTL_HISTORY_H

#include "gatewayd/base/units.h"

enum {
	CTL_HISTORY_HEAD = 3, /* numbers before each mail */
	CTL_HISTORY_BATCH = 64,
	CTL_HISTORY_BATCH_BYTES = 16 * MIB,
	CTL_HISTORY_TRUNCATED = 256 * KIB, /* what is kept of a mail over limits.mail_bytes */
};

/* The word of each batch but the first, which leaves the trail. */
#define CTL_HISTORY_MORE "more"

#endif
