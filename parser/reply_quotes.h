/*
 * Quoted lines ("> "): which of them are the message that is answered, and which stand there
 * because the sender answers them, or cites them.
 */
#ifndef PARSER_REPLY_QUOTES_H
#define PARSER_REPLY_QUOTES_H

#include "parser/reply_lines.h"

/* Quoted lines that a program broke: their ends, which lost the mark, become quoted again. */
void reply_quotes_mend(struct reply_lines *l);

/* Runs of quoted lines in [first, end); blank lines do not end a run. */
size_t reply_quotes_count(const struct reply_lines *l, size_t first, size_t end);

/* The first quote that has an attribution is kept, as text, when answers stand inside its lines. */
void reply_quotes_keep(struct reply_lines *l);

/* What is known of all quotes, found once: line numbers, l->n when there is none. */
struct reply_quotes {
	size_t cited;	/* the first run without an attribution that the line above announces */
	size_t earlier; /* the first other run that shows that it is of an earlier mail */
};
struct reply_quotes reply_quotes_look(const struct reply_lines *l);

/*
 * Leaves out the run of quoted lines that ends with line end - 1, where the mail ends, if it has an
 * attribution, or reads like an earlier mail and the sender does not cite it.  Its first line, or
 * `end`.
 */
size_t reply_quotes_drop_last(struct reply_lines *l, size_t end, const struct reply_quotes *q);

/*
 * Leaves out the quoted lines of [0, end) that have an attribution, unless answers stand between
 * them; quotes is the number of runs that the whole mail had.
 */
void reply_quotes_drop(struct reply_lines *l, size_t end, size_t quotes);

#endif
