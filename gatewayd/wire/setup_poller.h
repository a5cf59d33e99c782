/*
 * The set-up of a poller (MSG_POLLER_SETUP): the mailboxes of one IMAP server, secrets included.
 *
 * A server is one host and port, whoever logs in there.  A mailbox that brought its process down
 * twice has one of its own.
 */
#ifndef GATEWAYD_WIRE_SETUP_POLLER_H
#define GATEWAYD_WIRE_SETUP_POLLER_H

#include "conf/conf.h"
#include "gatewayd/wire/messages.h"

enum {
	POLLER_MAILBOXES_MAX = 1000, /* as many as a configuration has */
	POLLER_CRASHED = 128, /* exit status of a crash at a mailbox, whose number the note has */
	POLLER_DOWNS = 2,
	SETUP_POLLER_SERVER_MAX = 512, /* bytes; a host's name has 253 */
};

/* How many processes there are; they count from 0. */
size_t setup_poller_count(const struct conf *conf);
/* The mailbox that is number `nth` of that process, in the configuration; false: there is none. */
bool setup_poller_find(const struct conf *conf, uint32_t process, size_t nth, size_t *ret_at);

/* Its server, as parent_talk_peer has it; nothing where there is no such process. */
void setup_poller_server(const struct conf *conf, uint32_t process, struct buf *out);
void setup_poller_server_of(const struct conf_mailbox *m, struct buf *out);

/* A mailbox of that server logs in with that row of conf.oauth. */
bool setup_poller_uses(const struct conf *conf, uint32_t process, struct span oauth);

struct setup_mailbox {
	struct conf_mailbox conf; /* what a poller needs of it */
	const char *secret;	  /* NULL: none */
};
struct setup_poller {
	int64_t mail_bytes; /* a longer mail is cut */
	int fetch_window;
	int note; /* a memfd for the number of the mailbox that crashes; get: the reader's */
	struct setup_mailbox *mailboxes;
	size_t n; /* 1 or more */
};
/* Reads the files of the secrets; a mailbox whose file cannot be read is logged and has none, and
 * where no mailbox has one that is an error, which names the last.  note stays the caller's. */
int setup_poller_put(struct wire *w, const struct conf *conf, uint32_t process, int note,
		     struct err *e);
/* Into the arena. */
int setup_poller_get(struct wire_in *in, struct arena *a, struct setup_poller *ret_setup,
		     struct err *e);

#endif
