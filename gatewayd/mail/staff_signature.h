/*
 * Whether what stands below the commands of staff is nothing but a signature, or the legal text of
 * a company, which a mail program or a server put there: no words to a customer.  Pure.
 */
#ifndef GATEWAYD_MAIL_STAFF_SIGNATURE_H
#define GATEWAYD_MAIL_STAFF_SIGNATURE_H

#include "conf/conf.h"
#include "gatewayd/mail/command.h"
#include "parser/facts.h"

enum staff_signature {
	STAFF_SIGNATURE_NO,    /* words, or nothing that tells a signature from them */
	STAFF_SIGNATURE_MAYBE, /* words, if they are meant for anybody */
	STAFF_SIGNATURE_YES,
};

struct staff_signature_in {
	const struct conf *conf;
	const struct facts *facts;
	const struct staff_commands *commands; /* and the text below them */
};

enum staff_signature staff_signature_read(const struct staff_signature_in *in);

#endif
