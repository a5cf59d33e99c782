/* The inside of lanes, for the files that implement lanes.h. */
#ifndef GATEWAYD_SENDER_LANES_INSIDE_H
#define GATEWAYD_SENDER_LANES_INSIDE_H

#include "gatewayd/sender/lanes.h"

struct lanes_domain {
	char *name;
	size_t n; /* bytes of it */
	size_t waiting, out;
	double ms; /* that its replies take; < 0: not known */
	bool slow;
	bool hangs; /* it is slow, by more than LANES_SLOW_MS */
	int64_t used_ms;
};

/* One of a case that went back. */
struct lanes_gone {
	struct lanes_mail mail;
	char *recipient;
	struct lanes_gone *next;
};
void lanes_forget_gone(struct lanes_gone **at); /* the first of that list */

void lanes_take_out(struct lanes_mail **list, const struct lanes_mail *m);
/* It waits no more in that list. */
void lanes_leave_waiting(struct lanes *l, struct lanes_mail **list, struct lanes_mail *m);
bool lanes_is_one_conversation(const struct lanes_mail *a, const struct lanes_mail *b);
/* The one before it is under way. */
bool lanes_follows(const struct lanes *l, const struct lanes_mail *m);
/* For how long its reply has been; 0: none is. */
int64_t lanes_awaited_ms(const struct lanes_mail *m, int64_t now_ms);
/* For one mail more of that domain, as long as all have room. */
bool lanes_has_room(const struct lanes *l, const struct lanes_domain *d);

/* So many of its mails may be under way. */
size_t lanes_share(const struct lanes *l, const struct lanes_domain *d);
/* And of all that hang, or of all that are slow and do not: neither keeps the others out. */
size_t lanes_slow_share(const struct lanes *l, bool hangs);

#endif
