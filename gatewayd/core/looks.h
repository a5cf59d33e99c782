/*
 * Which mails a person moved into a folder: those that were not there at the last complete look and
 * are older than that look.  Pure; zeroed and looks_forget() to begin.
 *
 * After the start, and after another UIDVALIDITY, nothing is known of before: the first look finds
 * none.
 */
#ifndef GATEWAYD_POLLER_LOOKS_H
#define GATEWAYD_POLLER_LOOKS_H

#include <stdbool.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/poller/uids.h"

enum { LOOKS_SLACK_S = 600 }; /* between our clock and the server's */

struct looks {
	uint32_t highest;     /* UID of all complete looks */
	int64_t at;	      /* when the last of them began; INSTANT_NONE: there was none */
	uint32_t now_highest; /* of the look under way */
	int64_t now_at;
	struct uids moved;
};

void looks_forget(struct looks *l);
void looks_begin(struct looks *l, int64_t now);
/* received_at: INTERNALDATE, INSTANT_NONE when the server gives none. */
void looks_see(struct looks *l, uint32_t uid, int64_t received_at);
/* The look is complete. */
void looks_end(struct looks *l);
bool looks_is_moved(const struct looks *l, uint32_t uid);
void looks_release(struct looks *l);

#endif
