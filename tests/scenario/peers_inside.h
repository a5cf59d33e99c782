/* The inside of the peers, for the files that implement peers.h. */
#ifndef TESTS_SCENARIO_PEERS_INSIDE_H
#define TESTS_SCENARIO_PEERS_INSIDE_H

#include "gatewayd/base/area.h"
#include "tests/scenario/peers.h"

enum {
	POLLERS = 1,
	CHILDREN = 2,
	SPARE = 2,   /* the sender of operators_smtp */
	SENDERS = 3, /* one, another as at a reload, that of operators_smtp */
	ENDS = POLLERS + CHILDREN + SENDERS + 3 /* hooks, tokens, control */,
};

/* Our end of a channel. */
struct end {
	struct peers *peers;
	enum role_id role;
	uint32_t instance;
	pid_t pid;
	bool crashed;
	bool replaced;	    /* it ends behind its successor */
	bool hangs;	    /* nothing behind that mail is answered */
	bool second;	    /* a sender that came beside another; the parent keeps it running */
	bool blameless;	    /* it used no time: it was not let run, or killed from outside */
	int64_t late_until; /* monotonic ms; 0: it is not late */
	int64_t killed_at;  /* monotonic ms, when it leaves for another; 0: it does not */
	struct wire wire;   /* fd -1: there is none */
	struct area area;   /* of a sender: what it is given stands there */
};

/* peers_poller.c */
struct poller_state {
	uint32_t session;
	struct peers_mail looked; /* the folder of such a mail is looked at so often */
	int looks_left;
	struct talk_status report; /* mailbox.p == NULL: none is due */
	struct folder_mail *mails;
	size_t mail_count, mail_cap;
	int64_t moves_refused; /* so many more */
	size_t refused;	       /* mails that the store does not take, as it was told */
};

/* peers_child.c: how they treat mails. */
struct child_state {
	enum peers_child how;
	const char *text;
	int64_t left; /* mails that it is so for */
};

/* peers_sender.c, as is the next. */
struct sender_state {
	struct peers_sender_script script;
	bool told_lanes; /* that something is slow */
	struct late *late;
	size_t late_count, late_cap;
	struct peers_taken *taken;
	size_t taken_count, taken_cap;
	size_t doubles, again; /* doubles: of webhooks too */
	bool excused;	       /* what was not written down may come again */
};

struct hook_state {
	struct peers_sender_script script;
	struct span *posts; /* ids that webhooks have taken */
	size_t post_count, post_cap;
};

struct peers {
	pid_t pids; /* given so far */
	struct arena *arena;
	struct bench *bench; /* NULL: core is away */
	struct rooms *rooms;
	struct parser *parser;
	struct end ends[ENDS];
	struct poller_state poller;
	struct child_state child;
	struct sender_state sender;
	struct hook_state hook;
	bool (*working)(bool); /* NULL: nobody counts */
	struct peers_answer answer;
};

/* --- peers.c --- */

/* Says whether what follows is core's work; gives back what was so before. */
bool peers_working(struct peers *p, bool on);
/* Reads what core sent to the end that is ctx. */
int peers_on_frame(void *ctx, struct wire_in *in, struct err *e);

/* --- peers_end.c --- */

/* NULL: there is none. */
struct end *end_of(struct peers *p, enum role_id role, uint32_t instance);
/* A process begins at that end, and core gets the other one. */
int end_connect(struct end *end, struct err *e);
/* Its process ends, if there is one. */
void end_close(struct end *end);
/* As the parent does it with who does not end by itself; sets *any if there was one. */
void end_kill_leaving(struct peers *p, bool *any);
/* Whoever was late is no longer; sets *any if there was one. */
void end_wake_late(struct peers *p, bool *any);

/* --- peers_poller.c --- */

/* A fresh poller knows of nothing that the one before it had begun. */
void poller_begin_again(struct peers *p);
/* Looks into the folders, unless it is late; sets *any if there was something to tell. */
int poller_step(struct peers *p, bool *any, struct err *e);
/* Core says what it wants of mails that were listed. */
int poller_on_want(struct end *end, struct wire_in *in, struct err *e);
/* Core says what becomes of a mail that it was given. */
int poller_on_kept(struct end *end, struct wire_in *in, struct err *e);

/* --- peers_child.c --- */

/* A child is given a mail. */
int child_on_parse(struct end *end, struct wire_in *in, struct err *e);

/* --- peers_sender.c --- */

/* A sender is given a row. */
int sender_on_area(struct end *end, struct wire_in *in, struct err *e);
int sender_on_send(struct end *end, struct wire_in *in, struct err *e);
/* Core has written down what became of a row. */
int sender_on_written(struct end *end, struct wire_in *in, struct err *e);
/* The role of webhooks is given an event. */
int sender_on_post(struct end *end, struct wire_in *in, struct err *e);

#endif
