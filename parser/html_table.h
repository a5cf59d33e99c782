/*
 * Tables: rows of data on one line each, cells parted by " | "; a layout flows.
 *
 * Only the innermost table is watched, as one with a table in it is a layout.  Its text is written
 * as a layout; when it ends and was data, it is written again by rows, once.
 */
#ifndef PARSER_HTML_TABLE_H
#define PARSER_HTML_TABLE_H

#include "parser/html_attributes.h"
#include "parser/html_out.h"

enum { HTML_CELLS_MAX = 4096 }; /* of a table; one with more is a layout */

struct html_cell {
	size_t at; /* where its text begins */
	uint32_t row;
	uint32_t columns;
};

struct html_table {
	size_t depth;	 /* open tables */
	bool is_watched; /* the innermost one may be data */
	bool is_ruled;	 /* it has a border or headings */
	uint32_t row;
	size_t last; /* where the cell before in the row begins; SIZE_MAX: there is none */
	struct html_cell *cells; /* from malloc */
	size_t n, cap;
};

void html_table_release(struct html_table *t);
void html_table_begin(struct html_table *t, const struct html_attributes *a);
void html_table_row(struct html_table *t);
void html_table_cell(struct html_table *t, struct html_out *o, bool heading,
		     const struct html_attributes *a);
/* keep: something points into its text, which must not move.  True: the text was written again. */
bool html_table_end(struct html_table *t, struct html_out *o, bool keep);

#endif
