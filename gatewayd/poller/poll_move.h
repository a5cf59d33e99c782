/*
 * The moves that a mailbox still has to make: mails that were kept go to the processed or the
 * quarantine folder.
 *
 * A session that died between COPY and EXPUNGE can have left mails twice; those that may be such
 * are looked up first, and only removed when their copy is there (imap_copies.h).
 *
 * Of a backlog mails are fetched first: what is kept is safe, its sender waits, and a server sends
 * nothing while it moves.  Moves are made when all that was fetched is kept, or the first of them
 * was kept POLL_LATER_MS ago; then all go.  Where they are made one at a time nothing is fetched
 * until all of them are, so these wait for POLL_LATER_BY_ONE_MS.
 *
 * Where the server moves in one command, claims and moves are sent ahead (poll_pipe.h): the claims
 * of several sets of mails are under way at a time, and each set is moved when its own is answered.
 * Sets are large: a server looks through both folders at each move, however many mails it is of.
 * Else, and after a refusal, one step is made at a time with nothing else under way.  In place:
 * zeroed but for `conf` is empty.
 */
#ifndef GATEWAYD_POLLER_POLL_MOVE_H
#define GATEWAYD_POLLER_POLL_MOVE_H

#include "gatewayd/net/imap.h"
#include "gatewayd/poller/poll_claim.h"
#include "gatewayd/poller/poll_pipe.h"
#include "gatewayd/poller/uids.h"

enum { POLL_TO_PROCESSED, POLL_TO_QUARANTINE, POLL_TO_COUNT };
enum { POLL_LATER_MS = 20 * 1000, POLL_LATER_BY_ONE_MS = 3 * 1000 };

struct poll_moves {
	const struct conf_mailbox *conf; /* borrowed */
	struct uids sure[POLL_TO_COUNT];
	struct uids unsure[POLL_TO_COUNT]; /* their copies may be made already */
	int64_t since_ms;		   /* of clock_wait_ms(): the first of them was added */
	bool overdue;			   /* until all of them are sent */
	int64_t not_until_ms;		   /* of clock_wait_ms(): the server refused one */
	bool marks;			   /* the server keeps IMAP_MARK in the mailbox */
	bool refused;			   /* one that was sent ahead */
	struct poll_claim claim;
};

void poll_moves_release(struct poll_moves *v);
/* kept_before: the mail was kept before this session; aside: to quarantine, where there is one. */
void poll_moves_add(struct poll_moves *v, const struct imap *imap, uint32_t uid, bool aside,
		    bool kept_before);
void poll_moves_drop(struct poll_moves *v);	 /* all of them */
bool poll_moves_any(const struct poll_moves *v); /* there is one to make */
/* They go before what is to be fetched; by_one: poll_moves_by_one(). */
bool poll_moves_overdue(struct poll_moves *v, bool by_one);
bool poll_moves_may(const struct poll_moves *v); /* now: no refusal was a short time ago */
/* The next is made by poll_moves_some(), not ahead. */
bool poll_moves_by_one(const struct poll_moves *v, const struct imap *imap);

/* The next step to send, the caller's; NULL: none now. */
struct poll_step *poll_moves_next(struct poll_moves *v, const struct poll_pipe *pipe);
/* Our claim on mails that a lower store claims is to be taken away; NULL: there is none. */
struct poll_step *poll_moves_yield(struct poll_moves *v);
/* Sends it, or takes its answer; -1 with e filled when the server refuses or the session ends. */
int poll_moves_run(struct poll_moves *v, struct imap *imap, struct poll_step *s, bool ahead,
		   struct err *e);
/* It was answered: the step that it becomes, or NULL; it is taken. */
struct poll_step *poll_moves_answered(struct poll_moves *v, struct poll_step *s, bool refused);

enum poll_moved {
	POLL_MOVED,
	POLL_MOVE_REFUSED, /* e says why; asked again after a minute */
	POLL_MOVE_SORTED,  /* old moves were ended, none was made */
};

/*
 * One step: ends old moves, or moves up to IMAP_RANGE_MAX mails of the selected folder, which must
 * have this UIDVALIDITY.  -1 with e filled: the session must end.
 */
int poll_moves_some(struct poll_moves *v, struct imap *imap, uint32_t uidvalidity,
		    enum poll_moved *ret_moved, struct err *e);

#endif
