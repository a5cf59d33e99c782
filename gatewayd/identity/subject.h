/*
 * Subjects: the tag "[Case #N]", and reply prefixes.
 */
#ifndef GATEWAYD_IDENTITY_SUBJECT_H
#define GATEWAYD_IDENTITY_SUBJECT_H

#include "gatewayd/base/buf.h"

/* The first tag's number; false when there is none.  A tag proves nothing (gatewayd/README.md,
 * invariant I6). */
bool subject_tag_find(struct span subject, int64_t *ret_case);

/* "Re:", "AW:", "Fwd:" or the like stands at the front, before or behind a tag. */
bool subject_is_reply(struct span subject);

/* Without tags and without "Re:", "AW:", "Fwd:" and the like at the front, trimmed. */
void subject_bare(struct span subject, struct buf *out);

/* "Re: [Case #N] bare subject"; without `reply` no "Re: ". */
void subject_tagged(struct span subject, int64_t case_number, bool reply, struct buf *out);

#endif
