/*
 * Mails to import: the messages of Maildirs and mbox files, in the order in which they came.
 *
 * A folder with cur/ or new/ in it is a Maildir; folders in it are walked, too (Maildir++, or plain
 * folders of Maildirs).  A file is an mbox when its first line begins with "From ", else one mail.
 * In an mbox a line "From " behind a blank line begins a message when a header line follows it; one
 * ">" is taken from lines ">From " (mboxrd).  Links are not followed, but one that the caller
 * names. Others may write there meanwhile: a mail is read of the file that was found, or told not
 * to be.
 *
 * When a mail came: the date of its topmost Received field, else its Date (a mail that was sent has
 * no Received), else that of its "From " line, else the time of its file; never later than `now`.
 */
#ifndef GATEWAYD_MAIL_HISTORY_H
#define GATEWAYD_MAIL_HISTORY_H

#include <sys/types.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/units.h"

enum { HISTORY_DEPTH_MAX = 16, HISTORY_HEAD_BYTES = 64 * KIB };

struct history_mail {
	const char *path;
	dev_t dev; /* of the file that stood there */
	ino_t ino;
	int64_t offset, size; /* in the file */
	int64_t begins;	      /* the "From " line of an mbox */
	int64_t received_at;
	bool in_mbox;
};

struct history {
	struct arena *arena;
	int64_t now;
	struct history_mail *v;
	size_t n;
	/* What cannot be read is told here and passed over. */
	void (*trouble)(void *ctx, const char *path, const char *why);
	void *ctx;
	size_t troubles;
};

/* Adds what is there.  ERR_PERM: no such file, or it cannot be opened. */
int history_add(struct history *h, const char *path, struct err *e);
/* By received_at; those of one second stay in the order in which they were found. */
void history_sort(struct history *h);
/* The first `most` bytes of the mail as it came; *ret_size: how many it has. */
int history_read(const struct history_mail *m, size_t most, struct buf *ret_raw, int64_t *ret_size,
		 struct err *e);

#endif
