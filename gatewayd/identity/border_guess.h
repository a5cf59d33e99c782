/*
 * What our border writes, guessed from mails that came in: for a person to look at and paste.
 *
 * Whoever writes the topmost Authentication-Results field of most mails from outside is taken for
 * our border; the Received fields beside it tell its host.  A guess is no proof: who can put mails
 * into the mailbox past the border can lead it astray.  Pure.
 */
#ifndef GATEWAYD_IDENTITY_BORDER_GUESS_H
#define GATEWAYD_IDENTITY_BORDER_GUESS_H

#include "gatewayd/base/arena.h"
#include "gatewayd/identity/header_scan.h"

enum { BORDER_GUESS_INSIDE_MAX = 4 };

struct border_guess {
	size_t mails;	 /* looked at */
	size_t with;	 /* of these: with results of that border */
	bool without_id; /* it writes no authserv-id (conf authres_without_id) */
	struct span id;	 /* "": none */
	struct span host;
	bool below; /* it writes its results below its own Received field */
	struct span inside[BORDER_GUESS_INSIDE_MAX]; /* hosts behind it */
	size_t inside_count;
};

/* false: too few of them have results of one border.  Spans point into the scans. */
bool border_guess(const struct header_scan *scans, size_t n, struct arena *a,
		  struct border_guess *ret_guess);

#endif
