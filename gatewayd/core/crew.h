/*
 * The parse children as core sees them: which may take a mail, and what the end of one proves.
 *
 * Each takes what it gets one after the other, in the order of handing out (a mail's `turn`); the
 * lowest turn without an answer is the one at work.  A child's end is settled when both its channel
 * has ended and the parent has said how it ended (parent_talk.h).  It proves something about the
 * mail at work only when the child crashed by itself, used up its time or its memory, or answered
 * nonsense; SIGKILL, an end in order, memory that the machine did not have and a child that was
 * not let run prove nothing.
 */
#ifndef GATEWAYD_CORE_CREW_H
#define GATEWAYD_CORE_CREW_H

#include "gatewayd/core/bench.h"

struct crew_child {
	struct peer *peer; /* NULL: its channel has ended */
	uint32_t instance;
	pid_t pid; /* 0: free slot */
	size_t tasks;
	uint64_t handed;  /* mails since its start */
	int64_t since_ms; /* the mail at work is worked on at the longest since then */
	bool lone;	  /* has one mail and gets no other */
	bool leaving;	  /* gets no more mails, and is let go when it has answered */
	bool broken;	  /* its channel does not take more */
	bool late;	  /* over its time at the last look */
	bool hung, wrong; /* replaced for that: over its time, or a wrong answer */
	bool ended;	  /* the parent has said so */
	struct parent_talk_ended end;
};

enum crew_verdict {
	CREW_PLANNED, /* it ended in order */
	CREW_NOTHING, /* of the machine's making, as far as we know */
	CREW_PROOF,   /* the mail at work did it */
};

/* The mails of that child that are not answered are without one; the one at work is judged. */
typedef void crew_lost_fn(void *ctx, struct crew_child *c, enum crew_verdict verdict);

/* The process did it itself, by an error or over a limit of its own. */
bool crew_is_crash(int number);

struct crew;
struct crew *crew_new(struct bench *b, crew_lost_fn *lost, void *ctx);
void crew_free(struct crew **c);

void crew_came(struct crew *c, struct peer *p);
void crew_gone(struct crew *c, const struct peer *p);
void crew_ended(struct crew *c, const struct parent_talk_ended *ended);
struct crew_child *crew_of(struct crew *c, const struct peer *p); /* NULL: none */

/* The one with the fewest mails that has room for one more, and that does not take long at one;
 * NULL: none. */
struct crew_child *crew_idlest(struct crew *c);
/*
 * One that has read no mail, for one mail alone; NULL: none now, and when no fresh one is on its
 * way an old one makes room.  Not from frames of a peer.
 */
struct crew_child *crew_fresh(struct crew *c);
/* It was handed a mail. */
void crew_handed(struct crew *c, struct crew_child *child, bool lone);
/* It answered; `leave`: it gets no other mail. */
void crew_answered(struct crew *c, struct crew_child *child, bool leave);
/* Lets go those that are to leave.  Not from frames of a peer. */
void crew_turn(struct crew *c);

#endif
