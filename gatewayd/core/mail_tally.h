/*
 * The mails of one mailbox that wait to be kept; those that were are counted by the store
 * (store/store_seen.h).
 *
 * A look at the folder is begin, listed for each mail that the store does not know, end; it may
 * come in pieces.  Each mail that was ever listed is waiting, kept, or went away by itself.  In
 * place: zeroed is empty.
 */
#ifndef GATEWAYD_CORE_MAIL_TALLY_H
#define GATEWAYD_CORE_MAIL_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail_tally_row {
	uint32_t uid;
	bool waits, listed, moved;
	int64_t received_at;
};

struct mail_tally {
	uint32_t uidvalidity;
	struct mail_tally_row *v; /* by UID; those that wait no more among them */
	size_t n, cap, waiting;
};

void mail_tally_release(struct mail_tally *t);
/* Another UIDVALIDITY: those of before are gone. */
void mail_tally_look_begin(struct mail_tally *t, uint32_t uidvalidity);
/* moved: by a person into the folder (looks.h); one that was once said to be, is. */
void mail_tally_listed(struct mail_tally *t, uint32_t uid, int64_t received_at, bool moved);
bool mail_tally_is_moved(const struct mail_tally *t, uint32_t uidvalidity, uint32_t uid);
/* What was not listed since the look began is gone. */
void mail_tally_look_end(struct mail_tally *t);
/* The store has it. */
void mail_tally_kept(struct mail_tally *t, uint32_t uidvalidity, uint32_t uid);
/* INTERNALDATE of the one that waits the longest; INSTANT_NONE: none waits. */
int64_t mail_tally_oldest(const struct mail_tally *t);

#endif
