/*
 * Questions that are said before they are asked, so that an engine far away answers many at once.
 *
 * Between store_ahead_begin() and store_ahead_said() a verb that reads says its question and finds
 * nothing, or what is already there: what it returns means nothing.  Verbs that write are ERR_BUG.
 * Then the same verbs are asked with the same arguments, and answered without waiting.  Saying too
 * much or too little costs time and changes no answer; what is written in between makes the answers
 * void that it may change.
 */
#ifndef STORE_STORE_AHEAD_H
#define STORE_STORE_AHEAD_H

#include "store/store_outbox.h"

/* false: the engine answers at once, nothing is to be said. */
bool store_ahead_begin(struct store *s);
void store_ahead_said(struct store *s);
/* What was said and not asked is forgotten; the end of a transaction does it, too. */
void store_ahead_end(struct store *s);

/* Outside of a transaction: that store_outbox_message_of() is to be asked about these. */
void store_ahead_messages(struct store *s, const struct store_outbox *v, size_t n);

#endif
