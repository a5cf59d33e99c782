/*
 * Tables as spreadsheets write them (RFC 4180), a row at a time.
 *
 * Fields may be quoted, then hold separators, line ends and doubled quotes.  The separator is the
 * first comma, semicolon or tab of the first row; a byte order mark is skipped, empty rows and rows
 * that begin with "#" are passed over.  White space around a field that is not quoted is cut off.
 */
#ifndef GATEWAYD_CTL_CSV_H
#define GATEWAYD_CTL_CSV_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/err.h"

enum { CSV_FIELDS_MAX = 64 };

struct csv {
	struct span left;
	int line;  /* of the next row */
	int wrong; /* of what csv_next() refused */
	char separator;
};

struct csv_row {
	struct span v[CSV_FIELDS_MAX]; /* in the text or in the arena */
	size_t n;
	int line; /* on which it begins */
};

void csv_init(struct csv *c, struct span text);
/* 1 a row, 0 the end, -1 ERR_PERM: a quote without its end, too many fields. */
int csv_next(struct csv *c, struct arena *a, struct csv_row *ret_row, struct err *e);

/* At least as many rows as there are. */
size_t csv_rows_most(struct span text);

#endif
