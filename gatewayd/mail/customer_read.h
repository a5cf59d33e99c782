/*
 * What a customer asks of the machine (conf/policy/README.md section 5), as people write it: with a
 * greeting, a name below, "could you please".
 *
 * A mail is a command when all of its words are known (conf/phrasebook.h) and make one; a single
 * word that is not known makes it a person's text.  Pure; reads the new text and the subject, knows
 * no case.
 */
#ifndef GATEWAYD_MAIL_CUSTOMER_READ_H
#define GATEWAYD_MAIL_CUSTOMER_READ_H

#include "conf/phrasebook.h"
#include "gatewayd/base/arena.h"

enum {
	CUSTOMER_TEXT_MAX = 1000, /* bytes; a longer text is no command */
	CUSTOMER_CORE_MAX = 300,  /* without greeting and signature */
	CUSTOMER_QUERY_MAX = 100,
	CUSTOMER_NUMBERS_MAX = 10, /* cases that a mail names */
};

/* Of cases, each once, as they are named. */
struct customer_numbers {
	int64_t v[CUSTOMER_NUMBERS_MAX];
	size_t n;
	bool more; /* than fit */
};

enum customer_verb {
	CUSTOMER_NONE, /* a person's text */
	CUSTOMER_STATUS,
	CUSTOMER_LIST,
	CUSTOMER_SHOW,
	CUSTOMER_CLOSE,
	CUSTOMER_REOPEN,
	CUSTOMER_SEARCH,
	CUSTOMER_HELP,
	CUSTOMER_SLIP,	   /* looks like a command, is none, and says nothing else */
	CUSTOMER_THANKS,   /* thanks, and nothing else */
	CUSTOMER_GRATEFUL, /* the same, in a mail that answers nothing */
	CUSTOMER_TOO_LATE, /* reopen, of a case that is over for too long: not read, decided */
};

struct customer_command {
	enum customer_verb verb;
	bool open, closed;		 /* list: which; both: all */
	bool company;			 /* list: all of the account's, else mine */
	struct customer_numbers numbers; /* of the cases that it names */
	int64_t below;			 /* list: numbers below; 0: from the newest on */
	struct span query;		 /* search */
	/* Not read, decided, of those it names: 0: none. */
	int64_t no_case;  /* is none of the sender's */
	int64_t too_late; /* is over for too long to be opened again */
};

struct customer_mail {
	struct span subject, text; /* text: without quotes */
	struct span from_name;	   /* as From has it; "": none */
	bool answers;		   /* it is one in a case: its subject says nothing */
};

/* book NULL: nothing is a command.  The query points into the mail. */
void customer_read(const struct phrasebook *book, const struct customer_mail *m, struct arena *a,
		   struct customer_command *ret_command);

#endif
