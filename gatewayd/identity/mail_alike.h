/*
 * By what the copies of a mail are known that lists have changed: another subject, footer, From or
 * Message-ID, so that they have another identity (mail_identity.h).  A list keeps the Date.
 *
 * Coarser than what says that two mails are one: it is for mails that must not come back.
 */
#ifndef GATEWAYD_IDENTITY_MAIL_ALIKE_H
#define GATEWAYD_IDENTITY_MAIL_ALIKE_H

#include "gatewayd/identity/header_scan.h"

enum { MAIL_ALIKE_MAX = 8 };

/*
 * Texts in the arena: Date and Message-ID, Date and the address in From; with `replies` also Date
 * and each address in Reply-To, where lists put the author.  One in common: a copy.  How many there
 * are; 0: no Date.
 */
size_t mail_alike(struct span raw, const struct header_scan *scan, bool replies, struct arena *a,
		  struct span v[MAIL_ALIKE_MAX]);

#endif
