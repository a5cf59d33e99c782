/*
 * The processes that core talks to, scripted, each at the other end of a real wire.
 *
 * A poller with folders of mails, parse children, senders and a client of gatewayctl stand on the
 * same loop as core.  They do their work well unless a script says otherwise; one that core has
 * replaced, or that died, is followed by a fresh one at the next peers_step().
 */
#ifndef TESTS_SCENARIO_PEERS_H
#define TESTS_SCENARIO_PEERS_H

#include "gatewayd/core/rooms.h"
#include "gatewayd/wire/control_talk.h"
#include "gatewayd/wire/grant_talk.h"
#include "parser/parser.h"

struct peers;

struct peers *peers_new(struct arena *a);
void peers_free(struct peers **p);
/* What the bench needs before rooms_new(). */
struct bench_host peers_host(struct peers *p);
/* Core is there, or there again: all connect, and what they did not finish begins again. */
void peers_connect(struct peers *p, struct bench *b, struct rooms *r);
/* Core ends. */
void peers_disconnect(struct peers *p);
/* Starts what is missing and looks into the folders; *ret_any: there was something to do. */
int peers_step(struct peers *p, bool *ret_any, struct err *e);

/* --- the poller --- */

struct peers_mail {
	const char *mailbox;
	uint32_t uidvalidity, uid;
	struct span raw;
	int64_t received_at;
	int64_t size;	/* on the server; raw may be less */
	bool processed; /* it lies in the processed folder */
};
void peers_mail_add(struct peers *p, const struct peers_mail *m);
/* The next step is a look to the end at that folder, with nothing in it. */
void peers_look(struct peers *p, const char *mailbox, uint32_t uidvalidity);
/* The next step is such a report. */
void peers_report(struct peers *p, const struct talk_status *status);
/* All that came lies in the processed or the quarantine folder. */
bool peers_folders_clear(const struct peers *p);

/* --- tokens, where the configuration has a row of oauth --- */

int peers_grant(struct peers *p, const struct grant_talk_state *state, struct err *e);

/* --- parse children --- */

enum peers_child {
	CHILD_ANSWERS,
	CHILD_DIES,
	CHILD_KILLED, /* from outside */
	CHILD_HANGS,
	CHILD_LIES_SIZE,  /* more bytes than are there */
	CHILD_LIES_MAIL,  /* another mail than it was given */
	CHILD_LIES_FACTS, /* bytes that are no facts */
	CHILD_LIES_TWICE, /* the same answer once more */
	CHILD_LIES_LARGE, /* that its answer is too large for a message */
	CHILD_LIES_PLACE, /* that the first file is shorter than what stands in the mail */
	CHILD_GONE,	  /* there is none */
	CHILD_REPLACED, /* as at a reload: its successor is there before it ends, which nobody says
			 */
	CHILD_WAYS,
};
extern const char *const peers_child_names[CHILD_WAYS];
/* How it treats the next n mails that have that text in them (NULL: any); then it answers again. */
void peers_child_script(struct peers *p, enum peers_child how, const char *text, int64_t n);

/* --- the sender --- */

enum peers_sender {
	SENDER_OK,
	SENDER_HOLD,	/* there is none */
	SENDER_FAIL,	/* code, text and to are set */
	SENDER_SLOW,	/* takes rows, tells no results until it is another */
	SENDER_DIES,	/* at the next row, once; then it is ok */
	SENDER_FULL,	/* domain and room are set */
	SENDER_STRANGE, /* tells the result of a row that it was not given, once; then it is ok */
};
struct peers_sender_script {
	enum peers_sender how;
	enum talk_outcome outcome; /* SENDER_FAIL */
	bool server;		   /* it is the server's trouble, and no mail's */
	const char *to;
	const char *domain; /* is slow: a row of it comes back, then it takes room of them */
	uint32_t room;
	int code;
	const char *text;
	bool takes; /* SENDER_FAIL, SENDER_DIES: the server has taken it all the same */
};
void peers_sender_script(struct peers *p, const struct peers_sender_script *s);
/* A second sender comes while the first still has its rows, as at a reload. */
void peers_sender_add(struct peers *p);
/* Rows that a server has taken more than once; there must be none. */
size_t peers_doubles(const struct peers *p);

/* --- what a simulation does to them (tests/simulate) --- */

/* Called with false around all that peers do, and with what it gave back after it. */
void peers_on_work(struct peers *p, bool (*working)(bool));
/* A row that core did not say it has written down may come again: core or a sender dies. */
void peers_excuse(struct peers *p);
/* Processes of that role hear and say nothing for so long. */
void peers_late(struct peers *p, enum role_id role, int64_t ms);
/* Processes of that role are killed from outside. */
void peers_kill(struct peers *p, enum role_id role);
/* Core crashed: they read what it had sent before. */
void peers_hear(struct peers *p);
/* The server moves none of the next n. */
void peers_refuse_moves(struct peers *p, int64_t n);
/* All that was moved is listed once more, where it lies now. */
void peers_list_again(struct peers *p);
/* A person moves the i-th of those that were moved back; false: there is none. */
bool peers_move_back(struct peers *p, size_t i, uint32_t uid);
/* All that ever came; *ret_moved: it was moved away. */
const struct peers_mail *peers_mail_at(const struct peers *p, size_t i, bool *ret_moved);
/* All that a server has taken. */
struct peers_taken {
	int64_t row;
	pid_t pid;		/* of the sender that it came from */
	struct span message_id; /* the field */
	struct span recipient, message;
	bool lost;    /* the server's reply */
	bool written; /* core told that sender that it has written down what became of the row */
};
const struct peers_taken *peers_taken_at(const struct peers *p, size_t i);
/* Rows that were taken once more, as may be. */
size_t peers_again(const struct peers *p);

/* The role that posts to webhooks: the same words, of hooks (`to` is one's name); strange: none. */
void peers_hook_script(struct peers *p, const struct peers_sender_script *s);

/* --- gatewayctl --- */

struct peers_answer {
	bool there;
	int status;
	struct span out, err; /* in the arena */
};
int peers_ask(struct peers *p, const struct control_request *r, struct err *e);
const struct peers_answer *peers_answer(const struct peers *p);

#endif
