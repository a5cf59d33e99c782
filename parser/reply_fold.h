/*
 * A line as the tables see it: lower case, one kind of blank, dash, apostrophe, colon and digit,
 * and the facts that tell an attribution from a sentence.
 */
#ifndef PARSER_REPLY_FOLD_H
#define PARSER_REPLY_FOLD_H

#include "gatewayd/base/str.h"

enum { REPLY_FOLD_MAX = 1000 }; /* bytes of a line, or of joined lines, that are looked at */

struct reply_folded {
	size_t n;
	char p[REPLY_FOLD_MAX];
};

/*
 * Appends s, after a blank if something is there.  Letters of Latin, Greek and Cyrillic become
 * lower case; runs of white space one blank, none at either end; direction marks, zero-width
 * characters and asterisks vanish; digits of all scripts become ASCII.
 */
void reply_fold_add(struct reply_folded *f, struct span s);

static inline void reply_fold(struct reply_folded *f, struct span s)
{
	f->n = 0;
	reply_fold_add(f, s);
}

static inline struct span reply_folded_span(const struct reply_folded *f)
{
	return (struct span){ f->p, f->n };
}

/* What a folded text has that attributions have. */
struct reply_evidence {
	bool year;    /* 1970 to 2099, or of the Buddhist or Persian era */
	bool date;    /* 3/5/2019, 2019-05-03, 3.5.19 */
	bool time;    /* 10:00, 10h00 */
	bool digit;   /* any */
	bool address; /* something@something */
};
void reply_evidence_find(struct span folded, struct reply_evidence *ret_evidence);

/* Blanks of any kind, zero-width characters and direction marks off both ends. */
struct span reply_line_trim(struct span line);

/* A word, not empty, begins with a letter; with one in lower case; in upper case. */
bool reply_is_letter(struct span word);
bool reply_is_lower(struct span word);
bool reply_is_upper(struct span word);

/* words stand in s as whole words: no ASCII letter touches them.  The offset, or SIZE_MAX. */
size_t reply_words_find(struct span s, struct span words);

#endif
