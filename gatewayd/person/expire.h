/*
 * What the queues keep only for so long, of cases that are over: the mails as they came
 * (queues.*.raw_keep), the text of what went out (sent_keep), and everything that people wrote
 * (case_keep).  A case that is open is never touched, nor one that was merged into an open one.
 */
#ifndef GATEWAYD_PERSON_EXPIRE_H
#define GATEWAYD_PERSON_EXPIRE_H

#include "gatewayd/case/desk.h"

enum { EXPIRE_CASES_A_SLICE = 100, EXPIRE_MAILS_A_SLICE = 500 };

struct expired {
	int64_t cases, raw_mails, sent_texts;
};

/* A queue keeps something only for so long. */
bool expire_is_asked(const struct conf *conf);
/*
 * The cases behind that number, inside a transaction; adds what was done to *sum.  dry: it is
 * counted and taken back.  *ret_last: the highest that was looked at, 0: there were none.
 */
int expire_slice(struct desk *d, int64_t after, bool dry, struct expired *sum, int64_t *ret_last,
		 struct err *e);

/*
 * The same of mails that became no case, behind that mail, by the queue of their mailbox (of one
 * that the configuration has no longer: the first): raw_keep takes the bytes, case_keep also what
 * they were about and from whom.
 */
int expire_mails(struct desk *d, int64_t after, bool dry, struct expired *sum, int64_t *ret_last,
		 struct err *e);

#endif
