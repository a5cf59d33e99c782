/*
 * The bytes of a part with its transfer encoding undone; what is wrong with them is a defect.
 */
#ifndef PARSER_PART_H
#define PARSER_PART_H

#include "parser/mime.h"

/* Decodes body into out; a bad one is a defect of its encoding. */
void part_decode(enum transfer encoding, struct span body, const struct transfer_out *out,
		 struct reading *r);

/* At most max bytes of a leaf; valid until r->bytes changes. */
struct span part_bytes(const struct part *p, size_t max, struct reading *r);

#endif
