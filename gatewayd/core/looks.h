/*
 * Which mails a person moved into a folder: those that were not there at the last complete look and
 * are older than that look.
 *
 * The store keeps the last look after which nothing waited, so that a mail that was moved in while
 * the daemon was down is known as one, too.  Before the very first look, and after another
 * UIDVALIDITY, nothing is known of before: none is moved.
 */
#ifndef GATEWAYD_CORE_LOOKS_H
#define GATEWAYD_CORE_LOOKS_H

#include "store/store_open.h"

enum {
	LOOKS_SLACK_S = 600, /* between our clock and the server's */
	LOOKS_KEEP_S = 300,  /* a look at a folder that is as it was is kept no more often */
};

/* In place; zeroed is nothing known. */
struct looks {
	uint32_t uidvalidity; /* 0: there was no look */
	uint32_t highest;     /* UID of all complete looks */
	int64_t at;	      /* when the last of them began; INSTANT_NONE: there was none */
	uint32_t now_highest; /* of the look under way */
	int64_t now_at;
	uint32_t kept_highest; /* as it stands in the store, as does kept_at */
	int64_t kept_at;
};

/* The one that the store keeps of this mailbox. */
int looks_read(struct looks *l, struct store *s, struct span mailbox, struct arena *a,
	       struct err *e);
/* To be called behind looks_end() when nothing of the folder waits; in a transaction of its own. */
int looks_keep(struct looks *l, struct store *s, struct span mailbox, struct arena *a,
	       struct err *e);

void looks_begin(struct looks *l, uint32_t uidvalidity, int64_t now);
/* received_at: INTERNALDATE, INSTANT_NONE when the server gives none.  Whether it was moved. */
bool looks_see(struct looks *l, uint32_t uid, int64_t received_at);
/* The look is complete. */
void looks_end(struct looks *l);

#endif
