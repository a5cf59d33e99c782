/*
 * What people say in a text and what they ask, without what they quote: for what a clause says by
 * itself (urgency.h).
 */
#ifndef GATEWAYD_MAIL_CLAUSES_H
#define GATEWAYD_MAIL_CLAUSES_H

#include "gatewayd/base/buf.h"

enum { CLAUSES_TEXT_MAX = 4096 }; /* bytes of a text; each of the two has room for twice that */

/* Of what is said each clause is a paragraph, of what is asked each sentence. */
struct clauses {
	struct buf said, asked;
};

void clauses_init(struct clauses *c);
void clauses_release(struct clauses *c);

void clauses_add_line(struct span line, struct clauses *c);
/* The first `most` lines that are not empty, but for those that are quoted. */
void clauses_add_text(struct span text, int most, struct clauses *c);

#endif
