/*
 * An event with its fields to the journal, in the native protocol of systemd-journald (see
 * sd_journal_print(3) and https://systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram each.
 *
 * It never waits: what the journal does not take at once is not sent.
 */
#ifndef GATEWAYD_BASE_JOURNAL_H
#define GATEWAYD_BASE_JOURNAL_H

#include "gatewayd/base/log.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Standard error goes to the journal: JOURNAL_STREAM names it, by device and inode. */
bool journal_is_stderr(void);
/* A descriptor that stays; -1: there is no journal at that path. */
int journal_open(const char *path);

struct journal_entry {
	enum log_level level;
	const char *role, *event;
	struct span message;		/* the text line */
	const struct log_field *fields; /* `case` and `mailbox` go along as CASE and MAILBOX */
};
bool journal_send(int fd, const struct journal_entry *entry);

enum { JOURNAL_ID_SIZE = 33 };
/* MESSAGE_ID of an event: 128 bits as hex, made of its name, with the marks of a UUID of version 8
 * (RFC 9562). */
void journal_message_id(const char *event, char ret_id[JOURNAL_ID_SIZE]);

#endif
