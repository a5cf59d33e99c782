/*
 * Keeping mail (gatewayd/README.md, invariant I1, I2): raw bytes are committed before anything
 * happens to them anywhere.
 *
 * Mails that came in one turn are committed together, at most limits.commit_group of them or 8 MiB;
 * only then the pollers hear that they may move them.  While the pool has enough to do
 * (parse_pool_full()), up to 8 MiB wait here in memory, and the rest on their servers: what is kept
 * earlier than it can be decided would be read back from the disk.  What the store cannot keep
 * waits on its server: nothing more is fetched until a try may help, and it decides nothing about a
 * mail.  That it is in trouble ends with a mail that is kept, or when none waits that a server
 * would give.
 */
#ifndef GATEWAYD_CORE_INTAKE_H
#define GATEWAYD_CORE_INTAKE_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/mailboxes.h"
#include "gatewayd/core/parse_pool.h"
#include "gatewayd/wire/talk.h"

struct intake;

struct intake *intake_new(struct bench *b, struct parse_pool *pool);
void intake_free(struct intake **in);

int intake_compared(struct intake *in, struct peer *from, const struct talk_compared *c,
		    struct err *e);
int intake_folder(struct intake *in, struct peer *from, const struct talk_folder *folder,
		  struct err *e);
/* Takes the descriptor.  -1: no poller gives that (arrival_new()). */
int intake_mail(struct intake *in, struct peer *from, const struct talk_mail *mail, struct err *e);
void intake_status(struct intake *in, struct peer *from, const struct talk_status *status);
/* The peer is gone: what it brought is kept all the same, only nobody is told. */
void intake_peer_gone(struct intake *in, const struct peer *p);
/* The mailbox became this node's: a poller of it that was put off begins again. */
void intake_acquired(struct intake *in, struct span mailbox);
/* It is to become another one's: nothing more of it is taken in or moved. */
void intake_given(struct intake *in, struct span mailbox);
/* Commits what is open and tells the pollers. */
void intake_turn(struct intake *in);

/* For `status`. */
const struct mailboxes *intake_mailboxes(const struct intake *in);

#endif
