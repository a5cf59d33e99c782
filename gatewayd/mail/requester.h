/*
 * Who asks in a mail: mostly From; behind a form or a list whom Reply-To, else a field of the list,
 * else Sender names; in a customer's mail that staff pass on, its sender.  Never ourselves: where
 * From is our own address and names nobody, nobody asks.  Only From is ever proven.
 */
#ifndef GATEWAYD_MAIL_REQUESTER_H
#define GATEWAYD_MAIL_REQUESTER_H

#include "gatewayd/identity/identity.h"
#include "parser/facts.h"

enum requester_by { REQUESTER_FROM, REQUESTER_NAMED, REQUESTER_FORWARDED };

struct requester {
	enum requester_by by;
	struct span address; /* p == NULL: nobody */
	struct span name;    /* may be empty */
	/* their mail inside this one; NULL: this one is theirs */
	const struct facts_forwarded *forwarded;
	const char *why; /* it is not From; static, else NULL */
};

struct requester_mail {
	const struct conf *conf;
	const struct conf_mailbox *mailbox; /* that it came to; NULL: none */
	const struct facts *facts;
	const struct header_scan *scan;
	const struct identity *identity;
	bool history;	 /* imported: staff pass nothing on */
	bool from_known; /* From is of an account; see requester_may_be_form() */
};

void requester_find(const struct requester_mail *m, struct arena *arena,
		    struct requester *ret_requester);

/* A program of our own domain sent it, as "wordpress@www.example.com" does for the person in
 * Reply-To, if From is of no account: nobody's mailbox, it answers nothing, and Reply-To is
 * elsewhere.  A stranger who writes such a From gains that they are answered at their own address.
 */
bool requester_may_be_form(const struct requester_mail *m);

/* What stands in the text above the mail inside it, without its divider and header. */
struct span requester_words_above(struct span text, const struct facts_forwarded *inside);

/* The address of Reply-To that is none of From and none of ours, of several the first that a person
 * may read; p == NULL: there is none. */
struct span requester_reply_to(const struct requester_mail *m);

#endif
