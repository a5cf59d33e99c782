/*
 * How rows and objects are shown: as JSON or CSV for programs, or as people read them.
 *
 * On a terminal a table has its width: where it is wider, texts are cut, and end in "~"; numbers,
 * times and states are not.  Where no room is left for the last column, it stands in a line of its
 * own below each row.  With --wide, and where there is no terminal, nothing is cut.  Times are in
 * the local zone for people, in UTC for programs.
 */
#ifndef GATEWAYD_CTL_CTL_VIEW_H
#define GATEWAYD_CTL_CTL_VIEW_H

#include "gatewayd/ctl/ctl.h"

struct ctl_column {
	const char *key; /* in the row's object; dots go deeper, "sla.due_at" */
	const char *title;
	int width; /* cells at most, where a table is too wide; 0: what is left, for the last column
		    */
	/* CTL_NUMBER, CTL_RIGHT_NUMBER: from 1 on; a 0 is none, and not shown to people. */
	enum { CTL_TEXT, CTL_RIGHT, CTL_TIME, CTL_STATE, CTL_NUMBER, CTL_RIGHT_NUMBER } as;
};

/* A row's object, a new reference; NULL and the error. */
typedef json_t *ctl_row_fn(struct ctl *c, const void *row, struct err *e);

/* The n rows of v, each `size` bytes, as a list. */
int ctl_list(struct ctl *c, const void *v, size_t n, size_t size, ctl_row_fn *row,
	     const struct ctl_column *columns, size_t column_count);
#define CTL_LIST(c, v, n, row, columns)                         \
	ctl_list((c), (v), (n), sizeof(*(v)), (row), (columns), \
		 sizeof(columns) / sizeof(*(columns)))

/* In the place of what is there: EX_OK, or EX_CANTCREAT and the reason told. */
int ctl_write_file(struct ctl *c, const char *path, struct span bytes);

/* rows: an array of objects; takes the reference. */
int ctl_rows(struct ctl *c, json_t *rows, const struct ctl_column *columns, size_t n);
#define CTL_ROWS_OF(c, rows, columns) \
	ctl_rows((c), (rows), (columns), sizeof(columns) / sizeof(*(columns)))

/* One object: as JSON, or as lines "title: value".  Takes the reference. */
int ctl_object(struct ctl *c, json_t *object, const struct ctl_column *lines, size_t n);
#define CTL_OBJECT(c, object, lines) \
	ctl_object((c), (object), (lines), sizeof(lines) / sizeof(*(lines)))

/* What a verb did: the object with --json, else nothing.  Takes the reference. */
int ctl_done(struct ctl *c, json_t *object);

/* A time for people: in the local zone with the offset; "" for INSTANT_NONE. */
const char *ctl_time(struct ctl *c, int64_t at);

#endif
