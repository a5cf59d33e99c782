/*
 * The body that a TNEF holds, as text.
 */
#ifndef PARSER_TNEF_TEXT_H
#define PARSER_TNEF_TEXT_H

#include "parser/html.h"
#include "parser/tnef.h"

/* Appends it to out, and to hints what HTML says of quotes. */
void tnef_text(const struct tnef_file *body, struct reading *r, struct buf *out,
	       struct html_hints *hints);

#endif
