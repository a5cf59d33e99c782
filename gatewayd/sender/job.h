/*
 * A message that the sender has to send, and how that ended.
 */
#ifndef GATEWAYD_SENDER_JOB_H
#define GATEWAYD_SENDER_JOB_H

#include "gatewayd/base/memory.h"
#include "gatewayd/net/smtp.h"
#include "gatewayd/sender/lanes.h"

/* What came of it. */
enum pool_word {
	POOL_RESULT,  /* of the message */
	POOL_BACK,    /* the message was not begun (lanes_back()), or broken off (lanes_cut()) */
	POOL_REFUSED, /* no message: the server refused the access token `refused` */
};

struct job {
	struct lanes_mail mail;
	enum pool_word word;
	struct job *next;
	int64_t row;
	uint64_t results; /* talk.h */
	char *from, *to, *domain;
	struct memory message;
	int64_t refused;
	struct smtp_result result;
};
void job_free(struct job **j);

/* The first that was put in is the first that is taken; zeroed: empty. */
struct job_queue {
	struct job *first, *last;
};
void job_put(struct job_queue *q, struct job *j);
struct job *job_take(struct job_queue *q); /* NULL: it is empty */

#endif
