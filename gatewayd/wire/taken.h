/*
 * The rows of the outbox that a server took, until they are written down: what is sent twice is not
 * for the store to say, as it hears of it last.
 *
 * A sender puts a row here as soon as the server's reply has come, and takes it away when core has
 * said that the store has it (MSG_WRITTEN).  Who is given a row that stands here tells how it ended
 * and sends nothing.  The memory is that of a file beside the control socket, SOCKET.taken, which
 * all senders of a daemon share, one after another and side by side: it outlives the sender, core
 * and the daemon, and not the machine, as nothing waits for a disk.
 *
 * Row 1 of one store is not row 1 of another: a mark of the mail stands beside it.  It is
 * also of the results that the store had when the row was handed out: where the sender was gone
 * before MSG_WRITTEN the row stands here for good, and goes out all the same when it came back and
 * a person lets it be sent again.
 */
#ifndef GATEWAYD_WIRE_TAKEN_H
#define GATEWAYD_WIRE_TAKEN_H

#include <stdint.h>

#include "gatewayd/base/err.h"
#include "gatewayd/base/str.h"
#include "gatewayd/net/smtp.h"

struct taken_row;

/* In place; zeroed: none is kept, and none is found. */
struct taken {
	struct taken_row *rows;
};

/* For the parent: the file of that socket, empty when it is of another boot or another version; the
 * caller closes it.  NULL: in memory, for this daemon's life. */
int taken_open(const char *socket, int *ret_fd, struct err *e);
/* For a sender, which makes room where the file was cut; the descriptor stays the caller's, and
 * need not stay open. */
int taken_map(struct taken *t, int fd, struct err *e);
void taken_release(struct taken *t);

/* Of a mail: its recipient, where its Message-ID stands, and struct talk_send's `results`. */
uint64_t taken_mark(const char *recipient, struct span message, uint64_t results);

/* class: SMTP_SENT or SMTP_UNKNOWN.  Where there is no room it is not kept: some thousands would
 * have to stand here. */
void taken_put(const struct taken *t, int64_t row, uint64_t mark, enum smtp_class class, int code);
/* A row of that number stands here, of whatever mail: few do, and a mark costs a look at the mail.
 */
bool taken_has(const struct taken *t, int64_t row);
bool taken_find(const struct taken *t, int64_t row, uint64_t mark, enum smtp_class *ret_class,
		int *ret_code);
void taken_drop(const struct taken *t, int64_t row);

#endif
