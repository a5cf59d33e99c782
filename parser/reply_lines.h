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
	REPLY_TRIES_MAX =
	    20000, /* lines ending in a colon that are no attribution; no more are looked at */
};

enum reply_class {
	REPLY_BLANK,
	REPLY_TEXT,
	REPLY_QUOTED,	   /* begins with ">" or stands in a client's quote */
	REPLY_ATTRIBUTION, /* introduces quoted lines */
	REPLY_MARKED,	   /* signature by a client's mark */
};

struct reply_line {
	size_t from, to; /* the bytes without blanks at both ends and without the LF */
	size_t start;	 /* where the line begins */
	uint8_t class;	 /* enum reply_class */
	bool colon;	 /* ends in a colon */
	bool field;	 /* may be "name: value": a colon within the first bytes */
	bool code;	 /* in a block between two "```" */
	bool initials;	 /* begins with "AB> ", which is a quote below an attribution, and a prompt
			    elsewhere */
};

struct reply_lines {
	struct span text;
	struct reply_line *v;
	size_t n;
	bool cut; /* lines below the last were taken off */
};

void reply_lines_make(struct span text, struct arena *arena, struct reply_lines *ret_lines);

/* Gives the lines the classes that the client's marks say; the number of lines before a
 * REPLY_HINT_REST. */
size_t reply_lines_mark(struct reply_lines *l, const struct reply_hint *hints, size_t hint_count);

static inline struct span reply_line_text(const struct reply_lines *l, size_t i)
{
	return span_sub(l->text, l->v[i].from, l->v[i].to - l->v[i].from);
}

/* The line without its quote marks. */
struct span reply_line_unquoted(const struct reply_lines *l, size_t i);

/* The next line at or after i that is not blank; l->n when there is none. */
size_t reply_lines_next(const struct reply_lines *l, size_t i);

#endif
