/*
 * The mails under way at the parse pool, in their order.
 *
 * A task owns the memory of the raw mail and of its answer, and the facts; all go with it.
 */
#ifndef GATEWAYD_CORE_PARSE_TASK_H
#define GATEWAYD_CORE_PARSE_TASK_H

#include "gatewayd/base/memory.h"
#include "gatewayd/core/crew.h"
#include "gatewayd/mail/mail_job.h"
#include "gatewayd/wire/parse_talk.h"

enum task_state {
	TASK_WAITING,
	TASK_AT_CHILD,
	TASK_PARSED,
	TASK_HELD, /* parsed, and one before it is not: of what is imported, or that it answers */
	TASK_DECIDED, /* and not committed yet */
	TASK_DONE,
	TASK_STATES
};

/* What is looked at while all are walked over stands first, up to the mail's number. */
struct parse_task {
	struct parse_task *next;
	enum task_state state;	  /* changed by parse_tasks_turn() alone */
	bool alone;		  /* for a fresh child that has no other: a suspect, or staff's */
	bool of_staff;		  /* proven: no child that read others may read it */
	bool strike;		  /* proof against it, not written down yet */
	bool doomed;		  /* so often, and alone the last time */
	struct crew_child *child; /* TASK_AT_CHILD */
	uint64_t turn;		  /* of handing out */
	int64_t not_before_ms;
	unsigned int losses; /* children that ended at it without proof */
	struct mail_job job;
	struct memory raw;  /* of job.raw, whose bytes are there between open and close only */
	struct arena arena; /* mail and facts */
	bool large;	    /* its answer does not fit into a message */
	int out_fd;	    /* for the answer, at the child; -1: it comes in a message */
	struct memory answer;
};

struct parse_tasks {
	struct parse_task *first, **last;
	struct parse_task *answered; /* the last one of them that was, or NULL */
	struct parse_task *spare;    /* as long as others are under way, for the next */
	struct buf raw;		     /* of the one that is open, where it is not mapped */
	size_t n, in[TASK_STATES];
	size_t history; /* that are imported */
	int64_t newest; /* no mail of them has a higher number */
	size_t bytes;	/* of raw mail, as its readers count them */
	bool released;	/* others, which were decided, wait for a decision again */
	const struct clock *clock;
	size_t room; /* mails that the commit of what is deferred sends at once (delivery.h) */
};
/* The clock stays the caller's. */
void parse_tasks_init(struct parse_tasks *v, const struct clock *clock);
void parse_tasks_release(struct parse_tasks *v);

/* At the end, waiting; texts are copied.  Takes the memory of the raw mail. */
struct parse_task *parse_tasks_add(struct parse_tasks *v, const struct store_mail *mail,
				   const struct memory *raw);
/* The same, and says who may read it; ERR_TEMP: its bytes cannot be had, and the memory is freed.
 */
int parse_tasks_take(struct parse_tasks *v, struct desk *d, const struct store_mail *mail,
		     struct memory *raw, struct err *e);
bool parse_tasks_has(const struct parse_tasks *v, int64_t mail);
/*
 * How many mails behind that one are to be read, so that `most`, which is more than there are, may
 * be under way: those that are already are among them, in a shared store also those that others
 * decide, and one more tells whether there are more.
 */
size_t parse_tasks_rows(const struct parse_tasks *v, bool is_shared, size_t most, int64_t behind);
bool parse_tasks_of(const struct parse_tasks *v, struct span mailbox);
bool parse_tasks_any(const struct parse_tasks *v, enum task_state state);
/* From which on one in that state is looked for; NULL: there is none. */
struct parse_task *parse_tasks_from(const struct parse_tasks *v, enum task_state state);
void parse_tasks_turn(struct parse_tasks *v, struct parse_task *t, enum task_state to);
void parse_tasks_drop(struct parse_tasks *v, enum task_state state);

/* The one that this child was handed for that mail; NULL: none. */
struct parse_task *parse_tasks_at(struct parse_tasks *v, const struct crew_child *c, int64_t mail);
/* What that child had is to be handed out again; the one that it was at, which it got first, or
 * NULL. */
struct parse_task *parse_tasks_lost(struct parse_tasks *v, const struct crew_child *c);

/* How a child gets that mail, and answers; ERR_TEMP: for want of memory or descriptors here. */
int parse_task_order(struct parse_task *t, struct parse_talk_order *ret_order, struct err *e);
/* Reads what a child has written; it is the child's word, and nothing is believed unchecked.
 * 1: it is to be asked once more, for a large answer; ERR_TEMP: for want of memory here. */
int parse_task_answer(struct parse_tasks *v, struct parse_task *t,
		      const struct parse_talk_answer *answer, struct err *e);
/* Between them job.raw has its bytes, of one task at a time; ERR_TEMP: they cannot be had. */
int parse_task_open(struct parse_tasks *v, struct parse_task *t, struct err *e);
void parse_task_close(struct parse_task *t);

/* What became of those that were to be decided. */
enum decided {
	DECIDED_NONE,	  /* nothing was */
	DECIDED_ALL,	  /* and dropped */
	DECIDED_DEFERRED, /* by store_defer(): they wait for parse_tasks_settle() */
};
/* How many are parsed, up to those that are decided together, if that takes no longer than
 * DECIDE_MS. */
enum { DECIDE_MAX = 128, DECIDE_SHARED = 32 /* other nodes wait for it */, DECIDE_MS = 20 };
size_t parse_tasks_most(const struct store *s);
size_t parse_tasks_parsed(const struct parse_tasks *v);
enum decide_how {
	DECIDE_NOW,
	DECIDE_DEFER,	/* another has a commit for it, too */
	DECIDE_CAREFUL, /* each try is written down before */
};
/* Whether any that is parsed may be decided; of those that waited for another mail, that is seen.
 */
int parse_tasks_ready(struct desk *d, struct parse_tasks *v, bool *ret_any, struct err *e);
/*
 * Decides those that wait for no other mail, wherever that is decided, parse_tasks_most() of them
 * or as many as DECIDE_MS are enough for, in a turn (bench.h).  When not all can be done together
 * each is tried by itself, and the one that cannot be done is quarantined; ERR_TEMP: the store is
 * in trouble.
 */
int parse_tasks_decide(struct desk *d, struct parse_tasks *v, enum decide_how how,
		       enum decided *ret_decided, struct err *e);
/* Commits what was held and nobody went on with; those that stand are dropped. */
int parse_tasks_settle(struct store *s, struct parse_tasks *v, struct err *e);
int parse_task_quarantine(struct desk *d, struct parse_task *t, const char *why, struct err *e);
int parse_task_count_try(struct desk *d, struct parse_task *t, struct err *e);
/* What is no longer pending in the store is done; not what a child has. */
int parse_tasks_recheck(struct store *s, struct arena *a, struct parse_tasks *v, struct err *e);

#endif
