/*
 * Who asks in a mail: mostly From; behind a form or a list the Reply-To; in a customer's mail that
 * staff pass on, its sender.  Only From is ever proven.
 */
#ifndef GATEWAYD_MAIL_REQUESTER_H
#define GATEWAYD_MAIL_REQUESTER_H

#include "gatewayd/identity/identity.h"
#include "parser/facts.h"

enum requester_by { REQUESTER_FROM, REQUESTER_REPLY_TO, REQUESTER_FORWARDED };

struct requester {
	enum requester_by by;
	struct span address; /* p == NULL: nobody */
	struct span name;    /* may be empty */
	/* REQUESTER_FORWARDED: their mail inside this one */
	const struct facts_forwarded *forwarded;
};

struct requester_mail {
	const struct conf *conf;
	const struct conf_mailbox *mailbox; /* that it came to; NULL: none */
	const struct facts *facts;
	const struct header_scan *scan;
	const struct identity *identity;
	bool history; /* imported: staff pass nothing on */
};

void requester_find(const struct requester_mail *m, struct arena *arena,
		    struct requester *ret_requester);

/* What stands in the text above the mail inside it, without its divider and header. */
struct span requester_words_above(struct span text, const struct facts_forwarded *inside);

/* The address of Reply-To that is none of From and none of ours, of several the first that a person
 * may read; p == NULL: there is none. */
struct span requester_reply_to(const struct requester_mail *m);

#endif
