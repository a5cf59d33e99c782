/*
 * What is told together, later: mails that became no case, once a day; many cases of one sender.
 */
#ifndef GATEWAYD_MAIL_DIGEST_H
#define GATEWAYD_MAIL_DIGEST_H

#include "gatewayd/case/desk.h"

enum {
	DIGEST_HOUR = 7,	 /* local time of the queue at which the daily list goes out */
	DIGEST_CASES_MAX = 5,	 /* cases of one sender in an hour that are told one by one */
	DIGEST_WAIT_S = 15 * 60, /* from the first case that is not, to the list of them; and after
				    so long without one the next is told alone again */
};

/* A mail was filed or set aside. */
int digest_filed(struct desk *d, const struct conf_queue *queue, int64_t mail, struct err *e);
enum { DIGEST_BUDGETS = 2 };
/* Who opens a case: cases in somebody's name do not delay what is told of their own. */
struct digest_sender {
	struct span from;
	bool proven;
};
/* What digest_case() takes from for that sender, whose text is valid; how many. */
size_t digest_budgets(struct desk *d, const struct digest_sender *s,
		      struct store_budget ret_v[DIGEST_BUDGETS]);
/* One more case of that sender: is it told with others? */
int digest_case(struct desk *d, const struct conf_queue *queue, const struct digest_sender *s,
		int64_t mail, bool *ret_together, struct err *e);

#endif
