/*
 * What one mail is being read with: handed down to every module that decodes something of it.
 *
 * The buffers are scratch whose content is gone with the next call of any decoding function;
 * results go to the arena.
 */
#ifndef PARSER_READING_H
#define PARSER_READING_H

#include "parser/facts.h"

struct charset;
struct charsets;

struct reading {
	const struct charsets *charsets;
	const struct charset *raw; /* of the raw 8-bit bytes of the header that are not UTF-8; NULL:
				      windows-1252 */
	struct arena *arena;
	uint64_t defects; /* bit 1 << enum facts_defect */
	struct buf bytes; /* scratch: transfer-decoded bytes */
	struct buf text;  /* scratch: UTF-8 */
};

static inline void reading_defect(struct reading *r, enum facts_defect defect)
{
	r->defects |= (uint64_t)1 << defect;
}

/* A label that names no charset is a bad charset of its own sort. */
static inline void reading_unknown_charset(struct reading *r)
{
	reading_defect(r, FACTS_UNKNOWN_CHARSET);
	reading_defect(r, FACTS_BAD_CHARSET);
}

#endif
