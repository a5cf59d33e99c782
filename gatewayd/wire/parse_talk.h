/*
 * What a parse child is told and answers, message by message (messages.h).
 *
 * put: fills and sends.  get: reads and checks the whole frame.  Descriptors stay the caller's on
 * put and become the reader's on get.
 */
#ifndef GATEWAYD_WIRE_PARSE_TALK_H
#define GATEWAYD_WIRE_PARSE_TALK_H

#include "conf/conf.h"
#include "gatewayd/wire/messages.h"

/* MSG_PARSE_SETUP, from the parent. */
struct parse_talk_setup {
	uint64_t memory_bytes;
	uint32_t mails; /* after so many the child ends and a fresh one comes */
	uint32_t cpu_s; /* for all of them */
};
int parse_talk_setup_put(struct wire *w, const struct conf_limits *limits, struct err *e);
int parse_talk_setup_get(struct wire_in *in, struct parse_talk_setup *ret_setup, struct err *e);

/*
 * MSG_PARSE_HERE: the raw mail stands in the message, and its answer shall, too; MSG_PARSE_THERE:
 * it is in memory, its answer shall be in a message all the same.  MSG_PARSE, where that did not
 * do: the raw mail, and an empty memfd for the answer.
 */
enum { PARSE_HERE_MAX = 32 * KIB, PARSED_HERE_MAX = 256 * KIB }; /* bytes of a mail, an answer */
struct parse_talk_order {
	int64_t mail;
	int64_t size;	    /* bytes of the raw mail */
	int raw_fd, out_fd; /* -1: in a message */
	struct span here;   /* get: until the next wire_read() */
};
int parse_talk_order_put(struct wire *w, const struct parse_talk_order *o, struct err *e);
int parse_talk_order_get(struct wire_in *in, struct parse_talk_order *ret_order, struct err *e);
void parse_talk_order_close(const struct parse_talk_order *o); /* its descriptors */

/*
 * MSG_PARSED: the answer is in out_fd, first the bytes of all attachments, then the encoded facts.
 * MSG_PARSED_HERE: it stands in the message, or is too large for that and has to be asked for by
 * MSG_PARSE; of long attachments it has no bytes but where they stand in the mail (facts.h).  It is
 * the word of a process that read hostile bytes: nothing of it is believed unchecked.
 */
struct parse_talk_answer {
	int64_t mail;
	int64_t body;  /* bytes of the attachments that are in it */
	int64_t facts; /* bytes of the facts, behind them */
	bool is_here, too_large;
	struct span here; /* get: until the next wire_read() */
};
int parse_talk_answer_put(struct wire *w, const struct parse_talk_answer *a, struct err *e);
int parse_talk_answer_get(struct wire_in *in, struct parse_talk_answer *ret_answer, struct err *e);

#endif
