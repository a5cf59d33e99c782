/*
 * A line as a person may have meant it: the mark of a command and the word behind it, in whatever
 * form they are written.  Letters of other scripts and with accents, full width, characters that
 * are not seen, "&#35;", "%23", a list's bullet or a quote's mark before them make no difference.
 * For slip.c only.  Pure.
 */
#ifndef GATEWAYD_MAIL_SLIP_LINE_H
#define GATEWAYD_MAIL_SLIP_LINE_H

#include "gatewayd/base/str.h"

enum {
	SLIP_WORD_MAX = 24, /* letters of a word, its end too */
	SLIP_LEAD_MAX = 64, /* bytes of the words before a colon, their end too */
};

enum slip_mark { SLIP_NONE, SLIP_OTHER, SLIP_HASH, SLIP_SLASH, SLIP_STAR };

struct slip_line {
	enum slip_mark mark;
	uint32_t sign;		   /* of SLIP_OTHER: which one */
	size_t marks;		   /* how many of it */
	bool quoted;		   /* the mark of a quote stands before it */
	bool apart;		   /* something stands between mark and word */
	bool letter;		   /* a letter comes first, of whatever script */
	char word[SLIP_WORD_MAX];  /* lower case ASCII */
	char begin[SLIP_WORD_MAX]; /* of a word like "noteThe": "note"; else the word */
	bool alone;		   /* nothing but punctuation is behind it */
	bool words;		   /* words are behind it, apart from it */
	bool path;		   /* goes on as a path: "/note.txt" */
	bool inside;		   /* "#note", or the like, behind other words of the line */
};

void slip_line_read(struct span line, struct slip_line *ret_line);

/* The words that a line begins with, without a mark: "Internal note: he is late". */
enum slip_end {
	SLIP_END_NONE,
	SLIP_END_COLON, /* or the bracket that was opened before them */
	SLIP_END_DASH,	/* a blank before it, or a long one */
	SLIP_END_STOP,	/* a comma, a full stop or a bracket, and other words behind it */
	SLIP_END_LINE,
};

struct slip_lead {
	char words[SLIP_LEAD_MAX]; /* lower case ASCII, a blank between them; of scripts that are
				    * not Latin as they are, in UTF-8 */
	enum slip_end end;	   /* what comes behind them */
	bool quoted;		   /* the mark of a quote stands before them */
};

void slip_lead_read(struct span line, struct slip_lead *ret_lead);

#endif
