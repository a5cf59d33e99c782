/*
 * What stands behind a command of staff, read as people write it: "12", "#12", "case 12.",
 * "\"purge fails\"", "mine", "breached 51".  Pure.
 */
#ifndef GATEWAYD_MAIL_STAFF_SAID_H
#define GATEWAYD_MAIL_STAFF_SAID_H

#include "conf/conf.h"

/* The next word of *s without quotes and punctuation around it, *s goes behind it; false: none. */
bool staff_said_word(struct span *s, struct span *ret_word);

/* All of it without quotes and punctuation around it. */
struct span staff_said_bare(struct span argument);

/* A name in it: without "to" before and "please" behind it, too. */
struct span staff_said_name(struct span argument);

/* The number of a case, and what stands behind it: "12", "#12", "case #12:", "[Case #12]". */
bool staff_said_case(struct span argument, int64_t *ret_number, struct span *ret_rest);

/* "from 21 words": the words, and how many are left out at the front. */
struct span staff_said_from(struct span argument, size_t *ret_from);

struct staff_list {
	struct span what;	  /* as it was written, without `from` */
	struct span queue, owner; /* "": any */
	bool breached;
	size_t from;	     /* so many are left out at the front */
	struct span unknown; /* the word that is none of these; "": there is none */
};
/* "mine" (also for nothing), "queue" (that of `here`), "all", "breached", the name of a queue or of
 * a member of staff; behind it the number to begin with. */
void staff_said_list(const struct conf *c, struct span argument, const struct conf_staff *staff,
		     const struct conf_queue *here, struct staff_list *ret_list);

#endif
