/*
 * Where the text of HTML is written: lines, blanks that collapse, quote marks, and what waits for
 * the next character.
 */
#ifndef PARSER_HTML_OUT_H
#define PARSER_HTML_OUT_H

#include "gatewayd/base/buf.h"

enum {
	HTML_MARKS_MAX = 4,   /* marks that wait for the next character */
	HTML_PREFIX_MAX = 16, /* bytes before a list item */
};

struct html_out {
	struct buf *buf;
	size_t from;		      /* where this part begins in buf */
	size_t fence;		      /* nothing is put in before it any more */
	size_t quotes, pre;	      /* open elements of the sort */
	size_t line_quotes;	      /* of the last line */
	bool has_line;		      /* something stands on the current line */
	bool has_space;		      /* white space waits for the next character */
	bool wants_empty;	      /* an empty line comes before the next line */
	bool skips_newline;	      /* the first line end of preformatted text is none */
	bool is_muted;		      /* words are not shown */
	char prefix[HTML_PREFIX_MAX]; /* of the next line: "- " or "12. " */
	const char *marks[HTML_MARKS_MAX];
	size_t mark_count;
	bool notes_from; /* `noted` is to be where the next character is put */
	size_t noted;
	char raised; /* '^' or '_' before the next character, if that is a digit; 0: none */
};

/* Ends the line that something stands on. */
void html_out_break(struct html_out *o);
/* A line end, or an empty line. */
void html_out_line_end(struct html_out *o);

/* Text as it stands between tags, entities in it. */
void html_out_text(struct html_out *o, struct span s);
/* Words of ours: as they are. */
void html_out_words(struct html_out *o, struct span s);
/* Words behind what was put last, on its line even when that has ended; false: there is none. */
bool html_out_behind(struct html_out *o, struct span s);

/* A mark ("~~") before the next character, and one behind the last; nothing between: no mark. */
void html_out_mark_begin(struct html_out *o, const char *mark);
void html_out_mark_end(struct html_out *o, const char *mark);

#endif
