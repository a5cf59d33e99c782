/*
 * Whether a text is made of known phrases and nothing else.  For customer_read.c and
 * customer_strip.c.
 */
#ifndef GATEWAYD_MAIL_CUSTOMER_COVER_H
#define GATEWAYD_MAIL_CUSTOMER_COVER_H

#include "gatewayd/base/arena.h"
#include "gatewayd/mail/customer_read.h"

#define COVER_VERBS                                                                     \
	(PHRASE_BIT(STATUS) | PHRASE_BIT(LIST) | PHRASE_BIT(SHOW) | PHRASE_BIT(CLOSE) | \
	 PHRASE_BIT(REOPEN) | PHRASE_BIT(SEARCH) | PHRASE_BIT(HELP))

/* Says nothing beside a verb. */
#define COVER_SMALL_TALK                                                               \
	(PHRASE_BIT(ASK) | PHRASE_BIT(MAY) | PHRASE_BIT(FILL) | PHRASE_BIT(GREETING) | \
	 PHRASE_BIT(CLOSING) | PHRASE_BIT(THANKS))

struct cover {
	bool whole;	   /* every word is known */
	bool nearly;	   /* all but one, which is a letter away from a command's */
	unsigned classes;  /* that were used */
	unsigned beside;   /* of phrases that are no small talk */
	size_t phrases;	   /* how many */
	size_t verb_words; /* of the longest verb */
	struct customer_numbers numbers;
	bool belows; /* there is more than one */
	int64_t below;
};

/* At most CUSTOMER_CORE_MAX bytes of s are looked at: a longer one is not whole.
 * slips: a word may be misspelt. */
void cover_read(const struct phrasebook *book, struct span s, bool slips, struct arena *a,
		struct cover *ret_cover);

/* Words of any text that are in no phrase. */
size_t cover_unknown(const struct phrasebook *book, struct span s, struct arena *a);

/* The bytes at the start of s, whole words, that are a phrase of one of the classes; 0: none. */
size_t cover_leads(const struct phrasebook *book, struct span s, unsigned classes);

#endif
