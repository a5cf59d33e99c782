/*
 * What writes commands that are sent ahead: a second libetpan session on the same stream, which
 * reads nothing.
 *
 * A command's bytes depend on nothing but its arguments and its tag, so that the first session
 * writes the same when it comes to it (imap_stream.h).
 */
#ifndef GATEWAYD_NET_IMAP_SCRIBE_H
#define GATEWAYD_NET_IMAP_SCRIBE_H

#include "gatewayd/net/imap_stream.h"

struct mailimap;

struct imap_scribe {		    /* in place: zeroed but for the stream is new */
	struct imap_stream *stream; /* borrowed */
	struct mailimap *session;   /* NULL while nothing is sent ahead */
	int tag;		    /* of the last command sent ahead */
	bool selects;		    /* a SELECT is among those that are not answered yet */
};

/* Ready to write what comes behind all that was sent. */
struct mailimap *imap_scribe_ready(struct imap_scribe *s, const struct mailimap *first);
/* r: libetpan's code for the command; 0 when it was written. */
int imap_scribe_sent(struct imap_scribe *s, int r, const char *what, struct err *e);
/* The command that was sent last selects a folder: those behind it may be of that. */
void imap_scribe_selects(struct imap_scribe *s);
/* Gives its memory back; says nothing to the server. */
void imap_scribe_rest(struct imap_scribe *s);

#endif
