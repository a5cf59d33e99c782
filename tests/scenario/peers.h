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

/* --- parse children --- */

enum peers_child {
	CHILD_ANSWERS,
	CHILD_DIES,
	CHILD_HANGS,
	CHILD_LIES_SIZE,  /* more bytes than are there */
	CHILD_LIES_MAIL,  /* another mail than it was given */
	CHILD_LIES_FACTS, /* bytes that are no facts */
	CHILD_LIES_TWICE, /* the same answer once more */
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
	SENDER_STRANGE, /* tells the result of a row that it was not given, once; then it is ok */
};
struct peers_sender_script {
	enum peers_sender how;
	enum talk_outcome outcome; /* SENDER_FAIL */
	const char *to;
	int code;
	const char *text;
};
void peers_sender_script(struct peers *p, const struct peers_sender_script *s);
/* A second sender comes while the first still has its rows, as at a reload. */
void peers_sender_add(struct peers *p);
/* Rows that a server has taken more than once; there must be none. */
size_t peers_doubles(const struct peers *p);

/* --- gatewayctl --- */

struct peers_answer {
	bool there;
	int status;
	struct span out, err; /* in the arena */
};
int peers_ask(struct peers *p, const struct control_request *r, struct err *e);
const struct peers_answer *peers_answer(const struct peers *p);

#endif
