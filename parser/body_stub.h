/*
 * A plain version that only says that HTML is needed: it is none beside the HTML.
 */
#ifndef PARSER_BODY_STUB_H
#define PARSER_BODY_STUB_H

#include "parser/mime.h"

/*
 * A short plain part with words of parser/tables/body_stubs.h, but none of a person who speaks of
 * herself, and that says something else than html (NULL: there is none), which is the HTML part
 * beside it.
 */
bool body_is_stub(const struct part *p, const struct part *html, struct params *scratch,
		  struct reading *r);

#endif
