/*
 * A long list, asked for page by page: so that core has no more of it at a time than a page, and
 * other work between two.
 *
 * For local halves.  The other half knows the option, which says behind which row a page begins.
 */
#ifndef GATEWAYD_CTL_CTL_PAGES_H
#define GATEWAYD_CTL_CTL_PAGES_H

#include "gatewayd/ctl/ctl_view.h"

/* The option, its value behind `rows` of which the last is `last`, and the rows of a page. */
struct ctl_paging {
	const char *option;
	int64_t (*behind)(const json_t *last, size_t rows);
	int rows;
};
extern const struct ctl_paging ctl_pages_by_id;	    /* --before, newest first */
extern const struct ctl_paging ctl_pages_by_number; /* the same, of cases */
extern const struct ctl_paging ctl_pages_by_count;  /* --skip */

/* As many rows as --limit says, an array; the caller's, and set only with EX_OK.  Without --json
 * they have no more than the columns show. */
int ctl_pages(struct ctl *c, const struct ctl_paging *p, const struct ctl_column *columns, size_t n,
	      json_t **ret_rows);
/* And as ctl_rows(). */
int ctl_paged(struct ctl *c, const struct ctl_paging *p, const struct ctl_column *columns,
	      size_t n);
#define CTL_PAGED(c, p, columns) \
	ctl_paged((c), (p), (columns), sizeof(columns) / sizeof(*(columns)))

#endif
