/*
 * How customers write to the machine, in all languages of the configuration: phrases in classes,
 * ready for one pass over a mail.  They stand in LANGUAGE/words.conf, group `customers`; the
 * notation of a phrase is the vocabulary's ("*" at an end lets the word go on there).
 */
#ifndef CONF_PHRASEBOOK_H
#define CONF_PHRASEBOOK_H

#include "conf/policy.h"
#include "gatewayd/base/arena.h"
#include "gatewayd/base/lexicon.h"

/* X(id, key).  The first ones, up to HELP, are verbs. */
#define PHRASE_CLASSES(X)                                                                        \
	X(STATUS, "status")                                                                      \
	X(LIST, "list")                                                                          \
	X(SHOW, "show")                                                                          \
	X(CLOSE, "close")                                                                        \
	X(REOPEN, "reopen")                                                                      \
	X(SEARCH, "search")                                                                      \
	X(HELP, "help")                                                                          \
	X(OPEN, "open") /* which cases */                                                        \
	X(CLOSED, "closed")                                                                      \
	X(ALL, "all")                                                                            \
	X(COMPANY, "company")                                                                    \
	X(CASES, "cases")                                                                        \
	X(BELOW, "below") /* a number follows */                                                 \
	X(AGAIN, "again") /* with "open": reopen */                                              \
	X(ASK, "ask")	  /* "could you please": may stand before the words of a search */       \
	X(MAY, "may")	  /* "can I": asks whether; in `ask` too: only with a question mark */   \
	X(FILL, "fill")	  /* says nothing beside a verb */                                       \
	X(GREETING, "greeting")                                                                  \
	X(CLOSING, "closing") /* a name may follow */                                            \
	X(THANKS, "thanks")                                                                      \
	X(TALK, "talk")	    /* words of a question: not where something is closed or opened */   \
	X(STOP, "stop")	    /* among the words of a search: no search but somebody's sentence */ \
	X(FOOTER, "footer") /* begins a line: from there on a company's legal text */            \
	X(TITLE, "title")   /* of a person, in a signature */                                    \
	X(LABEL, "label")   /* before a number or an address, in a signature */
enum phrase_class {
#define X(id, key) PHRASE_##id,
	PHRASE_CLASSES(X)
#undef X
	    PHRASE_CLASS_COUNT,
};
#define PHRASE_BIT(id) (1U << PHRASE_##id)

struct conf;

struct phrasebook {
	const struct lexicon *lexicon;
	const unsigned *classes; /* of each phrase of the lexicon: a bit for each */
	const unsigned *leads;	 /* phrasebook_lead(): classes with phrases that begin so, folded */
	const uint32_t *footers; /* the same: third letters of those of FOOTER, a bit for each */
	const char **words; /* single words of verbs and of which cases: what a slip is near to */
	size_t word_count;
};

/* The place of two letters at the beginning of a text; PHRASEBOOK_LEADS: no two ASCII letters. */
enum { PHRASEBOOK_LETTERS = 26, PHRASEBOOK_LEADS = PHRASEBOOK_LETTERS * PHRASEBOOK_LETTERS };
size_t phrasebook_lead(struct span s);
/* The bit of the third letter; all: none of ASCII stands there. */
uint32_t phrasebook_third(struct span s);

/* Of all `words` of the conf, in its arena. */
const struct phrasebook *phrasebook_new(struct arena *a, const struct conf *conf);

#endif
