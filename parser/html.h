/*
 * HTML to plain text, as the contract wants it ("Text" in parser/README.md).
 */
#ifndef PARSER_HTML_H
#define PARSER_HTML_H

#include "parser/limits.h"
#include "parser/reading.h"
#include "parser/reply.h"

/* The client quote containers of the mail, in order of `from`. */
struct html_hints {
	struct reply_hint v[LIMIT_REPLY_HINTS];
	size_t n;
	bool unasked; /* only the text counts: none are looked for */
};

/*
 * Appends the text of one HTML part to out and to hints what it says of quotes, as offsets in out.
 * utf8 is valid; what lies past LIMIT_HTML is left out (html-cut).
 */
void html_to_text(struct span utf8, struct reading *r, struct buf *out, struct html_hints *hints);

#endif
