/*
 * A text as lines with a class each: what reply.c decides on.
 */
#ifndef PARSER_REPLY_LINES_H
#define PARSER_REPLY_LINES_H

#include "parser/reply.h"

/* Limits. */
enum {
	REPLY_LINES_MAX = 200000, /* the last line takes in the rest of the text */
	REPLY_WRAP_MAX = 5,	  /* lines an attribution may be wrapped over */
	REPLY_TRIES_MAX = 20000,  /* lines that may end an attribution; no more are looked at */
	REPLY_SPLITS_MAX = 2000,  /* places in lines where an attribution is looked for */
};

enum reply_class {
	REPLY_BLANK,
	REPLY_TEXT,
	REPLY_QUOTED,	   /* begins with ">" or stands in a client's quote */
	REPLY_ATTRIBUTION, /* introduces quoted lines */
	REPLY_MARKED,	   /* signature by a client's mark */
	REPLY_GONE,	   /* left out, and what it was does not matter any more */
};

struct reply_line {
	size_t from, to; /* the bytes without blanks at both ends and without the LF */
	size_t start;	 /* where the line begins */
	uint8_t class;	 /* enum reply_class */
	uint8_t why;	 /* enum facts_cut_why, if it is left out */
	bool colon;	 /* ends in a colon */
	bool field;	 /* may be "name: value": a colon within the first bytes */
	bool code;	 /* in a block between two "```" */
	bool initials;	 /* begins with "AB> ", which is a quote below an attribution, and a prompt
			    elsewhere */
	bool rest;	 /* an earlier message begins here, by a client's mark */
	bool boxed;	 /* quoted by a client's mark */
	bool colour;	 /* some of it has a colour of its own */
	bool shared;	 /* what stands behind `to` is the attribution of the quote below */
};

struct reply_lines {
	struct span text;
	struct reply_line *v;
	size_t n;	      /* lines that are still looked at */
	size_t total;	      /* lines of the text; those behind the first n are left out */
	size_t tries, splits; /* how often an attribution was looked for; and within a line */
	bool coloured;	      /* some line has a colour of its own */
	bool bare;	      /* the first quoted line left out at the end had no attribution */
	const struct reply_mail *mail;
};

void reply_lines_make(struct span text, const struct reply_mail *mail, struct arena *arena,
		      struct reply_lines *ret_lines);

/* Gives the lines the classes that the client's marks say. */
void reply_lines_mark(struct reply_lines *l, const struct reply_hint *hints, size_t hint_count);

/* Leaves out the lines [first, end) that are still there. */
void reply_lines_drop(struct reply_lines *l, size_t first, size_t end, enum facts_cut_why why);

/* Leaves out all lines from `first` on: it becomes the number of lines. */
void reply_lines_end(struct reply_lines *l, size_t first, enum facts_cut_why why);

static inline struct span reply_line_text(const struct reply_lines *l, size_t i)
{
	return span_sub(l->text, l->v[i].from, l->v[i].to - l->v[i].from);
}

/* The line without its quote marks. */
struct span reply_line_unquoted(const struct reply_lines *l, size_t i);

/* The next line at or after i that is not blank; l->n when there is none. */
size_t reply_lines_next(const struct reply_lines *l, size_t i);

#endif
