/*
 * What a mail that is no person's own is to be taken for: a pure function of its kind, its marks
 * and the mailbox (parser/README.md, "Marks").
 *
 * A list or a program that passes a person's words on takes nothing away but our automatic answer:
 * such a mail is a MACHINE_NONE like any other.
 */
#ifndef GATEWAYD_MAIL_MACHINE_H
#define GATEWAYD_MAIL_MACHINE_H

#include "conf/conf.h"
#include "gatewayd/identity/header_scan.h"
#include "parser/facts.h"

enum machine {
	MACHINE_NONE,	    /* a person's, perhaps behind a list */
	MACHINE_BOUNCE,	    /* a delivery report */
	MACHINE_ANSWER,	    /* nobody wrote it: a vacation, a read receipt */
	MACHINE_GESTURE,    /* the answer to an invitation, a reaction: nothing to read */
	MACHINE_SPAM,	    /* a filter before us says so */
	MACHINE_NEWSLETTER, /* to a list that is not ours, and can be left */
	MACHINE_CONTENT,    /* a program tells something: monitoring, another ticket system */
};

struct machine_mail {
	const struct facts *facts;
	const struct header_scan *scan;
	const struct conf *conf;
	const struct conf_mailbox *mailbox; /* that it came to; NULL: none */
	bool known;			    /* its sender is of an account, of staff or in a case */
};

enum machine machine_of(const struct machine_mail *m);

#endif
