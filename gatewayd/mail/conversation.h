/*
 * Who is in the conversation of a case: its requester, and participants (gatewayd/README.md, "Who
 * is in the conversation").
 *
 * To and Cc are read from the raw header, as everything that rights depend on: the parse child's
 * word brings nobody in.
 */
#ifndef GATEWAYD_MAIL_CONVERSATION_H
#define GATEWAYD_MAIL_CONVERSATION_H

#include "gatewayd/case/desk.h"
#include "gatewayd/identity/header_scan.h"
#include "parser/facts.h"

enum {
	CONVERSATION_COPIED_MAX = 20,	    /* whom one mail may name */
	CONVERSATION_PARTICIPANTS_MAX = 50, /* of a case */
};

/* Somebody in To or Cc who is neither ours, nor staff, nor the sender, nor a machine. */
struct copied {
	struct span address, name; /* name: "" */
	struct span account; /* by contact, or by a domain that is no free-mail one; "": none */
};
struct copied_list {
	struct copied v[CONVERSATION_COPIED_MAX];
	size_t n;
};
int conversation_copied(struct desk *d, const struct header_scan *scan, const struct facts *facts,
			struct copied_list *ret_list, struct err *e);

/* By the queue's `cc`, of a mail of a requester of that account who is proven. */
bool conversation_takes(const struct conf_queue *queue, struct span account,
			const struct copied *who);

/* ERR_PERM, in words: it is no address for a person, or there are too many. */
int conversation_add(struct desk *d, int64_t number, const struct store_person *who,
		     struct span actor, struct err *e);
int conversation_remove(struct desk *d, int64_t number, struct span address, struct span actor,
			struct err *e);
/* Some person reads what is sent to the case. */
int conversation_reachable(struct desk *d, int64_t number, bool *ret_reachable, struct err *e);
/* That address asks from now on; of a case without an account its account is the case's. */
int conversation_ask_for(struct desk *d, int64_t number, struct span address, struct span actor,
			 struct span *ret_before, struct err *e);

#endif
