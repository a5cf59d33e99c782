/*
 * What must hold: of what was put into the mailboxes and what the servers took, against the store.
 *
 * The model is small: a mail is what the scripted IMAP server gave, its mark is in its text
 * (plan.h), and a sent mail is what the scripted SMTP server took.  After each step:
 *
 *	I1  what was moved on the server is in the store, byte for byte
 *	I2  no text of a mail stands in two notes; no case has two confirmations
 *	I3  what a server took has its row, with its Message-ID; a row that is "sent" was taken;
 *	    nothing is taken twice but where the first reply did not reach the store
 *	I6  a forged mail puts no words of staff's into a case and sends nothing to its customer
 *	I7  what outsiders are sent has nothing internal in it (outside.h)
 *	I8  a decided mail has a reason; no mail is quarantined for what another one did
 *	I9  every deadline is what its events say; the store's own check finds nothing
 *	    kept = the sum of what became of them, in every mailbox
 *
 * When all has come to rest, I4 and I5 come to it: no mail is left in an inbox or undecided, none
 * that is due is unsent, and each mail that made or joined a case stands there once.
 */
#ifndef TESTS_SIMULATE_MODEL_H
#define TESTS_SIMULATE_MODEL_H

#include "tests/simulate/play.h"

int model_check(struct play *p, struct err *e);
/* Nothing is undecided or due to be sent. */
int model_rests(struct play *p, bool *ret_rests, struct err *e);
int model_rest(struct play *p, struct err *e);
/* What the servers gave and took, into p->sums. */
void model_sum(struct play *p);

#endif
