/*
 * A page: a template of pages/, filled with what core said.
 *
 * Each value of the JSON object has its name in the template, those of an object inside it
 * "outer_inner"; an array is a list, of texts with "value" in each row.  Instants (RFC 3339, in
 * names that are "at" or end in "_at") are told in the local zone.  All text is escaped.
 */
#ifndef GATEWAYD_WEB_PAGE_H
#define GATEWAYD_WEB_PAGE_H

#include "gatewayd/base/json.h"
#include "gatewayd/base/template.h"

/* The files of pages/, made by pages.awk; an empty row ends them. */
struct page_text {
	const char *name, *text;
};
extern const struct page_text page_texts[];
/* The file; there must be one. */
struct span page_text(const char *name);

/* The names of the object, in d; its texts must live as long as d. */
void page_fill(struct template_data *d, struct arena *a, const json_t *object);

/* Head, the page ("board": pages/board.html) and foot. */
int page_write(const char *name, const struct template_data *d, struct buf *out, struct err *e);

#endif
