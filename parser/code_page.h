/*
 * Windows code pages by their numbers, as TNEF and RTF have them.
 */
#ifndef PARSER_CODE_PAGE_H
#define PARSER_CODE_PAGE_H

#include "gatewayd/base/str.h"

/* The label of its charset (parser/charset.h); of an unknown one that of Western Europe. */
struct span code_page_label(uint32_t page);

#endif
