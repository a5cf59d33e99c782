/*
 * The first place where a text is not what libconfig reads, and what people mostly mean there:
 * libconfig itself says "syntax error".
 *
 * Brackets that are missing are for brackets.h, which looks at the whole text.
 */
#ifndef CONF_NOTATION_H
#define CONF_NOTATION_H

#include "conf/source.h"

struct notation {
	int line;    /* of the text, from 1 */
	bool joined; /* two texts in a list without a comma: libconfig makes one of them */
	char text[240];
};

/* false: nothing but, maybe, a bracket. */
bool notation_find(const struct source *s, struct notation *ret_found);

#endif
